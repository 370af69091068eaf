"""Rows of cards, each shown with its note, its note type and its deck."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.store import notes
from api.store.collection import Collection
from api.store.engine import Row
from api.store.instants import from_ms, to_ms
from api.store.note_types import load_names, load_templates
from api.study.schedule import Schedule, State
from api.study.templates import Kind, Template

_SHUFFLED = 1_000_003
_STRIDE = 618_034
"""Of all, about the golden section: ids that follow one another come to lie far apart."""


@dataclass(frozen=True)
class Arrangement:
    """What can be said of one card beside its note: where it lies, and whether and how it stands out."""

    deck_id: int
    is_suspended: bool = False
    buried_until: int | None = None
    flag: int = 0


@dataclass(frozen=True)
class Card:
    """One question of a note, and where it stands in being learnt. `due` is when it enters the queue."""

    id: int
    note_id: int
    deck_name: str
    ordinal: int
    arrangement: Arrangement
    is_buried: bool
    schedule: Schedule
    due: datetime | None
    note_type_id: int
    note_type_name: str
    kind: Kind
    fields: tuple[str, ...]
    field_names: tuple[str, ...]
    tags: tuple[str, ...]
    template: Template
    created_at: datetime
    change: int
    """The last change of the card, or of the note, note type or deck that it is shown with."""

    @property
    def deck_id(self) -> int:
        """The deck the card lies in."""
        return self.arrangement.deck_id


@dataclass(frozen=True)
class NotePlace:
    """A note, and the deck its first card lies in."""

    note_id: int
    deck_id: int
    deck_name: str


@dataclass(frozen=True)
class StoredCard:
    """Which card of a note a row is. A deleted one can be brought back, by its user if it lies in the trash."""

    id: int
    ordinal: int
    deck_id: int
    is_deleted: bool
    is_in_trash: bool


@dataclass(frozen=True)
class Changed:
    """The id of a card that has changed, and the change that did it."""

    id: int
    change: int
    is_deleted: bool


def insert(collection: Collection, note_id: int, deck_id: int, ordinal: int) -> None:
    """Add a new card."""
    card_id = collection.new_id()
    collection.run(
        "insert_card",
        id=card_id,
        note_id=note_id,
        deck_id=deck_id,
        ordinal=ordinal,
        shuffle=card_id * _STRIDE % _SHUFFLED,
        created_at=to_ms(collection.now),
    )


def by_id(collection: Collection, card_id: int) -> Card | None:
    """Return a card that is not deleted."""
    row = collection.run("card_by_id", id=card_id)
    return None if row is None else _card(collection, row)


def of_note(collection: Collection, note_id: int) -> list[Card]:
    """Return the cards of a note, in the order of its templates."""
    rows = collection.run("cards_of_note", note_id=note_id)
    return [_card(collection, row) for row in rows]


def of_deck(collection: Collection, deck_id: int, after: int, limit: int) -> list[Card]:
    """Return cards of a deck in the order they were added, from past an id on."""
    rows = collection.run("cards_of_deck_after", deck_id=deck_id, after=after, page=limit)
    return [_card(collection, row) for row in rows]


def with_front(collection: Collection, front_digest: int, apart_from: int, limit: int) -> list[NotePlace]:
    """Return other notes whose first field is the same, as first fields are compared."""
    rows = collection.run("cards_with_front", front_digest=front_digest, apart_from=apart_from, page=limit)
    first_cards = {row["note_id"]: row for row in reversed(list(rows))}
    return [NotePlace(row["note_id"], row["deck_id"], row["deck_name"]) for row in reversed(first_cards.values())]


def changed_since(collection: Collection, since: int, after: int, limit: int) -> list[Changed]:
    """Return which cards have changed since a change, in the order of the changes, from past a card's id on."""
    rows = collection.run("cards_changed_since", since=since, after=after, page=limit)
    return [Changed(row["id"], row["changed"], row["deleted_at"] is not None) for row in rows]


def count_of_deck(collection: Collection, deck_id: int) -> int:
    """Count the cards of a deck alone."""
    return int(collection.run("count_cards_of_deck", deck_id=deck_id)["cards"])


def stored_of_note(collection: Collection, note_id: int, since: datetime) -> list[StoredCard]:
    """Return all rows of a note's cards. Those that were deleted since an instant may lie in the trash."""
    rows = collection.run("card_ordinals", note_id=note_id, since=to_ms(since))
    return [
        StoredCard(row["id"], row["ordinal"], row["deck_id"], row["deleted_at"] is not None, row["deletions"] > 0)
        for row in rows
    ]


def revive(collection: Collection, card_id: int, deck_id: int) -> None:
    """Bring a deleted card back, as it stood."""
    collection.run("revive_card", id=card_id, deck_id=deck_id)


def renumber(collection: Collection, card_id: int, ordinal: int) -> None:
    """Record that a card is made from another template now, or from the same one in another place."""
    collection.run("renumber_card", id=card_id, ordinal=ordinal)


def delete(collection: Collection, card_id: int) -> None:
    """Mark one card deleted, and leave its note."""
    collection.run("delete_card", id=card_id, deleted_at=to_ms(collection.now))


def reschedule(collection: Collection, card_id: int, schedule: Schedule) -> None:
    """Record where a card stands now."""
    collection.run("reschedule_card", id=card_id, **schedule_columns(schedule))


def arrange(collection: Collection, card_id: int, arrangement: Arrangement) -> None:
    """Record where a card lies, and whether and how it stands out."""
    collection.run(
        "arrange_card",
        id=card_id,
        deck_id=arrangement.deck_id,
        suspended=int(arrangement.is_suspended),
        buried_until=arrangement.buried_until,
        flag=arrangement.flag,
    )


def move(collection: Collection, deck_id: int, to_deck_id: int) -> None:
    """Put all cards of one deck into another."""
    collection.run("move_cards", deck_id=deck_id, to_deck_id=to_deck_id)


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


def schedule_of(columns: Mapping[str, Any] | Row) -> Schedule:
    """Read a schedule from its columns."""
    return Schedule(
        state=State(columns["state"]),
        step=columns["step"],
        stability=columns["stability"],
        difficulty=columns["difficulty"],
        due_at=None if columns["due_at"] is None else from_ms(columns["due_at"]),
        due_day=columns["due_day"],
        reviewed_at=None if columns["reviewed_at"] is None else from_ms(columns["reviewed_at"]),
        review_count=columns["review_count"],
        lapses=columns["lapses"],
    )


def _card(collection: Collection, row: Row) -> Card:
    schedule, kind = schedule_of(row), Kind(row["kind"])
    templates = load_templates(row["templates"])
    return Card(
        id=row["id"],
        note_id=row["note_id"],
        deck_name=row["deck_name"],
        ordinal=row["ordinal"],
        arrangement=Arrangement(row["deck_id"], bool(row["suspended"]), row["buried_until"], row["flag"]),
        is_buried=row["buried_until"] is not None and row["buried_until"] > collection.today,
        schedule=schedule,
        due=schedule.due(collection.days),
        note_type_id=row["note_type_id"],
        note_type_name=row["note_type_name"],
        kind=kind,
        fields=notes.load_texts(row["fields"]),
        field_names=load_names(row["field_names"]),
        tags=notes.load_texts(row["tags"]),
        template=templates[0 if kind is Kind.CLOZE else row["ordinal"]],
        created_at=from_ms(row["created_at"]),
        change=max(row["card_changed"], row["note_changed"], row["note_type_changed"], row["deck_changed"]),
    )
