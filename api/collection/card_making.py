"""Making the cards of a note from the templates of its type, and keeping them in step with its fields."""

import hashlib
import unicodedata
from collections.abc import Sequence

from api.store import cards as rows
from api.store.cards import StoredCard
from api.store.collection import Collection
from api.store.note_types import NoteType
from api.study.card_generation import ordinals

_GONE = -1
"""The ordinal of a deleted card whose template is gone: nothing brings it back."""


def make(collection: Collection, note_type: NoteType, note_id: int, fields: Sequence[str]) -> bool:
    """Add the cards that a note lacks and delete those it has no more. False, changing nothing, if it would have none.

    A card that was deleted comes back as it stood, and a new one lies beside the first of its siblings.
    """
    wanted = ordinals_of(note_type, fields)
    if not wanted:
        return False
    stored = rows.stored_of_note(collection, note_id)
    live = {card.ordinal: card for card in stored if not card.is_deleted}
    deleted = {card.ordinal: card for card in stored if card.is_deleted}
    deck_id = (list(live.values()) or stored)[0].deck_id
    for ordinal in wanted:
        if ordinal not in live:
            _add(collection, note_id, deck_id, ordinal, deleted.get(ordinal))
    for ordinal, card in live.items():
        if ordinal not in wanted:
            rows.delete(collection, card.id)
    return True


def ordinals_of(note_type: NoteType, fields: Sequence[str]) -> list[int]:
    """Return which cards a note has."""
    return ordinals(note_type.kind, note_type.templates, dict(zip(note_type.fields, fields, strict=True)))


def renumber(collection: Collection, note_id: int, origins: Sequence[int | None]) -> None:
    """Let each card of a note follow its template; delete those whose template is gone."""
    places = {origin: place for place, origin in enumerate(origins) if origin is not None}
    for card in rows.stored_of_note(collection, note_id):
        place = places.get(card.ordinal, _GONE)
        if place == _GONE and not card.is_deleted:
            rows.delete(collection, card.id)
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
