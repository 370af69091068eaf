import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from api.collection import cards, decks, starter, studying
from api.errors import AccountGone, DeckNameTaken, StoreDamaged, StoreMissing, StoreTooNew
from api.store import engine, migrations
from api.store.collection import Collection
from api.store.collections import SqliteCollections
from api.store.database import Database
from api.store.instants import to_ms
from api.store.pool import Pool
from api.study.days import StudyDays
from api.study.schedule import Rating
from api.study.scheduler import Scheduler
from auth.claims import MAX_ID
from tests.api.store.conftest import OWNER
from tests.clocks import NOON, ManualClock
from tests.files import query

TABLES = ("owner", "decks", "note_types", "notes", "cards", "reviews")


def test_every_connection_is_in_wal_mode_and_commits_to_disk(collections: SqliteCollections) -> None:
    with collections.reading(OWNER) as collection:
        pragmas = {
            name: collection.connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def review_a_card(collections: SqliteCollections) -> None:
    with collections.writing(OWNER) as collection:
        (deck,) = (deck for deck in decks.page(collection, "", 10) if deck.name == starter.SAMPLE_DECK)
        card = cards.page(collection, deck.id, 0, 1)[0]
        studying.review(collection, card.id, Rating.GOOD, 1, 0, Scheduler(StudyDays()))


@pytest.mark.parametrize("table", TABLES)
def test_a_row_of_another_owner_is_refused_by_the_file_itself(collections: SqliteCollections, table: str) -> None:
    path = collections.path(OWNER)
    if table == "reviews":
        review_a_card(collections)
    columns = [row["name"] for row in query(path, f"PRAGMA table_info({table})")]
    others = ", ".join(name for name in columns if name != "user_id")

    with pytest.raises(engine.IntegrityError, match="CHECK constraint failed: user_id = 7"):
        query(path, f"INSERT INTO {table} (user_id, {others}) SELECT 8, {others} FROM {table} LIMIT 1")
    with pytest.raises(engine.IntegrityError, match="CHECK constraint failed: user_id = 7"):
        query(path, f"UPDATE {table} SET user_id = 8")


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_strict_and_checks_its_owner(collections: SqliteCollections, table: str) -> None:
    (row,) = query(collections.path(OWNER), "SELECT sql FROM sqlite_schema WHERE name = ?", table)

    assert row["sql"].endswith("STRICT")
    assert "CHECK (user_id = 7)" in row["sql"]


@pytest.mark.parametrize("table", [name for name in TABLES if name != "owner"])
def test_every_row_has_its_change_and_can_be_marked_deleted(collections: SqliteCollections, table: str) -> None:
    columns = {row["name"]: row["pk"] for row in query(collections.path(OWNER), f"PRAGMA table_info({table})")}

    assert {"changed", "deleted_at"} <= set(columns)
    assert (columns["user_id"], columns["id"]) == (1, 2)


def test_what_fails_in_the_middle_is_undone_whole(collections: SqliteCollections) -> None:
    with pytest.raises(DeckNameTaken), collections.writing(OWNER) as collection:
        decks.create(collection, "Norwegian")
        decks.create(collection, "Norwegian")

    with collections.reading(OWNER) as collection:
        assert [deck.name for deck in decks.page(collection, "", 10)] == ["MyFirstDeck", "Verbal Tenses"]


def test_the_change_counter_advances_once_for_each_write(collections: SqliteCollections) -> None:
    path = collections.path(OWNER)
    for name in ("a", "b"):
        with collections.writing(OWNER) as collection:
            deck = decks.create(collection, name)
            cards.add(collection, deck.id, ("front", "back"), ())

    assert query(path, "SELECT changed FROM owner") == [{"changed": 3}]
    assert query(path, "SELECT changed FROM decks WHERE name IN ('a', 'b')") == [{"changed": 2}, {"changed": 3}]
    assert query(path, "SELECT DISTINCT changed FROM cards ORDER BY 1") == [{"changed": n} for n in (1, 2, 3)]


def new_ids(collections: SqliteCollections, count: int) -> list[int]:
    with collections.writing(OWNER) as collection:
        return [collection.new_id() for _ in range(count)]


def test_ids_are_the_current_millisecond_or_the_one_after_the_last(collections: SqliteCollections) -> None:
    first = new_ids(collections, 3)

    assert first == [first[0], first[0] + 1, first[0] + 2]
    assert first[0] >= to_ms(NOON)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(0, 4)), max_size=8))
def test_ids_are_never_handed_out_again_whatever_the_clock_does(
    collections: SqliteCollections, clock: ManualClock, steps: list[tuple[int, int]]
) -> None:
    clock.advance(NOON - clock.now())
    handed_out = new_ids(collections, 1)

    for milliseconds, count in steps:
        clock.advance(timedelta(milliseconds=milliseconds))
        handed_out += new_ids(collections, count)

    assert handed_out == sorted(set(handed_out))
    assert max(handed_out) <= MAX_ID


def test_an_id_is_not_used_again_after_deletion_when_the_clock_steps_back(
    collections: SqliteCollections, clock: ManualClock
) -> None:
    with collections.writing(OWNER) as collection:
        deck = decks.create(collection, "Norwegian")
    with collections.writing(OWNER) as collection:
        decks.delete(collection, deck.id)

    clock.advance(timedelta(days=-1))
    with collections.writing(OWNER) as collection:
        assert decks.create(collection, "Norwegian").id > deck.id


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


def test_a_closed_collection_refuses_every_worker_that_has_it_open(
    collections: SqliteCollections, tmp_path: Path, clock: ManualClock
) -> None:
    other_worker = SqliteCollections(tmp_path, Pool(3, 0.2), clock, has_account=lambda _: True)
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
    monkeypatch.setattr(migrations.Schema, "steps", later)

    with collections.reading(OWNER) as collection:
        assert collection.connection.execute("SELECT a FROM later").fetchone()[0] == 5
    assert query(collections.path(OWNER), "PRAGMA user_version") == [{"user_version": 1999}]


def test_a_step_that_fails_leaves_the_file_as_it_was(
    collections: SqliteCollections, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = dict(migrations.collection_of(OWNER).steps)
    broken = {**steps, 1999: "CREATE TABLE later (a INTEGER) STRICT; INSERT INTO nowhere VALUES (1);"}
    monkeypatch.setattr(migrations.Schema, "steps", broken)

    with pytest.raises(Exception, match="nowhere"), collections.reading(OWNER):
        pass

    names = [row["name"] for row in query(collections.path(OWNER), "SELECT name FROM sqlite_schema")]
    assert "later" not in names


def test_two_workers_that_open_an_old_file_at_once_apply_each_step_once(collections: SqliteCollections) -> None:
    schema = migrations.collection_of(OWNER)
    path = collections.path(OWNER)
    one = Database(path, schema, patience=1)

    with one.writing() as connection:
        migrations.apply(connection, path, schema)
    one.close()

    assert query(path, "PRAGMA user_version") == [{"user_version": schema.latest}]


def test_the_highest_id_that_has_a_file_is_known(collections: SqliteCollections, tmp_path: Path) -> None:
    (tmp_path / "user_12.db").touch()
    (tmp_path / "user_x.db").touch()

    assert collections.highest_id() == 12


def test_sql_is_written_nowhere_else() -> None:
    root = Path(__file__).parents[3]
    sql = re.compile(r'"\s*(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|PRAGMA)\b')

    offenders = [
        str(path.relative_to(root))
        for folder in ("api", "auth")
        for path in (root / folder).rglob("*.py")
        if sql.search(path.read_text()) and path.parent.name != "store"
    ]

    assert offenders == []
