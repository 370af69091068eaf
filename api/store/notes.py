"""Rows of notes, and of their tags."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.store.collection import Collection
from api.store.instants import to_ms
from api.store.note_types import dump
from api.study.folding import folded
from api.study.sought import sought
from auth import encoding

_PAGE = 1000


@dataclass(frozen=True)
class StoredFields:
    """The fields of a note, which may be deleted and still be brought back."""

    note_id: int
    fields: tuple[str, ...]
    is_deleted: bool


def insert(
    collection: Collection, note_type_id: int, fields: Sequence[str], tags: Sequence[str], front_digest: int
) -> int:
    """Add a note and return its id."""
    note_id = collection.new_id()
    collection.run(
        "insert_note",
        id=note_id,
        note_type_id=note_type_id,
        guid=encoding.random_id(),
        fields=dump(fields),
        tags=dump(tags),
        front_digest=front_digest,
        sought=sought(fields),
        created_at=to_ms(collection.now),
    )
    _insert_tags(collection, note_id, tags)
    return note_id


def update(collection: Collection, note_id: int, fields: Sequence[str], tags: Sequence[str], front_digest: int) -> None:
    """Replace the fields and tags of a note; each of its cards counts as changed."""
    collection.run(
        "update_note",
        id=note_id,
        fields=dump(fields),
        tags=dump(tags),
        front_digest=front_digest,
        sought=sought(fields),
    )
    collection.run("delete_tags", note_id=note_id)
    _insert_tags(collection, note_id, tags)
    collection.run("touch_cards_of_note", note_id=note_id)


def rewrite(collection: Collection, note_id: int, fields: Sequence[str], front_digest: int) -> None:
    """Replace the fields of a note, deleted or not, as its note type has got others."""
    collection.run("rewrite_note", id=note_id, fields=dump(fields), front_digest=front_digest, sought=sought(fields))
    collection.run("touch_cards_of_note", note_id=note_id)


def of_type(collection: Collection, note_type_id: int, since: datetime) -> Iterator[StoredFields]:
    """Give the fields of all notes of a type, with those that were deleted since an instant."""
    after, of = 0, {"note_type_id": note_type_id, "since": to_ms(since), "page": _PAGE}
    while rows := list(collection.run("notes_of_type", after=after, **of)):
        for row in rows:
            yield StoredFields(row["id"], load_texts(row["fields"]), row["deleted_at"] is not None)
        after = rows[-1]["id"]


def delete(collection: Collection, note_id: int) -> None:
    """Mark a note and all its cards deleted."""
    deleted_at = to_ms(collection.now)
    collection.run("delete_cards_of_note", note_id=note_id, deleted_at=deleted_at)
    collection.run("delete_note", id=note_id, deleted_at=deleted_at)


def purge(collection: Collection, deleted_before: datetime, most: int) -> None:
    """Empty notes deleted before an instant, up to `most`. Their rows stay, to tell of the deletion."""
    for row in list(collection.run("notes_to_purge", deleted_before=to_ms(deleted_before), page=most)):
        collection.run("delete_tags", note_id=row["id"])
        collection.run("purge_note", id=row["id"])


def tags(collection: Collection, after: str) -> Iterator[str]:
    """Give every tag that a note has, once each, in the order of their keys, from past one on."""
    while row := collection.run("next_tag", after=after):
        yield row["tag"]
        after = row["tag_key"]


def load_texts(text: str) -> tuple[str, ...]:
    """Read a JSON array of text, as fields and tags are kept."""
    return tuple(json.loads(text))


def _insert_tags(collection: Collection, note_id: int, given: Sequence[str]) -> None:
    for key, tag in {folded(tag): tag for tag in given}.items():
        collection.run("insert_tag", tag_key=key, note_id=note_id, tag=tag)
