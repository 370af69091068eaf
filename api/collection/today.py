"""What decks have to study today, and by which options."""

from collections.abc import Sequence

from api.store import decks as rows
from api.store.collection import Collection
from api.store.decks import LEVEL, Deck
from api.study.options import StudyOptions
from api.study.queue import Counts, DeckToday, Today


def of_deck(collection: Collection, deck: Deck) -> Today:
    """Return what a deck, and each below it, has to study today."""
    decks = rows.within(collection, deck)
    options = options_within(decks, options_around(collection, deck))
    return _today(collection, decks, options, rows.waiting(collection, _most(options), deck))


def of_all(collection: Collection, decks: Sequence[Deck]) -> Today:
    """Return what every deck of a collection has to study today."""
    options = options_within(decks, collection.preferences.options)
    return _today(collection, decks, options, rows.waiting(collection, _most(options)))


def options_of(collection: Collection, deck: Deck) -> StudyOptions:
    """Return the options a deck is studied by: its own choices over those of the decks it lies in."""
    return deck.choices.over(options_around(collection, deck))


def options_around(collection: Collection, deck: Deck) -> StudyOptions:
    """Return the options a deck has where it has chosen nothing itself."""
    options = collection.preferences.options
    for outer in rows.above(collection, deck):
        options = outer.choices.over(options)
    return options


def options_within(decks: Sequence[Deck], around: StudyOptions) -> dict[int, StudyOptions]:
    """Return the options of decks, each of which stands before those below it."""
    by_key: dict[str, StudyOptions] = {}
    for deck in decks:
        outer = deck.name_key.rpartition(LEVEL)[0]
        by_key[deck.name_key] = deck.choices.over(by_key.get(outer, around))
    return {deck.id: by_key[deck.name_key] for deck in decks}


def _today(
    collection: Collection, decks: Sequence[Deck], options: dict[int, StudyOptions], waiting: dict[int, Counts]
) -> Today:
    studied = rows.studied(collection)
    return Today(
        [
            DeckToday(
                id=deck.id,
                levels=tuple(deck.name_key.split(LEVEL)),
                waiting=waiting.get(deck.id, Counts()),
                studied=studied.get(deck.id, Counts()),
                limits=Counts(new=options[deck.id].new_per_day, due=options[deck.id].reviews_per_day),
            )
            for deck in decks
        ]
    )


def _most(options: dict[int, StudyOptions]) -> int:
    # What waits beyond every limit need not be counted.
    return max((max(each.new_per_day, each.reviews_per_day) for each in options.values()), default=0)
