"""Rows of decks, and the counts of their cards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from api.store.collection import Collection
from api.store.engine import Row
from api.store.instants import from_ms, to_ms
from api.study.queue import Counts
from auth.claim_rules import MAX_ID


@dataclass(frozen=True)
class Deck:
    """A named place for cards."""

    id: int
    name: str
    created_at: datetime


def insert(collection: Collection, name: str, name_key: str) -> Deck:
    """Add a deck. The caller has made sure that the name is free."""
    deck = Deck(collection.new_id(), name, collection.now)
    collection.run(
        "insert_deck",
        id=deck.id,
        name=name,
        name_key=name_key,
        created_at=to_ms(collection.now),
    )
    return deck


def by_id(collection: Collection, deck_id: int) -> Deck | None:
    """Return a deck that is not deleted."""
    row = collection.run("deck_by_id", id=deck_id)
    return None if row is None else _deck(row)


def by_name_key(collection: Collection, name_key: str) -> Deck | None:
    """Return the deck that has this name, as names are compared."""
    row = collection.run("deck_by_name_key", name_key=name_key)
    return None if row is None else _deck(row)


def after(collection: Collection, after_key: str, limit: int) -> list[Deck]:
    """Return decks in the order of their names, from past a name on."""
    rows = collection.run("decks_after", after_key=after_key, page=limit)
    return [_deck(row) for row in rows]


def rename(collection: Collection, deck_id: int, name: str, name_key: str) -> None:
    """Give a deck another name."""
    collection.run(
        "rename_deck",
        id=deck_id,
        name=name,
        name_key=name_key,
    )


def delete(collection: Collection, deck_id: int) -> None:
    """Mark a deck deleted, with its cards and those notes that have no other card."""
    deleted_at = to_ms(collection.now)
    collection.run("delete_cards_of_deck", deck_id=deck_id, deleted_at=deleted_at)
    collection.run("delete_notes_without_cards", deck_id=deck_id, deleted_at=deleted_at)
    collection.run("delete_deck", id=deck_id, deleted_at=deleted_at)


def waiting(collection: Collection, today: int, day_end: datetime, deck_id: int | None = None) -> dict[int, Counts]:
    """Count what waits until the end of a study day, by deck: of one deck or of all, without limits."""
    first, last = _range(deck_id)
    rows = collection.run(
        "waiting_cards",
        first=first,
        last=last,
        today=today,
        day_end=to_ms(day_end),
    )
    return {row["deck_id"]: Counts(row["new"], row["learning"], row["due"]) for row in rows}


def studied(collection: Collection, day_start: datetime, deck_id: int | None = None) -> dict[int, Counts]:
    """Count the reviews since an instant by the state before them, by deck: of one deck or of all."""
    first, last = _range(deck_id)
    rows: Iterable[Row] = collection.run("studied_cards", first=first, last=last, day_start=to_ms(day_start))
    return {row["deck_id"]: Counts(new=row["new"], due=row["due"]) for row in rows}


def _range(deck_id: int | None) -> tuple[int, int]:
    return (0, MAX_ID) if deck_id is None else (deck_id, deck_id)


def _deck(row: Row) -> Deck:
    return Deck(row["id"], row["name"], from_ms(row["created_at"]))
