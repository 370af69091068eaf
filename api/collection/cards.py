"""Notes and the cards made from them."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from api.collection import decks
from api.errors import CardNotFound
from api.store import cards as rows
from api.store import notes
from api.store.cards import Card, NotePlace
from api.store.collection import Collection
from api.store.notes import NoteType
from api.study.rendering import Template

BASIC = "Basic"
_MOST_DUPLICATES = 10
_LONGEST_PAGE = 250_000


@dataclass(frozen=True)
class AddedNote:
    """A note just added, its cards, and up to ten others that have the same front."""

    note_id: int
    cards: list[Card]
    duplicates: list[NotePlace]


def add_note_types(collection: Collection) -> None:
    """Add the built-in note types to a new collection."""
    template = Template("Card 1", "{{Front}}", "{{FrontSide}}\n\n<hr id=answer>\n\n{{Back}}")
    notes.insert_type(collection, BASIC, "standard", ("Front", "Back"), (template,), css="")


def add(collection: Collection, deck_id: int, fields: Sequence[str], tags: Sequence[str]) -> AddedNote:
    """Add a basic note, and its cards to a deck. DeckNotFound. A front that exists already is told, not refused."""
    decks.require(collection, deck_id)
    note_id = insert(collection, basic(collection), deck_id, fields, tags)
    duplicates = rows.with_front(collection, front_digest(fields[0]), apart_from=note_id, limit=_MOST_DUPLICATES)
    return AddedNote(note_id, rows.of_note(collection, note_id), duplicates)


def basic(collection: Collection) -> NoteType:
    """Return the built-in note type with a front and a back."""
    note_type = notes.type_by_name(collection, BASIC)
    assert note_type is not None, "every collection is made with it, and nothing deletes it"
    return note_type


def insert(
    collection: Collection, note_type: NoteType, deck_id: int, fields: Sequence[str], tags: Sequence[str]
) -> int:
    """Add a note with one card for each template of its type, and return its id."""
    note_id = notes.insert(collection, note_type, fields, tags, front_digest(fields[0]))
    for ordinal in range(len(note_type.templates)):
        rows.insert(collection, note_id, deck_id, ordinal)
    return note_id


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
    sizes = accumulate(sum(map(len, card.fields)) for card in found)
    return min(limit, max(1, sum(size <= _LONGEST_PAGE for size in sizes)))


def edit(collection: Collection, card_id: int, front: str | None, back: str | None, tags: Sequence[str] | None) -> Card:
    """Change what is given of a card's note, and so of all its cards. CardNotFound."""
    card = get(collection, card_id)
    given = (front, back)
    fields = [new if new is not None else old for new, old in zip(given, card.fields, strict=False)]
    fields.extend(card.fields[len(given) :])
    notes.update(collection, card.note_id, fields, card.tags if tags is None else tags, front_digest(fields[0]))
    return get(collection, card_id)


def delete(collection: Collection, card_id: int) -> None:
    """Delete a card's note with all its cards. CardNotFound."""
    notes.delete(collection, get(collection, card_id).note_id)


def front_digest(front: str) -> int:
    """Return 48 bits of a digest of a first field: equal for fields that a reader could not tell apart."""
    text = " ".join(unicodedata.normalize("NFC", front).split())
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
