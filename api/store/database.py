"""One SQLite file as one worker sees it: a connection, and the lock its writers take."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from api.errors import StoreBusy, StoreMissing
from api.store import engine, migrations
from api.store.engine import Connection
from api.store.migrations import Schema
from api.store.write_lock import Patience, WriteLock


class Database:
    """An open file. Writers wait for each other before they touch the connection, and keep no reader waiting."""

    def __init__(self, path: Path, schema: Schema, patience: Patience) -> None:
        """Open the file and bring it up to date. StoreMissing if it is not there; it is never created."""
        self.path = path
        self._patience = patience.seconds
        self._identity = _identity(path)
        if self._identity is None:
            raise StoreMissing(path.name, "there is no such file")
        self._turn = Lock()
        self._writers = WriteLock(path.with_suffix(".lock"), patience)
        self._connection = engine.connect(path)
        try:
            self._prepare(schema)
            self._require_in_place()
        except BaseException:
            self.close()
            raise

    def _prepare(self, schema: Schema) -> None:
        with engine.faults(self.path):
            if schema.is_current(self._connection, self.path):
                return
        with self._writers.held(), engine.faults(self.path):
            migrations.apply(self._connection, self.path, schema)

    def _require_in_place(self) -> None:
        # Asked once the log is open: then it is this file's log. A file that was deleted a moment earlier has been
        # given a new one, and would take writes that nobody will read.
        if not self.is_in_place():
            raise StoreMissing(self.path.name, "it was deleted while it was being opened")

    def is_in_place(self) -> bool:
        """Tell whether the file is still the one under its name: a deleted one must not be written to."""
        return _identity(self.path) == self._identity

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give the connection inside a read transaction: one state of the file throughout."""
        with self._connected() as connection, transaction(connection, "BEGIN"):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give the connection inside a write transaction, which commits at the end of the block or not at all."""
        with self._writers.held(), self._connected() as connection, transaction(connection, "BEGIN IMMEDIATE"):
            yield connection

    def try_close(self) -> bool:
        """Close the connection under the write lock, for closing may checkpoint. False if somebody uses it."""
        try:
            with self._writers.held(patience=0):
                self._connection.close()
        except StoreBusy:
            return False
        if _identity(self.path) is None:
            self._writers.remove()  # for to take it made it anew, and the file of a deleted account is gone
        return True

    def close(self) -> None:
        """Close the connection; when the process ends it would be closed all the same."""
        self._connection.close()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        if not self._turn.acquire(timeout=self._patience):
            raise StoreBusy(self.path.name, "another thread used the connection")
        try:
            with engine.faults(self.path):
                yield self._connection
        finally:
            self._turn.release()


@contextmanager
def transaction(connection: Connection, begin: str) -> Iterator[None]:
    """Run the block in one transaction: committed at its end, rolled back by any exception."""
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk has rolled it back already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
