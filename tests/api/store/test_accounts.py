from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from api.errors import AccountGone, NameTaken
from api.store import accounts
from api.store.accounts import Account, NewSession, SqliteAccounts
from api.store.pool import Pool
from tests.clocks import NOON
from tests.files import query

ANNA = Account(1, "anna", "Anna", "a hash", 1, NOON, None)
SESSION = NewSession("S" * 22, "web", NOON, NOON + timedelta(minutes=10), NOON + timedelta(days=90), "127.0.0.1")


@pytest.fixture
def store(tmp_path: Path, pool: Pool) -> SqliteAccounts:
    accounts.create(tmp_path / "accounts.db")
    return SqliteAccounts(tmp_path / "accounts.db", pool)


def test_user_ids_count_from_1_and_are_never_taken_twice(store: SqliteAccounts) -> None:
    assert [store.take_user_id() for _ in range(3)] == [1, 2, 3]


def test_a_user_id_can_be_taken_above_another(store: SqliteAccounts) -> None:
    assert store.take_user_id(above=40) == 41
    assert store.take_user_id(above=5) == 42


def test_an_account_is_found_by_id_and_by_exactly_its_name(store: SqliteAccounts) -> None:
    store.insert(ANNA)

    assert store.by_id(1) == store.by_username("anna") == ANNA
    assert store.by_id(2) is store.by_username("Anna") is None


def test_a_name_is_taken_once(store: SqliteAccounts) -> None:
    store.insert(ANNA)

    with pytest.raises(NameTaken):
        store.insert(replace(ANNA, user_id=2))


def test_a_session_of_an_account_that_has_changed_is_not_recorded(store: SqliteAccounts) -> None:
    store.insert(ANNA)

    with pytest.raises(AccountGone):
        store.insert_session(replace(ANNA, version=2), SESSION)

    store.insert_session(ANNA, SESSION)


def test_deleting_an_account_removes_its_sessions(store: SqliteAccounts, tmp_path: Path) -> None:
    store.insert(ANNA)
    store.insert_session(ANNA, SESSION)

    store.delete(1)

    assert query(tmp_path / "accounts.db", "SELECT * FROM sessions") == []


def test_accounts_are_never_made_over_others(store: SqliteAccounts, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        accounts.create(tmp_path / "accounts.db")
