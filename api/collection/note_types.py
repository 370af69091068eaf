"""Note types: which fields notes have, and which cards are made from them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.collection import card_making
from api.collection.expectation import ANY, Expectation
from api.errors import (
    Fault,
    InputRefused,
    NotesWithoutCards,
    NoteTypeBuiltIn,
    NoteTypeInUse,
    NoteTypeNameTaken,
    NoteTypeNotFound,
)
from api.store import note_types as rows
from api.store import notes
from api.store.collection import Collection
from api.store.expiry import KEPT
from api.store.note_types import BuiltIn
from api.store.note_types import NoteType as NoteType
from api.store.notes import StoredFields
from api.study import templates
from api.study.folding import folded
from api.study.templates import Kind, Template

_ANSWER = "{{FrontSide}}\n\n<hr id=answer>\n\n{{%s}}"
_BUILT_IN = (
    NoteType(
        "Basic", Kind.STANDARD, ("Front", "Back"), (Template("Card 1", "{{Front}}", _ANSWER % "Back"),),
        built_in=BuiltIn.BASIC,
    ),
    NoteType(
        "Basic (and reversed card)",
        Kind.STANDARD,
        ("Front", "Back"),
        (
            Template("Card 1", "{{Front}}", _ANSWER % "Back"),
            Template("Card 2", "{{Back}}", _ANSWER % "Front"),
        ),
        built_in=BuiltIn.REVERSED,
    ),
    NoteType(
        "Cloze",
        Kind.CLOZE,
        ("Text", "Back Extra"),
        (Template("Cloze", "{{cloze:Text}}", "{{cloze:Text}}<br>\n{{Back Extra}}"),),
        built_in=BuiltIn.CLOZE,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class FieldEdit:
    """A field as it is to be, and the name of the field whose contents it takes: its own unless given."""

    name: str
    was: str | None = None


@dataclass(frozen=True)
class TemplateEdit:
    """A template as it is to be, and the name of the one whose cards it takes: its own unless given."""

    template: Template
    was: str | None = None


@dataclass(frozen=True)
class NoteTypeEdit:
    """What is to be changed of a note type; what is None stays."""

    name: str | None = None
    css: str | None = None
    fields: tuple[FieldEdit, ...] | None = None
    templates: tuple[TemplateEdit, ...] | None = None


def add_built_in(collection: Collection) -> None:
    """Add the built-in note types to a new collection."""
    for note_type in _BUILT_IN:
        rows.insert(collection, note_type)


def create(collection: Collection, new: NoteType) -> NoteType:
    """Add a note type. NoteTypeNameTaken; BrokenTemplate."""
    _require_free(collection, new.name, but_for=0)
    _check(new)
    return rows.insert(collection, new)


def get(collection: Collection, note_type_id: int) -> NoteType:
    """Return a note type. NoteTypeNotFound."""
    found = next((each for each in rows.every(collection) if each.id == note_type_id), None)
    if found is None:
        raise NoteTypeNotFound(note_type_id)
    return found


def page(collection: Collection, after: int, limit: int) -> list[NoteType]:
    """Return note types in the order they were added, from past an id on."""
    return [each for each in rows.every(collection) if each.id > after][:limit]


def built_in(collection: Collection, kind: BuiltIn) -> NoteType:
    """Return one of the note types that every collection has."""
    return next(each for each in rows.every(collection) if each.built_in is kind)


def edit(collection: Collection, note_type_id: int, wanted: NoteTypeEdit, expected: Expectation = ANY) -> NoteType:
    """Change a note type, and with it its notes and their cards.

    NoteTypeNotFound; NoteTypeBuiltIn; NoteTypeNameTaken; BrokenTemplate; InputRefused; NotesWithoutCards; ChangedSince.
    """
    old = get(collection, note_type_id)
    expected.require(old.change)
    if old.built_in is not None and wanted != NoteTypeEdit(css=wanted.css):
        raise NoteTypeBuiltIn(old.name)
    new = _edited(old, wanted)
    _require_free(collection, new.name, but_for=old.id)
    _check(new)
    rows.update(collection, new)
    changed = _Changed.between(old, new, _origins(old, wanted), has_templates=wanted.templates is not None)
    if changed.anything:
        _bring_notes_along(collection, new, changed)
    return get(collection, note_type_id)


def delete(collection: Collection, note_type_id: int, expected: Expectation = ANY) -> None:
    """Delete a note type that has no notes. NoteTypeNotFound; NoteTypeBuiltIn; NoteTypeInUse; ChangedSince."""
    note_type = get(collection, note_type_id)
    expected.require(note_type.change)
    if note_type.built_in is not None:
        raise NoteTypeBuiltIn(note_type.name)
    used = rows.count_notes(collection, note_type_id, collection.now - KEPT)
    if used:
        raise NoteTypeInUse(note_type.name, used)
    rows.delete(collection, note_type_id)


@dataclass(frozen=True)
class _Origins:
    """For each new field and template, the place of the old one it goes on from; None for what is new."""

    fields: Sequence[int | None]
    templates: Sequence[int | None]


def _edited(old: NoteType, wanted: NoteTypeEdit) -> NoteType:
    origins = _origins(old, wanted)
    fields = old.fields if wanted.fields is None else tuple(field.name for field in wanted.fields)
    if wanted.templates is not None:
        made = tuple(edit.template for edit in wanted.templates)
    else:
        names: dict[str, str | None] = dict.fromkeys(old.fields)
        names |= {
            old.fields[place]: name for name, place in zip(fields, origins.fields, strict=True) if place is not None
        }
        made = tuple(_with_names(template, names) for template in old.templates)
    return replace(
        old,
        name=old.name if wanted.name is None else wanted.name,
        css=old.css if wanted.css is None else wanted.css,
        fields=fields,
        templates=made,
    )


def _with_names(template: Template, names: dict[str, str | None]) -> Template:
    question, answer = (templates.renamed(side, names) for side in (template.question, template.answer))
    return replace(template, question=question, answer=answer)


def _origins(old: NoteType, wanted: NoteTypeEdit) -> _Origins:
    fields = [(edit.name, edit.was) for edit in wanted.fields or ()]
    made = [(edit.template.name, edit.was) for edit in wanted.templates or ()]
    named = [template.name for template in old.templates]
    return _Origins(
        range(len(old.fields)) if wanted.fields is None else _places("fields", old.fields, fields),
        range(len(named)) if wanted.templates is None else _places("templates", named, made),
    )


def _places(part: str, old: Sequence[str], new: Sequence[tuple[str, str | None]]) -> list[int | None]:
    places: list[int | None] = []
    for index, (name, was) in enumerate(new):
        origin = name if was is None else was
        if was is not None and was not in old:
            raise InputRefused((Fault(f"{part}.{index}.was", f"there is none called {was!r}"),))
        place = old.index(origin) if origin in old else None
        if place is not None and place in places:
            raise InputRefused((Fault(f"{part}.{index}.was", f"another goes on from {origin!r} already"),))
        places.append(place)
    return places


@dataclass(frozen=True)
class _Changed:
    """What an edit means for notes. That fields have other names means nothing: theirs go by places."""

    origins: _Origins
    fields: bool
    ordinals: bool
    questions: bool

    @classmethod
    def between(cls, old: NoteType, new: NoteType, origins: _Origins, *, has_templates: bool) -> "_Changed":
        return cls(
            origins,
            fields=list(origins.fields) != list(range(len(old.fields))),
            ordinals=new.kind is Kind.STANDARD and list(origins.templates) != list(range(len(old.templates))),
            # An answer may say what it likes: questions decide which cards there are.
            questions=has_templates and _questions(new) != _questions(old),
        )

    @property
    def anything(self) -> bool:
        return self.fields or self.ordinals or self.questions


def _questions(note_type: NoteType) -> list[str]:
    return [template.question for template in note_type.templates]


def _bring_notes_along(collection: Collection, new: NoteType, changed: _Changed) -> None:
    without_cards = 0
    for note in notes.of_type(collection, new.id, collection.now - KEPT):
        fields = ["" if place is None else note.fields[place] for place in changed.origins.fields]
        if changed.fields:
            notes.rewrite(collection, note.note_id, fields, card_making.front_digest(fields[0]))
        if changed.ordinals:
            card_making.renumber(collection, note.note_id, changed.origins.templates)
        without_cards += not _makes_cards(collection, new, note, fields)
    if without_cards:
        raise NotesWithoutCards(without_cards)


def _makes_cards(collection: Collection, note_type: NoteType, note: StoredFields, fields: Sequence[str]) -> bool:
    ordinals = card_making.ordinals_of(note_type, fields)
    if not note.is_deleted:  # else it gets its cards when it comes back
        card_making.make(collection, note.note_id, ordinals)
    return bool(ordinals)


def _check(note_type: NoteType) -> None:
    for template in note_type.templates:
        templates.check(template, note_type.kind, note_type.fields)


def _require_free(collection: Collection, name: str, but_for: int) -> None:
    for other in rows.every(collection):
        if other.id != but_for and folded(other.name) == folded(name):
            raise NoteTypeNameTaken(other.name)
