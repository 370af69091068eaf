"""Studying a deck: the card that comes next, and the answer to it."""

from dataclasses import dataclass
from datetime import datetime

from api.collection import cards, decks
from api.collection.calendar import DAYS
from api.errors import StaleReview
from api.store import cards as rows
from api.store import reviews
from api.store.cards import Card
from api.store.collection import Collection
from api.store.reviews import Review
from api.study.queue import Counts
from api.study.schedule import Rating, Schedule
from api.study.scheduler import Scheduler


@dataclass(frozen=True)
class Outcome:
    """When a card would be due after a rating, and in how many study days: 0 for a step within the day."""

    due: datetime
    interval_days: int


@dataclass(frozen=True)
class NextCard:
    """The card to study, what each rating would do to it, and what today's queue would still serve."""

    card: Card | None
    outcomes: dict[Rating, Outcome] | None
    counts: Counts


def next_card(collection: Collection, deck_id: int, scheduler: Scheduler) -> NextCard:
    """Return the card that comes next; asking twice gives the same one. DeckNotFound."""
    decks.require(collection, deck_id)
    counts = decks.counts(collection, deck_id)
    card = _first(collection, deck_id, counts)
    return NextCard(card, None if card is None else _outcomes(card.schedule, scheduler, collection.now), counts)


def review(
    collection: Collection,
    card_id: int,
    rating: Rating,
    duration_ms: int,
    review_count: int,
    scheduler: Scheduler,
) -> tuple[Card, Review]:
    """Answer a card as it was shown. CardNotFound; StaleReview if it has been answered since."""
    card = cards.get(collection, card_id)
    if card.schedule.review_count != review_count:
        raise StaleReview(card)
    after = scheduler.review(card.schedule, rating, collection.now)
    rows.reschedule(collection, card_id, after)
    recorded = reviews.insert(collection, card_id, rating, duration_ms, before=card.schedule)
    return cards.get(collection, card_id), recorded


def _first(collection: Collection, deck_id: int, counts: Counts) -> Card | None:
    card = rows.next_learning(collection, deck_id)
    if card is None and counts.due > 0:
        card = rows.next_due(collection, deck_id, DAYS.day_of(collection.now))
    if card is None and counts.new > 0:
        card = rows.next_new(collection, deck_id)
    return card


def _outcomes(schedule: Schedule, scheduler: Scheduler, now: datetime) -> dict[Rating, Outcome]:
    today = scheduler.days.day_of(now)
    return {rating: _outcome(after, scheduler, today) for rating, after in scheduler.outcomes(schedule, now).items()}


def _outcome(after: Schedule, scheduler: Scheduler, today: int) -> Outcome:
    due = scheduler.due(after)
    assert due is not None, "a card that was reviewed is due some time"
    return Outcome(due, 0 if after.due_day is None else after.due_day - today)
