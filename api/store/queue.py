"""What is next in the queue of a deck, and which siblings of a card wait beside it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.store.cards import Card
from api.store.collection import Collection
from api.store.engine import Row
from api.store.instants import to_ms
from api.store.reviews import Buried


@dataclass(frozen=True, order=True)
class Waiting:
    """A card that waits, by its place among those that wait for the same."""

    position: int
    card_id: int


def next_learning(collection: Collection, deck_id: int, until: datetime, apart_from: int) -> Waiting | None:
    """Return the card in learning that is due first, up to an instant."""
    return _first(collection, "next_learning", deck_id, apart_from, until=to_ms(until))


def next_due(collection: Collection, deck_id: int, apart_from: int) -> Waiting | None:
    """Return the card in review that has been due longest."""
    return _first(collection, "next_due", deck_id, apart_from, day_end=_day_end(collection))


def next_new(collection: Collection, deck_id: int, apart_from: int) -> Waiting | None:
    """Return the new card that was added first."""
    return _first(collection, "next_new", deck_id, apart_from, day_end=_day_end(collection))


def next_new_shuffled(collection: Collection, deck_id: int, apart_from: int) -> Waiting | None:
    """Return the new card that comes first in an order that was drawn once for good."""
    return _first(collection, "next_new_shuffled", deck_id, apart_from, day_end=_day_end(collection))


def bury_siblings(collection: Collection, card: Card) -> list[Buried]:
    """Bury until tomorrow what waits of the same note in the same deck; tell what was buried."""
    rows = collection.run(
        "siblings_to_bury", card_id=card.id, note_id=card.note_id, deck_id=card.deck_id, today=collection.today
    )
    return [_bury(collection, Buried(row["id"], row["buried_until"], collection.today + 1)) for row in rows]


def show(collection: Collection, card: Card) -> list[Buried]:
    """Show a card again if it is buried; tell whether it was."""
    return [_bury(collection, Buried(card.id, card.arrangement.buried_until, None))] if card.is_buried else []


def take_back(collection: Collection, buried: Buried) -> None:
    """Bury a card as it was before a review, unless that was changed otherwise since."""
    collection.run("rebury_card", id=buried.card_id, buried_until=buried.before, buried_since=buried.since or 0)


def _bury(collection: Collection, buried: Buried) -> Buried:
    collection.run("bury_card", id=buried.card_id, buried_until=buried.since)
    return buried


def _first(collection: Collection, statement: str, deck_id: int, apart_from: int, **parameters: Any) -> Waiting | None:
    row: Row | None = collection.run(
        statement, deck_id=deck_id, apart_from=apart_from, today=collection.today, **parameters
    )
    return None if row is None else Waiting(row["position"], row["id"])


def _day_end(collection: Collection) -> int:
    return to_ms(collection.days.start_of(collection.today + 1))
