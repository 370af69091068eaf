"""`accounts.db`: one file for the accounts of everybody, their sessions and API tokens, and what was revoked."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.store import files, migrations
from api.store.engine import Connection
from api.store.pool import Pool
from api.store.write_lock import Patience


class AccountsFile:
    """Opens the file for one unit of work at a time; the modules beside this one say what can be done in it."""

    def __init__(self, path: Path, patience: Patience) -> None:
        self._path = path
        self._pool = Pool(1, patience)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open it to read one state of it. A StoreError."""
        with self._pool.use(self._path, migrations.ACCOUNTS) as database, database.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open it to change it: all of the block, durably, or none of it. A StoreError."""
        with self._pool.use(self._path, migrations.ACCOUNTS) as database, database.writing() as connection:
            yield connection

    def close(self) -> None:
        """Close the file unless somebody uses it."""
        self._pool.close()


def create(path: Path) -> None:
    """Make an empty `accounts.db`, whole or not at all. FileExistsError if there is one."""
    files.build(path, migrations.ACCOUNTS, lambda _: None)
