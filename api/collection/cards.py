"""Cards: reading them, changing their notes, arranging them, and deleting their notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from api.collection import card_making, decks, note_types, notes
from api.collection.expectation import ANY, Expectation
from api.errors import CardNotFound
from api.store import cards as rows
from api.store import deletions
from api.store import notes as note_rows
from api.store.cards import Card
from api.store.collection import Collection
from api.store.deletions import DeletionKind
from api.study.plain_text import plain

_LONGEST_PAGE = 250_000
_LONGEST_TITLE = 100


@dataclass(frozen=True)
class NoteEdit:
    """What is to be changed of a note; what is None stays. Fields go by their names, front and back by their places."""

    front: str | None = None
    back: str | None = None
    fields: Mapping[str, str] | None = None
    tags: Sequence[str] | None = None


@dataclass(frozen=True)
class CardEdit:
    """What is to be changed of one card; what is None stays. Buried is until tomorrow."""

    deck_id: int | None = None
    is_suspended: bool | None = None
    is_buried: bool | None = None
    flag: int | None = None


def get(collection: Collection, card_id: int) -> Card:
    """Return a card. CardNotFound."""
    card = rows.by_id(collection, card_id)
    if card is None:
        raise CardNotFound(card_id)
    return card


def page(collection: Collection, deck_id: int, after: int, limit: int) -> list[Card]:
    """Return cards of a deck in the order they were added, from past an id on. DeckNotFound."""
    decks.require(collection, deck_id)
    return rows.of_deck(collection, deck_id, after, limit)


def fitting(found: Sequence[Card], limit: int) -> int:
    """Return how many of these cards make a page: as many as asked for, unless they are uncommonly long."""
    sizes = accumulate(_length(card) for card in found)
    return min(limit, max(1, sum(size <= _LONGEST_PAGE for size in sizes)))


def edit(
    collection: Collection, card_id: int, of_note: NoteEdit, of_card: CardEdit, expected: Expectation = ANY
) -> Card:
    """Change a card's note, and so all its cards, and how this one is arranged.

    CardNotFound, also if the note has no such card any more; DeckNotFound; InputRefused; ChangedSince.
    """
    card = get(collection, card_id)
    expected.require(card.change)
    if of_card != CardEdit():
        rows.arrange(collection, card_id, _arranged(collection, card, of_card))
    if of_note != NoteEdit():
        _edit_note(collection, card, of_note)
    return get(collection, card_id)


def delete(collection: Collection, card_id: int, expected: Expectation = ANY) -> None:
    """Delete a card's note with all its cards. CardNotFound; ChangedSince."""
    card = get(collection, card_id)
    expected.require(card.change)
    note_rows.delete(collection, card.note_id)
    deletions.insert(collection, DeletionKind.NOTE, plain(card.fields[0])[:_LONGEST_TITLE])


def _length(card: Card) -> int:
    return sum(map(len, (*card.fields, card.template.question, card.template.answer)))


def _arranged(collection: Collection, card: Card, wanted: CardEdit) -> rows.Arrangement:
    if wanted.deck_id is not None:
        decks.require(collection, wanted.deck_id)
    changes: dict[str, int | bool | None] = {
        "deck_id": wanted.deck_id,
        "is_suspended": wanted.is_suspended,
        "flag": wanted.flag,
    }
    arranged = replace(card.arrangement, **{name: value for name, value in changes.items() if value is not None})  # type: ignore[arg-type] # each is of its member's type
    if wanted.is_buried is None:
        return arranged
    return replace(arranged, buried_until=collection.today + 1 if wanted.is_buried else None)


def _edit_note(collection: Collection, card: Card, wanted: NoteEdit) -> None:
    fields = _edited(card, wanted)
    tags = card.tags if wanted.tags is None else wanted.tags
    note_type = note_types.get(collection, card.note_type_id)
    ordinals = None if fields == list(card.fields) else notes.require_cards(note_type, fields, "")
    note_rows.update(collection, card.note_id, fields, tags, card_making.front_digest(fields[0]))
    if ordinals is not None:
        card_making.make(collection, card.note_id, ordinals)


def _edited(card: Card, wanted: NoteEdit) -> list[str]:
    given = dict(wanted.fields or {})
    notes.require_fields(card.note_type_name, card.field_names, given, "")
    by_place = zip(card.field_names, (wanted.front, wanted.back), strict=False)
    given |= {name: text for name, text in by_place if text is not None}
    return [given.get(name, text) for name, text in zip(card.field_names, card.fields, strict=True)]
