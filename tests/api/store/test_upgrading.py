"""A collection that an earlier version has made is brought up to date when it is opened, and nothing of it is lost."""

import json
from pathlib import Path

import pytest

from api.collection import browsing, decks, note_types, notes, reviewing
from api.collection.browsing import Sort
from api.store import engine, migrations
from api.store.collections import SqliteCollections
from tests import collecting
from tests.api.store.conftest import OWNER
from tests.files import query

NOW = 1_795_000_000_000
TEMPLATES = json.dumps([{"name": "Card 1", "question": "{{Front}}", "answer": "{{FrontSide}}<hr>{{Back}}"}])


@pytest.fixture
def old(collections: SqliteCollections) -> SqliteCollections:
    """The collection as version 1001 would have made it: a deck with a note, a card and a review."""
    path = collections.path(OWNER)
    collections.remove(OWNER)
    path.touch()
    schema = migrations.collection_of(OWNER)
    connection = engine.connect(path)
    migrations.stamp(connection, schema)
    connection.executescript(schema.steps[1001])
    for table, row in rows().items():
        columns, marks = ", ".join(row), ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(row.values()))
    connection.execute("PRAGMA user_version = 1001")
    connection.close()
    return collections


def rows() -> dict[str, dict[str, object]]:
    common = {"user_id": OWNER, "changed": 1}
    note = {"guid": "g", "fields": '["<b>Hund</b>en","the dog"]', "tags": '["Animals"]', "front_digest": 1}
    before = dict.fromkeys(("step", "stability", "difficulty", "due_at", "due_day", "reviewed_at"))
    schedule = json.dumps({"state": "new", **before, "review_count": 0, "lapses": 0})
    return {
        "owner": {"user_id": OWNER, "last_id": NOW + 5, "changed": 1, "created_at": NOW},
        "decks": {**common, "id": NOW, "name": "A::B", "name_key": "a::b", "created_at": NOW},
        "note_types": {
            **common,
            "id": NOW + 1,
            "name": "Basic",
            "kind": "standard",
            "fields": '["Front","Back"]',
            "templates": TEMPLATES,
            "css": "",
        },
        "notes": {**common, "id": NOW + 2, "note_type_id": NOW + 1, **note, "created_at": NOW},
        "cards": {
            **common,
            "id": NOW + 3,
            "note_id": NOW + 2,
            "deck_id": NOW,
            "ordinal": 0,
            "state": "review",
            "stability": 5.0,
            "difficulty": 5.0,
            "due_day": 20_700,
            "reviewed_at": NOW,
            "review_count": 1,
            "lapses": 0,
            "created_at": NOW,
        },
        "reviews": {
            **common,
            "id": NOW + 4,
            "card_id": NOW + 3,
            "rating": "easy",
            "reviewed_at": NOW,
            "duration_ms": 5,
            "state_before": "new",
            "card_before": schedule,
        },
    }


def test_its_cards_are_found_by_their_words_and_tags(old: SqliteCollections) -> None:
    with old.reading(OWNER) as collection:
        found = [browsing.find(collection, text, Sort.ADDED, None, 5) for text in ("hunden", "tag:animals", "deck:a")]

    assert [[each.card.id for each in cards] for cards in found] == [[NOW + 3]] * 3


def test_it_has_all_built_in_note_types_and_can_use_them(old: SqliteCollections) -> None:
    with old.writing(OWNER) as collection:
        names = [each.name for each in note_types.page(collection, 0, 10)]
        added = notes.add(collection, NOW, collecting.cloze("{{c1::a}} {{c2::b}}"))

    assert names == ["Basic", "Basic (and reversed card)", "Cloze"]
    assert len(added.cards) == 2


def test_ids_go_on_after_the_last(old: SqliteCollections, tmp_path: Path) -> None:
    with old.writing(OWNER) as collection:
        deck = decks.create(collection, "C").id

    ids = [row["id"] for row in query(old.path(OWNER), "SELECT id FROM note_types")]
    assert max(ids) < deck
    assert len(set(ids)) == 3
    assert min(identifier for identifier in ids if identifier != NOW + 1) > NOW + 5


def test_its_decks_lie_in_one_another(old: SqliteCollections) -> None:
    with old.writing(OWNER) as collection:
        decks.create(collection, "A::C")
        listed = [deck.name for deck in decks.page(collection, "", 10)]

    assert listed == ["A", "A::B", "A::C"]


def test_its_reviews_can_be_taken_back(old: SqliteCollections) -> None:
    with old.writing(OWNER) as collection:
        card = reviewing.undo(collection, NOW + 3, 1)

    assert card.schedule.review_count == 0
    assert card.schedule.state == "new"


def test_the_file_is_whole(old: SqliteCollections) -> None:
    with old.reading(OWNER):
        pass

    assert query(old.path(OWNER), "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert query(old.path(OWNER), "PRAGMA foreign_key_check") == []
