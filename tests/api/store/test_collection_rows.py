"""What a collection's file holds: whose rows, with which ids, in which state."""

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from api.collection import cards, decks, reviewing, starter
from api.errors import DeckNameTaken
from api.store import engine
from api.store.collections import SqliteCollections
from api.store.instants import to_ms
from api.study.schedule import Rating
from auth.claim_rules import MAX_ID
from tests import collecting
from tests.api.store.conftest import OWNER
from tests.clocks import NOON, ManualClock
from tests.files import query

TABLES = ("owner", "decks", "note_types", "notes", "cards", "reviews")
KEPT_BESIDE = ("note_tags", "deletions", "answers")
"""Tables whose rows are removed, not marked."""


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
        reviewing.review(collection, card.id, Rating.GOOD, 1, 0)


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


@pytest.mark.parametrize("table", [*TABLES, *KEPT_BESIDE])
def test_every_table_is_strict_and_checks_its_owner(collections: SqliteCollections, table: str) -> None:
    (row,) = query(collections.path(OWNER), "SELECT sql FROM sqlite_schema WHERE name = ?", table)

    assert re.search(r"\) STRICT(, WITHOUT ROWID)?$", row["sql"])
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
            collecting.add(collection, deck.id, "front")

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
