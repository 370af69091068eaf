import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from api.errors import StorageFull, StoreBusy, StoreDamaged, StoreUnavailable
from api.store import engine, files, migrations
from api.store.collections import SqliteCollections
from api.store.database import transaction
from tests.api.store.conftest import OWNER


def test_a_file_is_not_created_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        engine.connect(tmp_path / "absent.db")

    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_undoes_the_write_and_reading_goes_on(collections: SqliteCollections) -> None:
    def write(text: str) -> None:
        with collections.writing(OWNER) as collection:
            collection.connection.execute("PRAGMA max_page_count = 1")  # the least SQLite takes is what there is
            collection.run("insert_deck", id=collection.new_id(), name=text, name_key=text, created_at=1)

    with pytest.raises(StorageFull):
        write("x" * 1_000_000)

    with collections.reading(OWNER) as collection:
        assert collection.run("deck_by_name_key", name_key="x" * 1_000_000) is None


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("SQLITE_BUSY_SNAPSHOT", StoreBusy),
        ("SQLITE_LOCKED", StoreBusy),
        ("SQLITE_CORRUPT_INDEX", StoreDamaged),
        ("SQLITE_NOTADB", StoreDamaged),
        ("SQLITE_IOERR_FSYNC", StoreUnavailable),
        ("SQLITE_READONLY", StoreUnavailable),
        (None, StoreUnavailable),
    ],
)
def test_what_the_engine_says_becomes_a_fact(name: str | None, fault: type[Exception]) -> None:
    error = engine.Error("told by the engine")
    if name is not None:
        error.sqlite_errorname = name

    with pytest.raises(fault, match="told by the engine"), engine.faults(Path("user_1.db")):
        raise error


@pytest.mark.parametrize(("free", "fault"), [(0, StorageFull), (31, StorageFull), (32, StoreUnavailable)])
def test_an_input_output_error_on_a_full_disk_means_that_it_is_full(
    monkeypatch: pytest.MonkeyPatch, free: int, fault: type[Exception]
) -> None:
    error = engine.Error("told by the engine")
    error.sqlite_errorname = "SQLITE_IOERR"
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_bavail=free, f_frsize=1024))

    with pytest.raises(fault, match="told by the engine"), engine.faults(Path("user_1.db")):
        raise error


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.ENOSPC, StorageFull),
        (errno.EDQUOT, StorageFull),
        (errno.EMFILE, StoreUnavailable),
        (errno.EIO, StoreUnavailable),
    ],
)
@pytest.mark.parametrize("function", ["link", "fsync"])
def test_what_the_system_refuses_while_a_file_is_made_becomes_a_fact_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, fault: type[Exception], function: str
) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError(number, "refused by the system")

    monkeypatch.setattr(os, function, refuse)

    with pytest.raises(fault, match="refused by the system"):
        files.build(tmp_path / "accounts.db", migrations.ACCOUNTS, lambda _: None)

    assert list(tmp_path.iterdir()) == []


def test_running_out_of_descriptors_is_told_and_none_is_lost(
    collections: SqliteCollections, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError(errno.EMFILE, "too many open files")

    with monkeypatch.context() as context:
        context.setattr(os, "open", refuse)
        with pytest.raises(StoreUnavailable), collections.writing(OWNER):
            pass

    with collections.writing(OWNER) as collection:
        assert collection.user_id == OWNER


def test_a_transaction_the_engine_has_ended_is_not_ended_twice(tmp_path: Path) -> None:
    files.build(tmp_path / "accounts.db", migrations.ACCOUNTS, lambda _: None)
    connection = engine.connect(tmp_path / "accounts.db")

    with pytest.raises(RuntimeError), transaction(connection, "BEGIN"):
        connection.execute("ROLLBACK")
        raise RuntimeError

    assert not connection.in_transaction
    connection.close()


def test_a_release_of_sqlite_without_the_wal_fault_is_used() -> None:
    assert tuple(int(part) for part in engine.VERSION.split(".")) >= (3, 51, 3)
