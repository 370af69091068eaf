"""Rows of decks, and the counts of their cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.store import choices
from api.store.collection import Collection
from api.store.engine import Row
from api.store.instants import from_ms, to_ms
from api.study.preferences import Choices
from api.study.queue import Counts

LEVEL = "\x1f"
"""What separates the levels in the key of a deck's name; it sorts before whatever a name may hold."""
_PAST_LEVEL = "\x20"
_LAST_KEY = "\U0010ffff"


@dataclass(frozen=True)
class Deck:
    """A named place for cards. Its key is its name as names are compared."""

    id: int
    name: str
    name_key: str
    choices: Choices
    created_at: datetime
    change: int


@dataclass(frozen=True)
class Changed:
    """A deck that has changed, or the id of one that has been deleted, and the change that did it."""

    deck: Deck | None
    id: int
    change: int


def insert(collection: Collection, name: str, name_key: str) -> Deck:
    """Add a deck. The caller has made sure that the name is free."""
    deck = Deck(collection.new_id(), name, name_key, Choices(), collection.now, collection.change)
    collection.run("insert_deck", id=deck.id, name=name, name_key=name_key, created_at=to_ms(collection.now))
    return deck


def by_id(collection: Collection, deck_id: int) -> Deck | None:
    """Return a deck that is not deleted."""
    row = collection.run("deck_by_id", id=deck_id)
    return None if row is None else deck_of(row)


def by_name_key(collection: Collection, name_key: str) -> Deck | None:
    """Return the deck that has this name, as names are compared."""
    row = collection.run("deck_by_name_key", name_key=name_key)
    return None if row is None else deck_of(row)


def every(collection: Collection) -> list[Deck]:
    """Return all decks, each followed by those below it."""
    return [deck_of(row) for row in collection.run("decks_between", first_key="", end_key=_LAST_KEY)]


def within(collection: Collection, deck: Deck) -> list[Deck]:
    """Return a deck and all those below it."""
    below = collection.run("decks_between", first_key=deck.name_key + LEVEL, end_key=deck.name_key + _PAST_LEVEL)
    return [deck, *(deck_of(row) for row in below)]


def above(collection: Collection, deck: Deck) -> list[Deck]:
    """Return the decks that a deck lies in, outermost first."""
    levels = deck.name_key.split(LEVEL)
    keys = [LEVEL.join(levels[:depth]) for depth in range(1, len(levels))]
    return [found for key in keys if (found := by_name_key(collection, key)) is not None]


def changed_since(collection: Collection, since: int) -> list[Changed]:
    """Return what has become of decks since a change, in the order of the changes."""
    rows = collection.run("decks_changed_since", since=since)
    return [Changed(None if row["deleted_at"] else deck_of(row), row["id"], row["changed"]) for row in rows]


def update(collection: Collection, deck_id: int, name: str, name_key: str, chosen: Choices) -> None:
    """Replace a deck's name and options."""
    dumped = choices.dump_choices(chosen)
    collection.run("update_deck", id=deck_id, name=name, name_key=name_key, options=dumped)


def touch(collection: Collection, deck: Deck | None = None) -> None:
    """Mark a deck and all those below it changed, or all decks: they are studied in another way now."""
    first, end = keys_within(deck)
    collection.run("touch_decks", first_key=first, end_key=end)


def delete(collection: Collection, decks: Sequence[Deck]) -> None:
    """Mark decks deleted, with their cards and those notes that have no other card."""
    deleted_at = to_ms(collection.now)
    for deck in decks:
        collection.run("delete_cards_of_deck", deck_id=deck.id, deleted_at=deleted_at)
        collection.run("delete_notes_without_cards", deck_id=deck.id, deleted_at=deleted_at)
        collection.run("delete_deck", id=deck.id, deleted_at=deleted_at)


def waiting(collection: Collection, most: int, deck: Deck | None = None) -> dict[int, Counts]:
    """Count what waits until the end of today, by deck, each number up to `most`: of all, or of one and those below."""
    first, end = keys_within(deck)
    rows = collection.run(
        "waiting_cards",
        first_key=first,
        end_key=end,
        today=collection.today,
        day_end=to_ms(collection.days.start_of(collection.today + 1)),
        most=most,
    )
    return {row["deck_id"]: Counts(row["new"], row["learning"], row["due"]) for row in rows}


def studied(collection: Collection) -> dict[int, Counts]:
    """Count today's reviews by the state before them, by deck."""
    rows = collection.run("studied_cards", day_start=to_ms(collection.days.start_of(collection.today)))
    return {row["deck_id"]: Counts(new=row["new"], due=row["due"]) for row in rows}


def keys_within(deck: Deck | None) -> tuple[str, str]:
    """Return from which key on, and before which, a deck and those below it lie, or all decks."""
    # No other name can begin with the key and a space: names are trimmed.
    return ("", _LAST_KEY) if deck is None else (deck.name_key, deck.name_key + _PAST_LEVEL)


def deck_of(row: Row) -> Deck:
    """Read a deck from its row."""
    return Deck(
        id=row["id"],
        name=row["name"],
        name_key=row["name_key"],
        choices=choices.load_choices(row["options"]),
        created_at=from_ms(row["created_at"]),
        change=row["changed"],
    )
