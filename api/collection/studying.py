"""Studying a deck: the card that comes next, and what each answer to it would lead to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.collection import cards, decks, today
from api.store import queue, reviews
from api.store.cards import Card
from api.store.collection import Collection
from api.store.decks import Deck
from api.store.queue import Waiting
from api.study.options import Mix, NewOrder, StudyOptions
from api.study.queue import Counts, Today
from api.study.schedule import Rating, Schedule
from api.study.scheduler import Scheduler

_AHEAD = timedelta(minutes=20)
"""How much too early a card in learning is shown when nothing else is left, as in Anki."""
_NONE = 0
"""No card's id."""


@dataclass(frozen=True)
class Outcome:
    """When a card would be due after a rating, and in how many study days: 0 is later today."""

    due: datetime
    interval_days: int


@dataclass(frozen=True)
class NextCard:
    """The card to study, what each rating would do to it, and what today's queue would still serve."""

    card: Card | None
    outcomes: dict[Rating, Outcome] | None
    counts: Counts


def next_card(collection: Collection, deck_id: int) -> NextCard:
    """Return the card that comes next in a deck and those below it; asking twice gives the same one. DeckNotFound."""
    deck = decks.require(collection, deck_id)
    found = today.of_deck(collection, deck)
    waiting = _first(collection, deck, found)
    card = None if waiting is None else cards.get(collection, waiting.card_id)
    return NextCard(card, None if card is None else _outcomes(collection, card), found.counts[deck.id])


def scheduler_of(collection: Collection, card: Card) -> Scheduler:
    """Return what schedules a card: by the options of the deck it lies in, whichever is being studied."""
    return Scheduler(collection.days, today.options_of(collection, decks.require(collection, card.deck_id)))


def _first(collection: Collection, deck: Deck, found: Today) -> Waiting | None:
    last = reviews.latest_card(collection) or _NONE
    # Nobody is asked the same twice in a row while there is anything else.
    return _first_apart_from(collection, deck, found, last) or _first_apart_from(collection, deck, found, _NONE)


def _first_apart_from(collection: Collection, deck: Deck, found: Today, last: int) -> Waiting | None:
    options = today.options_of(collection, deck)
    learning = [each.id for each in found.decks if each.waiting.learning]

    def in_learning(until: datetime) -> Waiting | None:
        return _least(queue.next_learning(collection, deck_id, until, last) for deck_id in learning)

    def due() -> Waiting | None:
        return _least(queue.next_due(collection, deck_id, last) for deck_id in found.serving(deck.id, "due"))

    def new() -> Waiting | None:
        ask = queue.next_new_shuffled if options.new_order is NewOrder.RANDOM else queue.next_new
        return _least(ask(collection, deck_id, last) for deck_id in found.serving(deck.id, "new"))

    # What is due when the day is over is not counted today, and not served either.
    end = collection.days.start_of(collection.today + 1) - timedelta(milliseconds=1)
    return in_learning(collection.now) or _in_turn(options, due, new) or in_learning(min(collection.now + _AHEAD, end))


def _in_turn(
    options: StudyOptions, due: Callable[[], Waiting | None], new: Callable[[], Waiting | None]
) -> Waiting | None:
    return new() or due() if options.mix is Mix.NEW_FIRST else due() or new()


def _least(found: Iterable[Waiting | None]) -> Waiting | None:
    return min((each for each in found if each is not None), default=None)


def _outcomes(collection: Collection, card: Card) -> dict[Rating, Outcome]:
    outcomes = scheduler_of(collection, card).outcomes(card.schedule, collection.now, card.id)
    return {rating: _outcome(collection, after) for rating, after in outcomes.items()}


def _outcome(collection: Collection, after: Schedule) -> Outcome:
    due = after.due(collection.days)
    assert due is not None, "a card that was reviewed is due some time"
    return Outcome(due, collection.days.day_of(due) - collection.today)
