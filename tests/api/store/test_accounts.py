from dataclasses import replace
from pathlib import Path

import pytest

from api.errors import AccountChanged, NameTaken
from api.store import accounts, accounts_file
from api.store.accounts import Account
from api.store.accounts_file import AccountsFile
from tests.api.store.rows import ANNA


def read(file: AccountsFile, user_id: int = 1) -> Account | None:
    with file.reading() as connection:
        return accounts.by_id(connection, user_id)


def test_user_ids_count_from_1_and_are_never_taken_twice(file: AccountsFile) -> None:
    with file.writing() as connection:
        assert [accounts.take_user_id(connection) for _ in range(3)] == [1, 2, 3]


def test_a_user_id_can_be_taken_above_another(file: AccountsFile) -> None:
    with file.writing() as connection:
        assert accounts.take_user_id(connection, above=40) == 41
        assert accounts.take_user_id(connection, above=5) == 42


def test_an_account_is_found_by_id_and_by_exactly_its_name(file: AccountsFile, anna: Account) -> None:
    with file.reading() as connection:
        assert accounts.by_id(connection, 1) == accounts.by_username(connection, "anna") == anna
        assert accounts.by_id(connection, 2) is accounts.by_username(connection, "Anna") is None


def test_a_name_is_taken_once(file: AccountsFile, anna: Account) -> None:
    with pytest.raises(NameTaken), file.writing() as connection:
        accounts.insert(connection, replace(anna, user_id=2))


def test_another_password_raises_the_version_and_a_better_hash_of_the_same_does_not(
    file: AccountsFile, anna: Account
) -> None:
    with file.writing() as connection:
        accounts.improve_hash(connection, anna, "better")
        accounts.replace_password(connection, anna, "another")

    assert read(file) == replace(anna, password_hash="another", version=2)


def test_what_was_read_before_a_change_changes_nothing_any_more(file: AccountsFile, anna: Account) -> None:
    with file.writing() as connection:
        accounts.raise_version(connection, 1)

    with file.writing() as connection:
        accounts.improve_hash(connection, anna, "better")
    with pytest.raises(AccountChanged), file.writing() as connection:
        accounts.replace_password(connection, anna, "another")

    assert read(file) == replace(anna, version=2)


def test_disabling_raises_the_version_once(file: AccountsFile, anna: Account) -> None:
    with file.writing() as connection:
        accounts.disable(connection, 1, ANNA.created_at)
        accounts.disable(connection, 1, ANNA.created_at)
    assert read(file) == replace(anna, disabled_at=ANNA.created_at, version=2)

    with file.writing() as connection:
        accounts.enable(connection, 1)

    assert read(file) == replace(anna, version=2)


@pytest.mark.parametrize("is_operator", [True, False])
def test_an_account_is_made_an_operators(file: AccountsFile, anna: Account, is_operator: bool) -> None:
    with file.writing() as connection:
        accounts.set_operator(connection, 1, is_operator=is_operator)

    assert read(file) == replace(anna, is_operator=is_operator)


def test_accounts_are_never_made_over_others(file: AccountsFile, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        accounts_file.create(tmp_path / "accounts.db")
