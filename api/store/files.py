"""Putting a finished database file under its name: whole or not at all, and never over another."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from api.store import engine, migrations
from api.store.engine import Connection
from api.store.migrations import Schema
from auth import disk


def build(path: Path, schema: Schema, fill: Callable[[Connection], None]) -> None:
    """Make a database at `path`. What is built under another name gets this one when it is complete and on disk.

    FileExistsError if something has the name already; a StoreError if it cannot be written.
    """
    with engine.faults(path):
        _build(path, schema, fill)


def remove(path: Path) -> None:
    """Delete a database, and after it the files that SQLite and its lock keep beside it. A StoreError."""
    with engine.faults(path):
        for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm"), path.with_suffix(".lock")):
            file.unlink(missing_ok=True)


def _build(path: Path, schema: Schema, fill: Callable[[Connection], None]) -> None:
    with tempfile.TemporaryDirectory(prefix=f".{path.stem}-", dir=path.parent) as folder:
        building = Path(folder) / path.name
        building.touch(mode=0o600)  # what SQLite keeps beside it gets the same mode
        _fill(building, schema, fill)
        disk.sync(building)
        # A link, unlike a rename, never replaces what is there.
        os.link(building, path)
    disk.sync(path.parent)


def _fill(path: Path, schema: Schema, fill: Callable[[Connection], None]) -> None:
    connection = engine.connect(path)
    try:
        migrations.stamp(connection, schema)
        migrations.apply(connection, path, schema)
        fill(connection)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
