"""What was deleted within a day, and bringing it back."""

from api.collection import card_making, decks, note_types
from api.errors import DeckIsDeleted, DeckNameTaken, DeletionNotFound
from api.store import decks as deck_rows
from api.store import deletions as rows
from api.store.collection import Collection
from api.store.decks import Deck
from api.store.deletions import Deletion
from api.store.deletions import DeletionKind as DeletionKind
from api.store.expiry import KEPT


def page(collection: Collection, before: int, limit: int) -> list[Deletion]:
    """Return deletions, the latest first, from before an id on."""
    return rows.before(collection, before, collection.now - KEPT, limit)


def restore(collection: Collection, deletion_id: int) -> Deletion:
    """Bring back all that a deletion has deleted.

    DeletionNotFound; DeckNameTaken if another deck has the name by now; DeckIsDeleted if the cards lay in one, or the
    deck inside one, that was deleted later.
    """
    deletion = rows.by_id(collection, deletion_id, collection.now - KEPT)
    if deletion is None:
        raise DeletionNotFound(deletion_id)
    missing = rows.missing_deck(collection, deletion)
    if missing is not None:
        raise DeckIsDeleted(missing)
    restored = rows.decks_of(collection, deletion)
    for deck in restored:
        _require_place(collection, deck)
    outdated = rows.outdated_notes(collection, deletion)
    rows.restore(collection, deletion)
    for deck in restored:
        name = decks.add_missing_above(collection, deck.name)
        deck_rows.update(collection, deck.id, name, deck.name_key, deck.choices)
    for note in outdated:
        card_making.make(collection, note_types.get(collection, note.note_type_id), note.id, note.fields)
    return deletion


def _require_place(collection: Collection, deck: Deck) -> None:
    other = deck_rows.by_name_key(collection, deck.name_key)
    if other is not None:
        raise DeckNameTaken(other.name)
    above = rows.deleted_above(collection, deck, collection.now - KEPT)
    if above is not None:
        raise DeckIsDeleted(above)
