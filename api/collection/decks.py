"""Decks: named places for cards, inside one another by `::` in their names, with what each has to study today."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from api.collection import today
from api.collection.expectation import ANY, Expectation
from api.errors import DeckNameTaken, DeckNotFound, Fault, InputRefused
from api.store import cards as card_rows
from api.store import decks as rows
from api.store import deletions
from api.store.collection import Collection
from api.store.decks import LEVEL, Deck
from api.store.deletions import DeletionKind
from api.study.folding import folded
from api.study.options import StudyOptions
from api.study.preferences import Choices
from api.study.queue import Counts

SEPARATOR = "::"
MOST_LEVELS = 8
LONGEST_NAME = 500


@dataclass(frozen=True)
class DeckWithCounts:
    """A deck, how many cards today's queue would still serve with those below, and the options it is studied by."""

    id: int
    name: str
    counts: Counts
    choices: Choices
    options: StudyOptions
    created_at: datetime
    change: int


def create(collection: Collection, name: str, choices: Choices = Choices()) -> DeckWithCounts:  # noqa: B008 # frozen
    """Add a deck, and those it lies in where they are missing. DeckNameTaken if there is one of this name."""
    _require_free(collection, name)
    deck = _insert(collection, name)
    rows.update(collection, deck.id, deck.name, deck.name_key, choices)
    return get(collection, deck.id)


def get(collection: Collection, deck_id: int) -> DeckWithCounts:
    """Return a deck. DeckNotFound."""
    deck = require(collection, deck_id)
    counts = today.of_deck(collection, deck).counts[deck.id]
    return _with_counts(deck, counts, today.options_of(collection, deck))


def page(collection: Collection, after_key: str, limit: int) -> list[DeckWithCounts]:
    """Return decks, each followed by those below it, from past a name on."""
    everything = rows.every(collection)
    counts = today.of_all(collection, everything).counts
    options = today.options_within(everything, collection.preferences.options)
    listed = [deck for deck in everything if deck.name_key > after_key][:limit]
    return [_with_counts(deck, counts[deck.id], options[deck.id]) for deck in listed]


def edit(
    collection: Collection, deck_id: int, name: str | None, choices: Choices | None, expected: Expectation = ANY
) -> DeckWithCounts:
    """Rename or move a deck with all those below it, and choose its options.

    DeckNotFound; DeckNameTaken if another deck has the name; InputRefused; ChangedSince.
    """
    deck = require(collection, deck_id)
    expected.require(deck.change)
    if name is not None:
        deck = _rename(collection, deck, name)
    rows.update(collection, deck.id, deck.name, deck.name_key, deck.choices if choices is None else choices)
    if choices is not None and choices != deck.choices:
        rows.touch(collection, deck)
    return get(collection, deck_id)


def delete(collection: Collection, deck_id: int, cards_to: int | None = None, expected: Expectation = ANY) -> None:
    """Delete a deck with everything below it, or move all cards elsewhere first.

    DeckNotFound, of either deck; InputRefused if the other one is deleted, too; ChangedSince.
    """
    deck = require(collection, deck_id)
    expected.require(deck.change)
    doomed = rows.within(collection, deck)
    if cards_to is not None:
        _move_cards(collection, doomed, require(collection, cards_to))
    rows.delete(collection, doomed)
    deletions.insert(collection, DeletionKind.DECK, deck.name)


def require(collection: Collection, deck_id: int) -> Deck:
    """Return a deck without counting its cards. DeckNotFound."""
    deck = rows.by_id(collection, deck_id)
    if deck is None:
        raise DeckNotFound(deck_id)
    return deck


def add_missing_above(collection: Collection, name: str) -> str:
    """Add the decks that one of this name lies in, where they are missing; return the name as theirs are spelt."""
    outer, separator, own = name.rpartition(SEPARATOR)
    if not separator:
        return name
    around = rows.by_name_key(collection, name_key(outer)) or _insert(collection, outer)
    return around.name + SEPARATOR + own


def name_key(name: str) -> str:
    """Return a deck's name as names are compared: level by level, without regard to case."""
    return LEVEL.join(folded(level) for level in name.split(SEPARATOR))


def _insert(collection: Collection, name: str) -> Deck:
    return rows.insert(collection, add_missing_above(collection, name), name_key(name))


def _rename(collection: Collection, deck: Deck, name: str) -> Deck:
    key = name_key(name)
    if key.startswith(deck.name_key + LEVEL):
        raise InputRefused((Fault("name", "must not lie inside the deck itself"),))
    if key != deck.name_key:
        _require_free(collection, name)
    below, depth = rows.within(collection, deck)[1:], len(deck.name.split(SEPARATOR))
    renamed = replace(deck, name=add_missing_above(collection, name), name_key=key)
    # First the deck itself, then what is below it, outermost first: no two have one name at any time.
    for inner in [deck, *below]:
        moved_name = SEPARATOR.join([renamed.name, *inner.name.split(SEPARATOR)[depth:]])
        moved_key = key + inner.name_key[len(deck.name_key) :]
        if moved_name.count(SEPARATOR) >= MOST_LEVELS or len(moved_name) > LONGEST_NAME:
            raise InputRefused((Fault("name", f"would give {inner.name!r} too many levels, or too long a name"),))
        if moved_key != inner.name_key:
            _require_key_free(collection, moved_key, but_for=inner.id)
        rows.update(collection, inner.id, moved_name, moved_key, inner.choices)
    return renamed


def _move_cards(collection: Collection, decks: Sequence[Deck], target: Deck) -> None:
    if any(deck.id == target.id for deck in decks):
        raise InputRefused((Fault("cards_to", "must not be a deck that is deleted with this one"),))
    for deck in decks:
        card_rows.move(collection, deck.id, target.id)


def _require_free(collection: Collection, name: str) -> None:
    _require_key_free(collection, name_key(name), but_for=None)


def _require_key_free(collection: Collection, key: str, but_for: int | None) -> None:
    other = rows.by_name_key(collection, key)
    if other is not None and other.id != but_for:
        raise DeckNameTaken(other.name)


def _with_counts(deck: Deck, counts: Counts, options: StudyOptions) -> DeckWithCounts:
    return DeckWithCounts(deck.id, deck.name, counts, deck.choices, options, deck.created_at, deck.change)
