"""Rows of cards, each shown with its note, its note type and its deck."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.store import notes
from api.store.collection import Collection
from api.store.engine import Row
from api.store.instants import from_ms, to_ms
from api.study.rendering import Template
from api.study.schedule import Schedule, State


@dataclass(frozen=True)
class Card:
    """One question of a note, and where it stands in being learnt."""

    id: int
    note_id: int
    deck_id: int
    deck_name: str
    ordinal: int
    schedule: Schedule
    fields: tuple[str, ...]
    field_names: tuple[str, ...]
    tags: tuple[str, ...]
    template: Template
    created_at: datetime


@dataclass(frozen=True)
class NotePlace:
    """A note, and the deck its first card lies in."""

    note_id: int
    deck_id: int
    deck_name: str


def insert(collection: Collection, note_id: int, deck_id: int, ordinal: int) -> None:
    """Add a new card."""
    collection.run(
        "insert_card",
        id=collection.new_id(),
        note_id=note_id,
        deck_id=deck_id,
        ordinal=ordinal,
        created_at=to_ms(collection.now),
    )


def by_id(collection: Collection, card_id: int) -> Card | None:
    """Return a card that is not deleted."""
    row = collection.run("card_by_id", id=card_id)
    return None if row is None else _card(row)


def of_note(collection: Collection, note_id: int) -> list[Card]:
    """Return the cards of a note, in the order of its templates."""
    rows = collection.run("cards_of_note", note_id=note_id)
    return [_card(row) for row in rows]


def of_deck(collection: Collection, deck_id: int, after: int, limit: int) -> list[Card]:
    """Return cards of a deck in the order they were added, from past an id on."""
    rows = collection.run("cards_of_deck_after", deck_id=deck_id, after=after, page=limit)
    return [_card(row) for row in rows]


def with_front(collection: Collection, front_digest: int, apart_from: int, limit: int) -> list[NotePlace]:
    """Return other notes whose first field is the same, as first fields are compared."""
    rows = collection.run("cards_with_front", front_digest=front_digest, apart_from=apart_from, page=limit)
    first_cards = {row["note_id"]: row for row in reversed(list(rows))}
    return [NotePlace(row["note_id"], row["deck_id"], row["deck_name"]) for row in reversed(first_cards.values())]


def next_learning(collection: Collection, deck_id: int) -> Card | None:
    """Return the card in learning that has been due longest."""
    return _shown(collection, collection.run("next_learning", deck_id=deck_id, now=to_ms(collection.now)))


def next_due(collection: Collection, deck_id: int, today: int) -> Card | None:
    """Return the card in review that has been due longest."""
    return _shown(collection, collection.run("next_due", deck_id=deck_id, today=today))


def next_new(collection: Collection, deck_id: int) -> Card | None:
    """Return the new card that was added first."""
    return _shown(collection, collection.run("next_new", deck_id=deck_id))


def reschedule(collection: Collection, card_id: int, schedule: Schedule) -> None:
    """Record where a card stands now."""
    collection.run(
        "reschedule_card",
        id=card_id,
        **schedule_columns(schedule),
    )


def schedule_columns(schedule: Schedule) -> dict[str, str | int | float | None]:
    """Return a schedule as its columns."""
    return {
        "state": schedule.state.value,
        "step": schedule.step,
        "stability": schedule.stability,
        "difficulty": schedule.difficulty,
        "due_at": None if schedule.due_at is None else to_ms(schedule.due_at),
        "due_day": schedule.due_day,
        "reviewed_at": None if schedule.reviewed_at is None else to_ms(schedule.reviewed_at),
        "review_count": schedule.review_count,
        "lapses": schedule.lapses,
    }


def _shown(collection: Collection, row: Row | None) -> Card | None:
    return None if row is None else by_id(collection, row["id"])


def _card(row: Row) -> Card:
    templates: Sequence[Template] = notes.load_templates(row["templates"])
    return Card(
        id=row["id"],
        note_id=row["note_id"],
        deck_id=row["deck_id"],
        deck_name=row["deck_name"],
        ordinal=row["ordinal"],
        schedule=_schedule(row),
        fields=notes.load_texts(row["fields"]),
        field_names=notes.load_texts(row["field_names"]),
        tags=notes.load_texts(row["tags"]),
        template=templates[row["ordinal"]],
        created_at=from_ms(row["created_at"]),
    )


def _schedule(row: Row) -> Schedule:
    return Schedule(
        state=State(row["state"]),
        step=row["step"],
        stability=row["stability"],
        difficulty=row["difficulty"],
        due_at=None if row["due_at"] is None else from_ms(row["due_at"]),
        due_day=row["due_day"],
        reviewed_at=None if row["reviewed_at"] is None else from_ms(row["reviewed_at"]),
        review_count=row["review_count"],
        lapses=row["lapses"],
    )
