"""Making the cards of a note from the templates of its type, and keeping them in step with its fields."""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence

from api.store import cards as rows
from api.store.cards import StoredCard
from api.store.collection import Collection
from api.store.expiry import KEPT
from api.store.note_types import NoteType
from api.study import card_generation

MOST_CARDS = 1000
"""How many cards are made at most in one request, of notes that are added or brought back."""
_GONE = -1
"""The ordinal of a card whose template is gone. It is deleted when the note next makes its cards."""


def make(collection: Collection, note_id: int, ordinals: Iterable[int]) -> int:
    """Add those of these cards that a note lacks, delete its others, and return how many were added.

    Where it is to have none, nothing is changed. A card that was deleted comes back as it stood, unless it waits in the
    trash and the note has others. A new one lies beside the first of its siblings: the note must have a card that is
    not deleted, though it may be one that goes.
    """
    wanted = set(ordinals)
    if not wanted:
        return 0
    stored = rows.stored_of_note(collection, note_id, collection.now - KEPT)
    live = [card for card in stored if not card.is_deleted]
    deleted = {card.ordinal: card for card in stored if card.is_deleted}
    there = {card.ordinal for card in live}
    waiting = {card.ordinal for card in deleted.values() if card.is_in_trash}
    missing = sorted((wanted - waiting or wanted) - there)
    for ordinal in missing:
        _add(collection, note_id, live[0].deck_id, ordinal, deleted.get(ordinal))
    for card in live:
        if card.ordinal not in wanted:
            rows.delete(collection, card.id)
    return len(missing)


def ordinals_of(note_type: NoteType, fields: Sequence[str]) -> list[int]:
    """Return which cards a note has."""
    return card_generation.ordinals(
        note_type.kind, note_type.templates, dict(zip(note_type.fields, fields, strict=True))
    )


def renumber(collection: Collection, note_id: int, origins: Sequence[int | None]) -> None:
    """Let each card of a note follow its template."""
    places = {origin: place for place, origin in enumerate(origins) if origin is not None}
    for card in rows.stored_of_note(collection, note_id, collection.now):
        place = places.get(card.ordinal, _GONE)
        if place != card.ordinal:
            rows.renumber(collection, card.id, place)


def front_digest(front: str) -> int:
    """Return 48 bits of a digest of a first field: equal for fields that a reader could not tell apart."""
    text = " ".join(unicodedata.normalize("NFC", front).split())
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def _add(collection: Collection, note_id: int, deck_id: int, ordinal: int, deleted: StoredCard | None) -> None:
    if deleted is None:
        rows.insert(collection, note_id, deck_id, ordinal)
    else:
        rows.revive(collection, deleted.id, deck_id)
