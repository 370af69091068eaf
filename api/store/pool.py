"""The open databases of one worker, bounded: opening a file nobody holds costs more than a transaction."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Lock

from api.store.database import Database
from api.store.migrations import Schema
from api.store.write_lock import Patience


class Pool:
    """Keeps databases open, and closes those used least recently when there are too many."""

    def __init__(self, limit: int, patience: Patience) -> None:
        self._limit = limit
        self._patience = patience
        self._lock = Lock()
        self._open: OrderedDict[Path, Database] = OrderedDict()
        self._users: dict[Database, int] = {}

    def __len__(self) -> int:
        return len(self._open)

    @contextmanager
    def use(self, path: Path, schema: Schema) -> Iterator[Database]:
        """Give the database at this path, opening it if need be. StoreMissing if it is not there."""
        database = self._take(path) or self._add(Database(path, schema, self._patience))
        try:
            yield database
        finally:
            self._give_back(database)

    def forget(self, path: Path) -> None:
        """Drop the database at this path; it closes when its last user is done."""
        with self._lock:
            self._drop(path)

    def close(self) -> None:
        """Close everything that nobody uses."""
        self._evict(down_to=0)

    def _take(self, path: Path) -> Database | None:
        with self._lock:
            database = self._open.get(path)
            if database is None or not database.is_in_place():
                self._drop(path)
                return None
            self._open.move_to_end(path)
            self._users[database] = self._users.get(database, 0) + 1
            return database

    def _add(self, database: Database) -> Database:
        with self._lock:
            # Two threads may have opened the same file; the one that came second uses the first's.
            kept = self._open.setdefault(database.path, database)
            if kept is not database:
                database.close()
            self._users[kept] = self._users.get(kept, 0) + 1
        self._evict(down_to=self._limit)
        return kept

    def _drop(self, path: Path) -> None:
        database = self._open.pop(path, None)
        if database is not None and database not in self._users:
            database.close()

    def _give_back(self, database: Database) -> None:
        with self._lock:
            self._users[database] -= 1
            if self._users[database] == 0:
                del self._users[database]
                if self._open.get(database.path) is not database:
                    database.close()

    def _evict(self, down_to: int) -> None:
        # Closing may write to the disk, and nobody should wait for that who wants another file.
        for database in self._take_out(down_to):
            if not database.try_close():
                self._put_back(database)

    def _take_out(self, down_to: int) -> list[Database]:
        with self._lock:
            # No more of them are looked at than are closed: thousands may be open.
            unused = (database for database in self._open.values() if database not in self._users)
            surplus = list(islice(unused, max(0, len(self._open) - down_to)))
            for database in surplus:
                del self._open[database.path]
            return surplus

    def _put_back(self, database: Database) -> None:
        with self._lock:
            if self._open.setdefault(database.path, database) is database:
                self._open.move_to_end(database.path, last=False)
            else:
                database.close()
