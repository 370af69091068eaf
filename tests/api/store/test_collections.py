import os
from pathlib import Path
from typing import Any

import pytest

from api.collection import decks, starter
from api.errors import AccountGone, StoreDamaged, StoreMissing
from api.store import engine, files, migrations
from api.store.collection import Collection
from api.store.collections import SqliteCollections
from api.store.pool import Pool
from api.store.write_lock import Patience, WriteLock
from tests.api.store.conftest import OWNER, QUOTA
from tests.clocks import ManualClock


def test_a_missing_file_of_an_account_is_an_alarm_and_nothing_is_created(collections: SqliteCollections) -> None:
    path = collections.path(OWNER)
    path.unlink()

    with pytest.raises(StoreMissing), collections.reading(OWNER):
        pass
    with pytest.raises(StoreMissing), collections.writing(OWNER):
        pass

    assert not path.exists()


def test_a_missing_file_without_an_account_means_the_account_is_gone(collections: SqliteCollections) -> None:
    with pytest.raises(AccountGone), collections.reading(8):
        pass

    assert not collections.path(8).exists()
    assert not collections.path(8).with_suffix(".lock").exists()


def test_a_file_removed_while_it_is_open_is_not_written_to(collections: SqliteCollections) -> None:
    with collections.writing(OWNER) as collection:
        decks.create(collection, "before")
    collections.path(OWNER).unlink()

    with pytest.raises(StoreMissing), collections.writing(OWNER) as collection:
        decks.create(collection, "after")


@pytest.mark.parametrize("step", ["the lock is made", "the file is opened", "it is read"])
def test_deleted_while_somebody_opens_it_it_is_gone_and_nothing_is_put_back(
    collections: SqliteCollections, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    owner, name = {
        "the lock is made": (WriteLock, "__init__"),
        "the file is opened": (engine, "connect"),
        "it is read": (migrations.Schema, "is_current"),
    }[step]
    really = getattr(owner, name)

    def delete_first(*arguments: Any) -> Any:
        files.remove(collections.path(OWNER))
        return really(*arguments)

    other_worker = SqliteCollections(tmp_path, Pool(3, Patience(0.2)), clock, lambda _: False, QUOTA)
    monkeypatch.setattr(owner, name, delete_first)

    with pytest.raises(AccountGone), other_worker.writing(OWNER) as collection:
        decks.create(collection, "too late")

    assert list(tmp_path.iterdir()) == []


def test_a_closed_collection_refuses_every_worker_that_has_it_open(
    collections: SqliteCollections, tmp_path: Path, clock: ManualClock
) -> None:
    other_worker = SqliteCollections(tmp_path, Pool(3, Patience(0.2)), clock, lambda _: True, QUOTA)
    with other_worker.reading(OWNER):
        pass

    collections.close(OWNER)

    with pytest.raises(AccountGone), other_worker.reading(OWNER):
        pass
    with pytest.raises(AccountGone), other_worker.writing(OWNER):
        pass


def test_closing_can_be_repeated_and_needs_no_file(collections: SqliteCollections) -> None:
    collections.close(OWNER)
    collections.close(OWNER)
    collections.remove(OWNER)
    collections.close(OWNER)

    assert not collections.path(OWNER).exists()


def test_nobody_else_can_read_a_file_or_what_lies_beside_it(collections: SqliteCollections, tmp_path: Path) -> None:
    with collections.writing(OWNER) as collection:
        decks.create(collection, "Norwegian")
        beside = [path for path in tmp_path.iterdir() if path.stat().st_mode & 0o077]

    assert beside == []


def test_removing_leaves_no_file_behind(collections: SqliteCollections, tmp_path: Path) -> None:
    with collections.reading(OWNER):
        pass

    collections.remove(OWNER)

    assert list(tmp_path.iterdir()) == []


def test_a_collection_is_never_made_over_another(collections: SqliteCollections) -> None:
    before = collections.path(OWNER).read_bytes()

    with pytest.raises(FileExistsError):
        collections.create(OWNER, starter.fill)

    assert collections.path(OWNER).read_bytes() == before


def test_a_collection_that_cannot_be_filled_leaves_nothing(collections: SqliteCollections, tmp_path: Path) -> None:
    def fail(collection: Collection) -> None:
        raise RuntimeError("no")

    before = sorted(tmp_path.iterdir())

    with pytest.raises(RuntimeError):
        collections.create(8, fail)

    assert sorted(tmp_path.iterdir()) == before


def test_the_file_of_one_user_under_the_name_of_another_is_refused(collections: SqliteCollections) -> None:
    os.link(collections.path(OWNER), collections.path(8))

    with pytest.raises(StoreDamaged, match="no row of this owner"), collections.reading(8):
        pass


def test_the_highest_id_that_has_a_file_is_known(collections: SqliteCollections, tmp_path: Path) -> None:
    (tmp_path / "user_12.db").touch()
    (tmp_path / "user_x.db").touch()

    assert collections.highest_id() == 12
