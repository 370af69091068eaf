"""Rows of notes and note types."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from api.store.collection import Collection
from api.store.instants import to_ms
from api.study.rendering import Template
from auth import encoding


@dataclass(frozen=True)
class NoteType:
    """Which fields a note has, and which cards are made from it."""

    id: int
    name: str
    kind: str
    fields: tuple[str, ...]
    templates: tuple[Template, ...]
    css: str


def insert_type(
    collection: Collection, name: str, kind: str, fields: Sequence[str], templates: Sequence[Template], css: str
) -> None:
    """Add a note type."""
    collection.run(
        "insert_note_type",
        id=collection.new_id(),
        name=name,
        kind=kind,
        fields=_dump(fields),
        templates=_dump([asdict(template) for template in templates]),
        css=css,
    )


def type_by_name(collection: Collection, name: str) -> NoteType | None:
    """Return the note type of this name."""
    row = collection.run("note_type_by_name", name=name)
    if row is None:
        return None
    templates = load_templates(row["templates"])
    return NoteType(row["id"], row["name"], row["kind"], load_texts(row["fields"]), templates, row["css"])


def insert(
    collection: Collection, note_type: NoteType, fields: Sequence[str], tags: Sequence[str], front_digest: int
) -> int:
    """Add a note and return its id."""
    note_id = collection.new_id()
    collection.run(
        "insert_note",
        id=note_id,
        note_type_id=note_type.id,
        guid=encoding.random_id(),
        fields=_dump(fields),
        tags=_dump(tags),
        front_digest=front_digest,
        created_at=to_ms(collection.now),
    )
    return note_id


def update(collection: Collection, note_id: int, fields: Sequence[str], tags: Sequence[str], front_digest: int) -> None:
    """Replace the fields and tags of a note."""
    collection.run(
        "update_note",
        id=note_id,
        fields=_dump(fields),
        tags=_dump(tags),
        front_digest=front_digest,
    )


def delete(collection: Collection, note_id: int) -> None:
    """Mark a note and all its cards deleted."""
    deleted_at = to_ms(collection.now)
    collection.run("delete_cards_of_note", note_id=note_id, deleted_at=deleted_at)
    collection.run("delete_note", id=note_id, deleted_at=deleted_at)


def load_texts(text: str) -> tuple[str, ...]:
    """Read a JSON array of text, as fields and tags are kept."""
    return tuple(json.loads(text))


def load_templates(text: str) -> tuple[Template, ...]:
    """Read the templates of a note type as they are kept."""
    return tuple(Template(**members) for members in json.loads(text))


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
