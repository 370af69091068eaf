"""Short ways to fill a collection in tests."""

from collections.abc import Sequence

from api.collection import decks, note_types, notes
from api.collection.notes import AddedNote, NewNote
from api.store.collection import Collection
from api.store.note_types import BuiltIn


def basic(front: str, back: str = "back", tags: Sequence[str] = ()) -> NewNote:
    return NewNote("Basic", {"Front": front, "Back": back}, tags)


def reversed_(front: str, back: str = "back") -> NewNote:
    return NewNote("Basic (and reversed card)", {"Front": front, "Back": back})


def cloze(text: str) -> NewNote:
    return NewNote("Cloze", {"Text": text})


def add(collection: Collection, deck_id: int, front: str, back: str = "back") -> AddedNote:
    return notes.add(collection, deck_id, basic(front, back))


def fill(collection: Collection, deck_id: int, fronts: Sequence[str]) -> None:
    """Add many notes without looking at them."""
    note_type = note_types.built_in(collection, BuiltIn.BASIC)
    for front in fronts:
        notes.insert(collection, note_type, deck_id, (front, ""), ())


def deck(collection: Collection, name: str) -> int:
    return decks.create(collection, name).id
