"""What has changed since a change of the collection that a client knows: for programs that keep a copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from api.collection import cards, decks
from api.collection.decks import DeckWithCounts
from api.store import cards as card_rows
from api.store import decks as deck_rows
from api.store import note_types as type_rows
from api.store.cards import Card
from api.store.collection import Collection
from api.store.note_types import NoteType

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Changes(Generic[Thing]):
    """What was added or changed, the ids of what was deleted, and where the next page begins, if there is one."""

    items: list[Thing]
    deleted_ids: list[int]
    next_position: tuple[int, int] | None = None


def latest(collection: Collection) -> int:
    """Return the number of the last change of a collection."""
    return collection.change - 1


def of_cards(collection: Collection, since: int, after: int, limit: int) -> Changes[Card]:
    """Return cards that have changed since a change, from past an id of that change on."""
    found = card_rows.changed_since(collection, since, after, limit + 1)
    live = {each.id: card_rows.by_id(collection, each.id) for each in found[:limit] if not each.is_deleted}
    shown = [card for card in live.values() if card is not None]
    fitting = shown[: cards.fitting(shown, limit)]
    # Up to the first that is too long for this page, whatever was deleted in between.
    end = limit if len(fitting) == len(shown) else [each.id for each in found].index(shown[len(fitting)].id)
    listed = found[:end]
    last = listed[-1] if len(found) > end else None
    return Changes(
        fitting, [each.id for each in listed if each.is_deleted], None if last is None else (last.change, last.id)
    )


def of_decks(collection: Collection, since: int) -> Changes[DeckWithCounts]:
    """Return all decks that have changed since a change."""
    found = deck_rows.changed_since(collection, since)
    changed = {each.id for each in found if each.deck is not None}
    every: Sequence[DeckWithCounts] = decks.page(collection, "", limit=len(deck_rows.every(collection)))
    return Changes([deck for deck in every if deck.id in changed], [each.id for each in found if each.deck is None])


def of_note_types(collection: Collection, since: int) -> Changes[NoteType]:
    """Return all note types that have changed since a change."""
    found = type_rows.changed_since(collection, since)
    live = [each.note_type for each in found if each.note_type is not None]
    return Changes(live, [each.id for each in found if each.note_type is None])
