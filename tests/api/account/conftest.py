"""Fixtures: an accounts file with one account."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.store import accounts, accounts_file
from api.store.accounts_file import AccountsFile
from api.store.write_lock import Patience
from tests.api.store.rows import ANNA


@pytest.fixture
def file(tmp_path: Path) -> Iterator[AccountsFile]:
    accounts_file.create(tmp_path / "accounts.db")
    file = AccountsFile(tmp_path / "accounts.db", Patience(0.2))
    with file.writing() as connection:
        accounts.insert(connection, ANNA)
    yield file
    file.close()
