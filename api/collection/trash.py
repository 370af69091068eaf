"""What was deleted within a day, and bringing it back."""

from collections.abc import Sequence

from api.collection import card_making, decks
from api.collection.card_making import MOST_CARDS
from api.errors import DeckIsDeleted, DeckNameTaken, DeletionNotFound, RestoreMakesTooManyCards
from api.store import decks as deck_rows
from api.store import deletions as rows
from api.store import note_types as type_rows
from api.store.collection import Collection
from api.store.decks import Deck
from api.store.deletions import Deletion, OutdatedNote
from api.store.deletions import DeletionKind as DeletionKind
from api.store.expiry import KEPT


def page(collection: Collection, before: int, limit: int) -> list[Deletion]:
    """Return deletions, the latest first, from before an id on."""
    return rows.before(collection, before, collection.now - KEPT, limit)


def restore(collection: Collection, deletion_id: int) -> Deletion:
    """Bring back all that a deletion has deleted.

    DeletionNotFound; DeckNameTaken if another deck has the name by now; DeckIsDeleted if the cards lay in one, or the
    deck inside one, that was deleted later; RestoreMakesTooManyCards of the templates that note types have by now.
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
    _make_cards(collection, outdated)
    return deletion


def _make_cards(collection: Collection, outdated: Sequence[OutdatedNote]) -> None:
    """Give notes the cards they have by now: while a note lay in the trash, its type made none of it."""
    types = {each.id: each for each in type_rows.every(collection)}
    made = 0
    for note in outdated:
        note_type = types[note.note_type_id]
        made += card_making.make(collection, note.id, card_making.ordinals_of(note_type, note.fields))
        if made > MOST_CARDS:
            raise RestoreMakesTooManyCards(note_type.name, MOST_CARDS)


def _require_place(collection: Collection, deck: Deck) -> None:
    other = deck_rows.by_name_key(collection, deck.name_key)
    if other is not None:
        raise DeckNameTaken(other.name)
    above = rows.deleted_above(collection, deck, collection.now - KEPT)
    if above is not None:
        raise DeckIsDeleted(above)
