"""Rows of deletions that can be taken back. What one has deleted are the deleted rows last written by its change."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from api.store.collection import Collection
from api.store.decks import LEVEL, Deck, by_name_key, deck_of
from api.store.engine import Row
from api.store.instants import from_ms, to_ms
from api.store.notes import load_texts


class DeletionKind(StrEnum):
    """What was deleted."""

    NOTE = "note"
    DECK = "deck"


@dataclass(frozen=True)
class Deletion:
    """One request that deleted something: what it was called, and how many cards went with it."""

    id: int
    kind: DeletionKind
    title: str
    cards: int
    deleted_at: datetime
    change: int


@dataclass(frozen=True)
class OutdatedNote:
    """A note that was changed, or its type, while cards of it were deleted."""

    id: int
    note_type_id: int
    fields: tuple[str, ...]


def insert(collection: Collection, kind: DeletionKind, title: str) -> Deletion:
    """Record what this change of the collection has deleted."""
    cards = collection.run("count_deleted_cards", change=collection.change)["cards"]
    deletion = Deletion(collection.new_id(), kind, title, cards, collection.now, collection.change)
    collection.run(
        "insert_deletion",
        id=deletion.id,
        kind=kind.value,
        title=title,
        cards=cards,
        deleted_at=to_ms(collection.now),
    )
    return deletion


def before(collection: Collection, deletion_id: int, since: datetime, limit: int) -> list[Deletion]:
    """Return deletions since an instant, the latest first, from before an id on."""
    rows = collection.run("deletions_before", before=deletion_id, since=to_ms(since), page=limit)
    return [_deletion(row) for row in rows]


def by_id(collection: Collection, deletion_id: int, since: datetime) -> Deletion | None:
    """Return a deletion, unless it is from before an instant."""
    row = collection.run("deletion_by_id", id=deletion_id, since=to_ms(since))
    return None if row is None else _deletion(row)


def decks_of(collection: Collection, deletion: Deletion) -> list[Deck]:
    """Return the decks that it has deleted."""
    return [deck_of(row) for row in collection.run("decks_deleted_by", change=deletion.change)]


def missing_deck(collection: Collection, deletion: Deletion) -> int | None:
    """Return a deck that its cards lie in and that would still be deleted when they are back."""
    row = collection.run("deck_missing_for", change=deletion.change)
    return None if row is None else int(row["deck_id"])


def restore(collection: Collection, deletion: Deletion) -> None:
    """Bring back all that it has deleted, and forget it."""
    for statement in ("restore_decks", "restore_notes", "restore_cards"):
        collection.run(statement, change=deletion.change)
    collection.run("delete_deletion", id=deletion.id)


def deleted_above(collection: Collection, deck: Deck, since: datetime) -> int | None:
    """Return a deck that this one lay in, was deleted since an instant by another change, and has no successor."""
    levels = deck.name_key.split(LEVEL)
    for depth in range(1, len(levels)):
        key = LEVEL.join(levels[:depth])
        row = collection.run("deck_deleted_by_other", name_key=key, change=deck.change, since=to_ms(since))
        if row is not None and by_name_key(collection, key) is None:
            return int(row["id"])
    return None


def outdated_notes(collection: Collection, deletion: Deletion) -> list[OutdatedNote]:
    """Return the notes of the deleted cards that may have to make others by now."""
    rows = collection.run("outdated_notes", change=deletion.change)
    return [OutdatedNote(row["id"], row["note_type_id"], load_texts(row["fields"])) for row in rows]


def forget(collection: Collection, before: datetime) -> None:
    """Forget deletions from before an instant."""
    collection.run("delete_old_deletions", before=to_ms(before))


def _deletion(row: Row) -> Deletion:
    return Deletion(
        id=row["id"],
        kind=DeletionKind(row["kind"]),
        title=row["title"],
        cards=row["cards"],
        deleted_at=from_ms(row["deleted_at"]),
        change=row["changed"],
    )
