"""Adding notes, one or many, each with the cards its type makes of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from api.collection import card_making, decks
from api.collection.card_making import MOST_CARDS
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
_MOST_TEXT = 5_000_000
"""How many characters may be on all cards together that one request adds. The answer shows each."""


@dataclass(frozen=True)
class NewNote:
    """A note to be added: its type by id or name, its fields by their names, and its tags."""

    note_type: int | str
    fields: Mapping[str, str]
    tags: Sequence[str] = ()


@dataclass(frozen=True)
class _Fitting:
    """A note of which it is known which cards it makes."""

    note_type: NoteType
    fields: Sequence[str]
    tags: Sequence[str]
    ordinals: Sequence[int]

    @property
    def length(self) -> int:
        """How many characters its cards show, each all fields."""
        return len(self.ordinals) * sum(map(len, self.fields))


@dataclass(frozen=True)
class AddedNote:
    """A note just added, its cards, and up to ten others that have the same front."""

    note_id: int
    cards: list[Card]
    duplicates: list[NotePlace]


def add(collection: Collection, deck_id: int, new: NewNote) -> AddedNote:
    """Add a note, and its cards to a deck. DeckNotFound; InputRefused. A front that exists is told, not refused."""
    decks.require(collection, deck_id)
    fitting = _fitting(_finder(collection), new, "")
    _require_bearable([fitting], "fields")
    return _added(collection, deck_id, [fitting])[0]


def add_many(collection: Collection, deck_id: int, new: Sequence[NewNote]) -> list[AddedNote]:
    """Add notes, all or none. DeckNotFound; InputRefused, with what is wrong with each."""
    decks.require(collection, deck_id)
    find = _finder(collection)
    fitting: list[_Fitting] = []
    faults: list[Fault] = []
    for index, note in enumerate(new):
        try:
            fitting.append(_fitting(find, note, f"notes.{index}."))
        except InputRefused as refused:
            faults.extend(refused.faults)
    if faults:
        raise InputRefused(tuple(faults))
    _require_bearable(fitting, "notes")
    return _added(collection, deck_id, fitting)


def insert(
    collection: Collection, note_type: NoteType, deck_id: int, fields: Sequence[str], tags: Sequence[str]
) -> int:
    """Add a note of which it is known that it makes cards, and return its id."""
    return _insert(collection, deck_id, _Fitting(note_type, fields, tags, card_making.ordinals_of(note_type, fields)))


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


def require_cards(note_type: NoteType, fields: Sequence[str], where: str) -> list[int]:
    """Return which cards a note makes. InputRefused if it makes none, or has no first field."""
    if not fields[0].strip():
        raise InputRefused((Fault(f"{where}fields.{note_type.fields[0]}", "must not be blank"),))
    ordinals = card_making.ordinals_of(note_type, fields)
    if not ordinals:
        raise InputRefused((Fault(f"{where}fields", _no_card(note_type)),))
    return ordinals


def _no_card(note_type: NoteType) -> str:
    what = "a field that it asks for is blank"
    if note_type.kind is Kind.CLOZE:
        what = "there is no deletion such as {{c1::this}}"
    return f"the note type {note_type.name!r} makes no card of these: {what}"


def _fitting(find: Callable[[int | str], NoteType | None], new: NewNote, where: str) -> _Fitting:
    note_type = find(new.note_type)
    if note_type is None:
        raise InputRefused((Fault(f"{where}note_type", "there is no such note type"),))
    require_fields(note_type.name, note_type.fields, new.fields, where)
    fields = [new.fields.get(name, "") for name in note_type.fields]
    return _Fitting(note_type, fields, new.tags, require_cards(note_type, fields, where))


def _require_bearable(fitting: Sequence[_Fitting], where: str) -> None:
    cards = sum(len(note.ordinals) for note in fitting)
    if cards > MOST_CARDS:
        raise InputRefused((Fault(where, f"would make {cards} cards; at most {MOST_CARDS} are added at once"),))
    length = sum(note.length for note in fitting)
    if length > _MOST_TEXT:
        told = f"would make {cards} cards of {length} characters together; at most {_MOST_TEXT} are added at once"
        raise InputRefused((Fault(where, told),))


def _finder(collection: Collection) -> Callable[[int | str], NoteType | None]:
    every = type_rows.every(collection)
    known: dict[int | str, NoteType] = {each.id: each for each in every} | {folded(each.name): each for each in every}
    return lambda wanted: known.get(folded(wanted) if isinstance(wanted, str) else wanted)


def _insert(collection: Collection, deck_id: int, new: _Fitting) -> int:
    digest = card_making.front_digest(new.fields[0])
    note_id = notes.insert(collection, new.note_type.id, new.fields, new.tags, digest)
    for ordinal in new.ordinals:
        rows.insert(collection, note_id, deck_id, ordinal)
    return note_id


def _added(collection: Collection, deck_id: int, fitting: Sequence[_Fitting]) -> list[AddedNote]:
    ids = [_insert(collection, deck_id, note) for note in fitting]
    # Once all are there: those that are added together are told of one another.
    return [_told(collection, note_id, note) for note_id, note in zip(ids, fitting, strict=True)]


def _told(collection: Collection, note_id: int, note: _Fitting) -> AddedNote:
    digest = card_making.front_digest(note.fields[0])
    duplicates = rows.with_front(collection, digest, apart_from=note_id, limit=_MOST_DUPLICATES)
    return AddedNote(note_id, rows.of_note(collection, note_id), duplicates)
