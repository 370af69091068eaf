import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import pytest

from api.errors import StoreBusy
from api.settings import DESCRIPTORS_EACH
from api.store import files, migrations, write_lock
from api.store.collections import SqliteCollections
from api.store.database import Database
from api.store.pool import Pool
from api.store.write_lock import Patience, WriteLock
from tests.api.store.conftest import OWNER

SCHEMA = migrations.ACCOUNTS


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"accounts_{number}.db" for number in range(6)]
    for path in paths:
        files.build(path, SCHEMA, lambda _: None)
    return paths


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def touch(pool: Pool, path: Path) -> Database:
    with pool.use(path, SCHEMA) as database:
        return database


def test_a_database_stays_open(pool: Pool, paths: list[Path]) -> None:
    assert touch(pool, paths[0]) is touch(pool, paths[0])


def test_the_one_used_least_recently_is_closed_first(pool: Pool, paths: list[Path]) -> None:
    first, second, third = (touch(pool, path) for path in paths[:3])
    touch(pool, paths[0])

    touch(pool, paths[3])

    assert len(pool) == 3
    assert touch(pool, paths[0]) is first
    assert touch(pool, paths[2]) is third
    assert touch(pool, paths[1]) is not second


def test_descriptors_are_bounded_and_given_back(pool: Pool, paths: list[Path]) -> None:
    before = descriptors()

    for path in paths * 3:
        touch(pool, path)
    at_most = descriptors()
    pool.close()

    assert at_most - before <= 3 * DESCRIPTORS_EACH
    assert descriptors() == before


def test_one_in_use_is_not_closed(pool: Pool, paths: list[Path]) -> None:
    with pool.use(paths[0], SCHEMA) as used:
        for path in paths[1:]:
            touch(pool, path)
        with used.reading() as connection:
            assert connection.execute("SELECT count(*) FROM accounts").fetchone()[0] == 0

    assert touch(pool, paths[0]) is used


def test_one_whose_lock_somebody_holds_is_not_closed_for_closing_may_write(pool: Pool, paths: list[Path]) -> None:
    kept = touch(pool, paths[0])
    other_worker = WriteLock(paths[0].with_suffix(".lock"), Patience(1))

    with other_worker.held():
        for path in paths[1:]:
            touch(pool, path)

    assert touch(pool, paths[0]) is kept


def test_one_forgotten_while_in_use_closes_when_its_user_is_done(pool: Pool, paths: list[Path]) -> None:
    before = descriptors()

    with pool.use(paths[0], SCHEMA) as database:
        pool.forget(paths[0])
        with database.reading() as connection:
            assert connection.execute("SELECT 1").fetchone()[0] == 1

    assert descriptors() == before


def test_threads_that_open_one_file_at_once_share_it(pool: Pool, paths: list[Path]) -> None:
    barrier = Barrier(8)

    def open_it(_: int) -> Database:
        barrier.wait()
        with pool.use(paths[0], SCHEMA) as database:
            return database

    with ThreadPoolExecutor(8) as threads:
        opened = set(threads.map(open_it, range(8)))

    assert len(opened) == 1
    assert len(pool) == 1


def test_a_file_that_was_replaced_is_opened_anew(pool: Pool, paths: list[Path]) -> None:
    stale = touch(pool, paths[0])
    os.replace(paths[1], paths[0])

    assert touch(pool, paths[0]) is not stale


def test_a_reader_does_not_wait_for_a_writer_who_waits(
    collections: SqliteCollections, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_worker = WriteLock(collections.path(OWNER).with_suffix(".lock"), Patience(1))
    waiting, done = Event(), Event()
    really_locked = write_lock._is_locked

    def is_locked_and_tell(descriptor: int) -> bool:
        taken = really_locked(descriptor)
        if not taken:
            waiting.set()
        return taken

    monkeypatch.setattr(write_lock, "_is_locked", is_locked_and_tell)

    def write() -> None:
        with pytest.raises(StoreBusy), collections.writing(OWNER):
            pass
        done.set()

    with other_worker.held(), ThreadPoolExecutor(1) as threads:
        threads.submit(write)
        assert waiting.wait(5)
        with collections.reading(OWNER) as collection:
            assert collection.user_id == OWNER
        read_before_the_writer_gave_up = not done.is_set()

    assert read_before_the_writer_gave_up


def test_a_connection_held_too_long_is_busy(pool: Pool, paths: list[Path]) -> None:
    with pool.use(paths[0], SCHEMA) as database, database.reading():
        with pytest.raises(StoreBusy, match="another thread used the connection"), database.reading():
            pass


def test_a_file_that_cannot_be_opened_leaves_no_descriptor_open(pool: Pool, paths: list[Path]) -> None:
    paths[0].write_bytes(b"not a database" * 1000)
    before = descriptors()

    for _ in range(3):
        with pytest.raises(Exception, match="not a database"), pool.use(paths[0], SCHEMA):
            pass

    assert descriptors() == before
