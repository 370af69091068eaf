from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from api.errors import StoreDamaged, StoreTooNew
from api.store import migrations
from api.store.collections import SqliteCollections
from api.store.database import Database
from api.store.pool import Pool
from api.store.write_lock import Patience
from tests.api.store.conftest import OWNER
from tests.files import query


def test_a_file_of_another_kind_is_refused(collections: SqliteCollections) -> None:
    query(collections.path(OWNER), "PRAGMA application_id = 5")

    with pytest.raises(StoreDamaged, match="application_id"), collections.reading(OWNER):
        pass


def test_a_file_that_is_no_database_is_refused(collections: SqliteCollections) -> None:
    collections.path(OWNER).write_bytes(b"not a database" * 1000)

    with pytest.raises(StoreDamaged), collections.reading(OWNER):
        pass


def test_a_file_of_a_newer_major_version_is_refused_and_of_a_newer_minor_one_is_not(
    collections: SqliteCollections, pool: Pool
) -> None:
    path = collections.path(OWNER)

    query(path, "PRAGMA user_version = 1999")
    with collections.reading(OWNER):
        pass
    pool.forget(path)

    query(path, "PRAGMA user_version = 2001")
    with pytest.raises(StoreTooNew), collections.reading(OWNER):
        pass


def test_a_step_that_is_missing_is_applied_when_the_file_is_opened(
    collections: SqliteCollections, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = dict(migrations.collection_of(OWNER).steps)
    later = {**steps, 1998: "CREATE TABLE later (a INTEGER) STRICT;", 1999: "INSERT INTO later VALUES (5);"}
    monkeypatch.setattr(migrations, "texts_of", lambda kind: later)

    with collections.reading(OWNER) as collection:
        assert collection.connection.execute("SELECT a FROM later").fetchone()[0] == 5
    assert query(collections.path(OWNER), "PRAGMA user_version") == [{"user_version": 1999}]


def test_a_step_that_fails_leaves_the_file_as_it_was(
    collections: SqliteCollections, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = dict(migrations.collection_of(OWNER).steps)
    broken = {**steps, 1999: "CREATE TABLE later (a INTEGER) STRICT; INSERT INTO nowhere VALUES (1);"}
    monkeypatch.setattr(migrations, "texts_of", lambda kind: broken)

    with pytest.raises(Exception, match="nowhere"), collections.reading(OWNER):
        pass

    names = [row["name"] for row in query(collections.path(OWNER), "SELECT name FROM sqlite_schema")]
    assert "later" not in names


def test_two_workers_that_open_an_old_file_at_once_apply_each_step_once(
    collections: SqliteCollections, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = dict(migrations.collection_of(OWNER).steps)
    later = {**steps, 1998: "CREATE TABLE later (a INTEGER) STRICT;", 1999: "INSERT INTO later VALUES (5);"}
    monkeypatch.setattr(migrations, "texts_of", lambda kind: later)
    path, barrier = collections.path(OWNER), Barrier(8)

    def open_it(_: int) -> None:
        barrier.wait()
        Database(path, migrations.collection_of(OWNER), Patience(5)).close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(open_it, range(8)))

    assert query(path, "SELECT a FROM later") == [{"a": 5}]
