import pytest

from api.account.accounts import Confirmation, NewAccount
from api.collection import starter
from api.errors import NameTaken
from api.services import Services
from api.store import accounts
from tests.callers import PASSWORD

ANNA = NewAccount("anna", "Anna", PASSWORD)


def exists(services: Services, user_id: int) -> bool:
    with services.accounts.file.reading() as connection:
        return accounts.by_id(connection, user_id) is not None


def test_a_name_taken_meanwhile_leaves_no_collection_behind(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.accounts.create(ANNA)
    monkeypatch.setattr(accounts, "by_username", lambda *arguments: None)  # as it was a moment ago

    with pytest.raises(NameTaken):
        services.accounts.create(ANNA)

    assert [path.name for path in services.settings.collections_folder.glob("*.db")] == ["user_1.db"]


def test_a_collection_without_an_account_is_never_replaced_nor_given_to_another(services: Services) -> None:
    """As after restoring accounts.db from a backup that is older than some collections."""
    for orphan in (1, 5):
        services.collections.create(orphan, starter.fill)
    before = services.collections.path(1).read_bytes()

    account = services.accounts.create(ANNA)

    assert account.user_id == 6
    assert services.collections.path(1).read_bytes() == before


def test_a_deletion_cut_short_can_be_repeated(services: Services) -> None:
    account = services.accounts.create(ANNA)
    services.collections.close(account.user_id)

    services.accounts.delete(Confirmation(account.user_id, "", PASSWORD))

    assert not exists(services, account.user_id)
    assert not services.collections.path(account.user_id).exists()


def test_an_account_whose_file_is_missing_can_be_deleted(services: Services) -> None:
    account = services.accounts.create(ANNA)
    services.collections.path(account.user_id).unlink()

    services.accounts.delete(Confirmation(account.user_id, "", PASSWORD))

    assert not exists(services, account.user_id)
