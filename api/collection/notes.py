"""Adding notes, one or many, each with the cards its type makes of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from api.collection import card_making, decks
from api.errors import Fault, InputRefused
from api.store import cards as rows
from api.store import note_types as type_rows
from api.store import notes
from api.store.cards import Card, NotePlace
from api.store.collection import Collection
from api.store.note_types import NoteType
from api.study.folding import folded
from api.study.templates import Kind

_MOST_DUPLICATES = 10


@dataclass(frozen=True)
class NewNote:
    """A note to be added: its type by id or name, its fields by their names, and its tags."""

    note_type: int | str
    fields: Mapping[str, str]
    tags: Sequence[str] = ()


@dataclass(frozen=True)
class AddedNote:
    """A note just added, its cards, and up to ten others that have the same front."""

    note_id: int
    cards: list[Card]
    duplicates: list[NotePlace]


def add(collection: Collection, deck_id: int, new: NewNote) -> AddedNote:
    """Add a note, and its cards to a deck. DeckNotFound; InputRefused. A front that exists is told, not refused."""
    decks.require(collection, deck_id)
    note_type, fields = _fitting(_finder(collection), new, "")
    return _added(collection, insert(collection, note_type, deck_id, fields, new.tags), fields)


def add_many(collection: Collection, deck_id: int, new: Sequence[NewNote]) -> list[AddedNote]:
    """Add notes, all or none. DeckNotFound; InputRefused, with what is wrong with each."""
    decks.require(collection, deck_id)
    find = _finder(collection)
    fitting: list[tuple[NoteType, list[str]]] = []
    faults: list[Fault] = []
    for index, note in enumerate(new):
        try:
            fitting.append(_fitting(find, note, f"notes.{index}."))
        except InputRefused as refused:
            faults.extend(refused.faults)
    if faults:
        raise InputRefused(tuple(faults))
    added = [
        (insert(collection, note_type, deck_id, fields, note.tags), fields)
        for (note_type, fields), note in zip(fitting, new, strict=True)
    ]
    return [_added(collection, note_id, fields) for note_id, fields in added]


def insert(
    collection: Collection, note_type: NoteType, deck_id: int, fields: Sequence[str], tags: Sequence[str]
) -> int:
    """Add a note of which it is known that it makes cards, and return its id."""
    note_id = notes.insert(collection, note_type.id, fields, tags, card_making.front_digest(fields[0]))
    for ordinal in card_making.ordinals_of(note_type, fields):
        rows.insert(collection, note_id, deck_id, ordinal)
    return note_id


def tags(collection: Collection, after_key: str, limit: int) -> list[str]:
    """Return tags that notes have, in the order of their names, from past one on."""
    return list(islice(notes.tags(collection, after_key), limit))


def tag_key(tag: str) -> str:
    """Return a tag as tags are compared."""
    return folded(tag)


def require_fields(note_type_name: str, names: Sequence[str], given: Mapping[str, str], where: str) -> None:
    """Make sure that a note type has all the fields that are given. InputRefused."""
    unknown = [name for name in given if name not in names]
    if unknown:
        told = f"there is no such field; those of {note_type_name!r} are {', '.join(names)}"
        raise InputRefused(tuple(Fault(f"{where}fields.{name}", told) for name in unknown))


def require_cards(note_type: NoteType, fields: Sequence[str], where: str) -> None:
    """Make sure that a note has a first field, and makes a card. InputRefused."""
    if not fields[0].strip():
        raise InputRefused((Fault(f"{where}fields.{note_type.fields[0]}", "must not be blank"),))
    if not card_making.ordinals_of(note_type, fields):
        raise InputRefused((Fault(f"{where}fields", _no_card(note_type)),))


def _no_card(note_type: NoteType) -> str:
    what = "a field that it asks for is blank"
    if note_type.kind is Kind.CLOZE:
        what = "there is no deletion such as {{c1::this}}"
    return f"the note type {note_type.name!r} makes no card of these: {what}"


def _fitting(find: Callable[[int | str], NoteType | None], new: NewNote, where: str) -> tuple[NoteType, list[str]]:
    note_type = find(new.note_type)
    if note_type is None:
        raise InputRefused((Fault(f"{where}note_type", "there is no such note type"),))
    require_fields(note_type.name, note_type.fields, new.fields, where)
    fields = [new.fields.get(name, "") for name in note_type.fields]
    require_cards(note_type, fields, where)
    return note_type, fields


def _finder(collection: Collection) -> Callable[[int | str], NoteType | None]:
    every = type_rows.every(collection)
    by_name: dict[int | str, NoteType] = {folded(each.name): each for each in every}
    by_id: dict[int | str, NoteType] = {each.id: each for each in every}

    @cache
    def find(wanted: int | str) -> NoteType | None:
        return by_name.get(folded(wanted)) if isinstance(wanted, str) else by_id.get(wanted)

    return find


def _added(collection: Collection, note_id: int, fields: Sequence[str]) -> AddedNote:
    digest = card_making.front_digest(fields[0])
    duplicates = rows.with_front(collection, digest, apart_from=note_id, limit=_MOST_DUPLICATES)
    return AddedNote(note_id, rows.of_note(collection, note_id), duplicates)
