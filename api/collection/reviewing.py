"""Answering cards, taking the last answer back, and looking at those that were given."""

from api.collection import cards, studying
from api.errors import NothingToUndo, StaleReview
from api.store import cards as rows
from api.store import queue, reviews
from api.store.cards import Card
from api.store.collection import Collection
from api.store.reviews import Review
from api.study.schedule import Rating


def review(
    collection: Collection, card_id: int, rating: Rating, duration_ms: int, review_count: int
) -> tuple[Card, Review]:
    """Answer a card as it was shown, and bury its siblings; a buried one is so no more.

    CardNotFound; StaleReview if it was answered since.
    """
    card = _as_shown(collection, card_id, review_count)
    after = studying.scheduler_of(collection, card).review(card.schedule, rating, collection.now, card.id)
    buried = queue.bury_siblings(collection, card) + queue.show(collection, card)
    rows.reschedule(collection, card_id, after)
    recorded = reviews.insert(collection, card_id, rating, duration_ms, card.schedule, buried)
    return cards.get(collection, card_id), recorded


def undo(collection: Collection, card_id: int, review_count: int | None) -> Card:
    """Take the last review of a card back: it and its siblings are as they were before.

    CardNotFound; NothingToUndo; StaleReview if the card has not been reviewed as often as `review_count` says.
    """
    _as_shown(collection, card_id, review_count)
    last = reviews.latest_of(collection, card_id)
    if last is None:
        raise NothingToUndo
    rows.reschedule(collection, card_id, last.before)
    for each in last.buried:
        queue.take_back(collection, each)
    reviews.delete(collection, last.id)
    return cards.get(collection, card_id)


def history(collection: Collection, card_id: int, before: int, limit: int) -> list[Review]:
    """Return the reviews of a card, the latest first, from before an id on. CardNotFound."""
    cards.get(collection, card_id)
    return reviews.of_card(collection, card_id, before, limit)


def _as_shown(collection: Collection, card_id: int, review_count: int | None) -> Card:
    card = cards.get(collection, card_id)
    if review_count is not None and card.schedule.review_count != review_count:
        raise StaleReview(card)
    return card
