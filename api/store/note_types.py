"""Rows of note types."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from api.store.collection import Collection
from api.store.engine import Row
from api.store.instants import to_ms
from api.study.templates import Kind, Template


class BuiltIn(StrEnum):
    """The note types that every collection has."""

    BASIC = "basic"
    REVERSED = "reversed"
    CLOZE = "cloze"


@dataclass(frozen=True)
class NoteType:
    """Which fields a note has, and which cards are made from it."""

    name: str
    kind: Kind
    fields: tuple[str, ...]
    templates: tuple[Template, ...]
    css: str = ""
    built_in: BuiltIn | None = None
    id: int = 0
    change: int = 0


@dataclass(frozen=True)
class Changed:
    """A note type that has changed, or the id of one that has been deleted, and the change that did it."""

    note_type: NoteType | None
    id: int
    change: int


def insert(collection: Collection, new: NoteType) -> NoteType:
    """Add a note type, and return it with its id."""
    added = replace(new, id=collection.new_id(), change=collection.change)
    built_in = None if new.built_in is None else new.built_in.value
    collection.run("insert_note_type", id=added.id, kind=new.kind.value, built_in=built_in, **_columns(new))
    return added


def every(collection: Collection) -> list[NoteType]:
    """Return all note types, in the order in which they were added."""
    return [_note_type(row) for row in collection.run("note_types_listed")]


def changed_since(collection: Collection, since: int) -> list[Changed]:
    """Return what has become of note types since a change, in the order of the changes."""
    rows = collection.run("note_types_changed_since", since=since)
    return [Changed(None if row["deleted_at"] else _note_type(row), row["id"], row["changed"]) for row in rows]


def update(collection: Collection, note_type: NoteType) -> None:
    """Replace the name, fields, templates and CSS of a note type."""
    collection.run("update_note_type", id=note_type.id, **_columns(note_type))


def delete(collection: Collection, note_type_id: int) -> None:
    """Mark a note type deleted. The caller has made sure that no note is of it."""
    collection.run("delete_note_type", id=note_type_id, deleted_at=to_ms(collection.now))


def count_notes(collection: Collection, note_type_id: int, since: datetime) -> int:
    """Count the notes of a type, with those that were deleted since an instant."""
    return int(collection.run("count_notes_of_type", note_type_id=note_type_id, since=to_ms(since))["notes"])


@lru_cache(maxsize=1024)
def load_names(text: str) -> tuple[str, ...]:
    """Read the names of fields as they are kept."""
    return tuple(json.loads(text))


@lru_cache(maxsize=1024)
def load_templates(text: str) -> tuple[Template, ...]:
    """Read the templates of a note type as they are kept."""
    return tuple(Template(**members) for members in json.loads(text))


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Made once: `json.dumps` would make an encoder each time."""


def dump(value: Sequence[object]) -> str:
    """Write a list as JSON, as fields, tags and templates are kept."""
    return _encode(value)


def _columns(note_type: NoteType) -> dict[str, str]:
    return {
        "name": note_type.name,
        "fields": dump(note_type.fields),
        "templates": dump([asdict(template) for template in note_type.templates]),
        "css": note_type.css,
    }


def _note_type(row: Row) -> NoteType:
    return NoteType(
        name=row["name"],
        kind=Kind(row["kind"]),
        fields=load_names(row["fields"]),
        templates=load_templates(row["templates"]),
        css=row["css"],
        built_in=None if row["built_in"] is None else BuiltIn(row["built_in"]),
        id=row["id"],
        change=row["changed"],
    )
