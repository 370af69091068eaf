"""Decks: named places for cards, with what each still has to study today."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from api.collection.calendar import DAYS, LIMITS
from api.errors import DeckNameTaken, DeckNotFound
from api.store import decks as rows
from api.store.collection import Collection
from api.study.queue import Counts, left_today


@dataclass(frozen=True)
class DeckWithCounts:
    """A deck, and how many cards today's queue would still serve."""

    id: int
    name: str
    counts: Counts
    created_at: datetime


def create(collection: Collection, name: str) -> DeckWithCounts:
    """Add a deck. DeckNameTaken if there is one of this name."""
    _require_free(collection, name, but_for=None)
    deck = rows.insert(collection, name, name_key(name))
    return DeckWithCounts(deck.id, deck.name, Counts(), deck.created_at)


def get(collection: Collection, deck_id: int) -> DeckWithCounts:
    """Return a deck. DeckNotFound."""
    return _with_counts(collection, require(collection, deck_id))


def page(collection: Collection, after_key: str, limit: int) -> list[DeckWithCounts]:
    """Return decks in the order of their names, from past a name on."""
    today = DAYS.day_of(collection.now)
    waiting = rows.waiting(collection, today, DAYS.start_of(today + 1))
    studied = rows.studied(collection, DAYS.start_of(today))
    return [
        DeckWithCounts(deck.id, deck.name, _left(deck.id, waiting, studied), deck.created_at)
        for deck in rows.after(collection, after_key, limit)
    ]


def rename(collection: Collection, deck_id: int, name: str) -> DeckWithCounts:
    """Give a deck another name. DeckNotFound, or DeckNameTaken if another deck has it."""
    require(collection, deck_id)
    _require_free(collection, name, but_for=deck_id)
    rows.rename(collection, deck_id, name, name_key(name))
    return get(collection, deck_id)


def delete(collection: Collection, deck_id: int) -> None:
    """Delete a deck with its cards, and those notes that have no card elsewhere. DeckNotFound."""
    require(collection, deck_id)
    rows.delete(collection, deck_id)


def require(collection: Collection, deck_id: int) -> rows.Deck:
    """Return a deck without counting its cards. DeckNotFound."""
    deck = rows.by_id(collection, deck_id)
    if deck is None:
        raise DeckNotFound(deck_id)
    return deck


def counts(collection: Collection, deck_id: int) -> Counts:
    """Count what today's queue would still serve of one deck."""
    today = DAYS.day_of(collection.now)
    waiting = rows.waiting(collection, today, DAYS.start_of(today + 1), deck_id)
    return _left(deck_id, waiting, rows.studied(collection, DAYS.start_of(today), deck_id))


def name_key(name: str) -> str:
    """Return a deck's name as names are compared: without regard to case."""
    return unicodedata.normalize("NFC", name.casefold())


def _with_counts(collection: Collection, deck: rows.Deck) -> DeckWithCounts:
    return DeckWithCounts(deck.id, deck.name, counts(collection, deck.id), deck.created_at)


def _left(deck_id: int, waiting: dict[int, Counts], studied: dict[int, Counts]) -> Counts:
    return left_today(waiting.get(deck_id, Counts()), studied.get(deck_id, Counts()), LIMITS)


def _require_free(collection: Collection, name: str, but_for: int | None) -> None:
    other = rows.by_name_key(collection, name_key(name))
    if other is not None and other.id != but_for:
        raise DeckNameTaken(other.name)
