"""Fixtures: a collection file of user 7 and the pool that opens it, and an accounts file with one account."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.collection import starter
from api.store import accounts, accounts_file
from api.store.accounts import Account
from api.store.accounts_file import AccountsFile
from api.store.collections import SqliteCollections
from api.store.pool import Pool
from api.store.write_lock import Patience
from tests.api.store.rows import ANNA
from tests.clocks import ManualClock

OWNER = 7
QUOTA = 2 * 1024**2


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(3, Patience(0.2))
    yield pool
    pool.close()


@pytest.fixture
def collections(tmp_path: Path, pool: Pool, clock: ManualClock) -> SqliteCollections:
    collections = SqliteCollections(tmp_path, pool, clock, lambda user_id: user_id == OWNER, QUOTA)
    collections.create(OWNER, starter.fill)
    return collections


@pytest.fixture
def file(tmp_path: Path) -> Iterator[AccountsFile]:
    accounts_file.create(tmp_path / "accounts.db")
    file = AccountsFile(tmp_path / "accounts.db", Patience(0.2))
    yield file
    file.close()


@pytest.fixture
def anna(file: AccountsFile) -> Account:
    with file.writing() as connection:
        accounts.insert(connection, ANNA)
    return ANNA
