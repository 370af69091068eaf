"""The SQLite in use: one module imports it, and one place turns its errors into ours."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from api.errors import StorageFull, StoreBusy, StoreDamaged, StoreError, StoreUnavailable

if TYPE_CHECKING:
    import sqlite3
else:
    # SQLite 3.7.0-3.51.2 can corrupt a WAL file under several writers; pysqlite3 carries 3.53. Its
    # exceptions are its own, so that only one of the two modules may ever be used.
    try:
        import pysqlite3 as sqlite3
    except ImportError:  # pragma: no cover - depends on the platform
        import sqlite3

Connection = sqlite3.Connection
Error = sqlite3.Error
IntegrityError = sqlite3.IntegrityError
Row = sqlite3.Row

VERSION = sqlite3.sqlite_version

_FAULTS: dict[str, type[StoreError]] = {
    "SQLITE_FULL": StorageFull,
    "SQLITE_BUSY": StoreBusy,
    "SQLITE_LOCKED": StoreBusy,
    "SQLITE_CORRUPT": StoreDamaged,
    "SQLITE_NOTADB": StoreDamaged,
}

# Of the smallest `-shm` file, in bytes.
_INDEX_SIZE = 32768


def connect(path: Path) -> Connection:
    """Open a file that exists, in WAL mode with every commit on disk before it returns. Never creates one."""
    with faults(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=1.0,
            cached_statements=256,
        )
        connection.row_factory = Row
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except Error:
            connection.close()
            raise
    return connection


def room_used(connection: Connection) -> int:
    """Return how many bytes of the file are in use, as the transaction sees it: free pages are written again first."""
    row = connection.execute(
        "SELECT (page_count - freelist_count) * page_size"
        " FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
    ).fetchone()
    return int(row[0])


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Turn what the engine or the system raises about a file into a StoreError.

    A broken constraint passes as it is, and so does a name that is taken.
    """
    try:
        yield
    except (IntegrityError, FileExistsError):
        raise
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise (StorageFull if is_full else StoreUnavailable)(path.name, str(error)) from error
    except Error as error:
        name = getattr(error, "sqlite_errorname", "") or ""
        raise _kind(name, path)(path.name, f"{name}: {error}") from error


def _kind(name: str, path: Path) -> type[StoreError]:
    # Making the index of the log on a full disk is just an input/output error to SQLite.
    if name.startswith("SQLITE_IOERR") and _is_full(path.parent):
        return StorageFull
    return next((kind for prefix, kind in _FAULTS.items() if name.startswith(prefix)), StoreUnavailable)


def _is_full(folder: Path) -> bool:
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize < _INDEX_SIZE
