"""Searching cards, a page at a time."""

from dataclasses import dataclass

from api.store import cards as rows
from api.store import search
from api.store.cards import Card
from api.store.collection import Collection
from api.store.search import Sort as Sort
from api.study import search_language


@dataclass(frozen=True)
class Found:
    """A card that a search has found, and its place in the order that was asked for."""

    card: Card
    position: tuple[int, int]


def find(collection: Collection, text: str, sort: Sort, after: tuple[int, int] | None, limit: int) -> list[Found]:
    """Return cards that a search finds, in an order, from past a place on. SearchNotUnderstood."""
    places = search.ids(collection, search_language.parse(text), sort, after, limit)
    found = [(rows.by_id(collection, card_id), (position, card_id)) for position, card_id in places]
    return [Found(card, place) for card, place in found if card is not None]
