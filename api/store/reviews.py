"""Rows of reviews: what was answered, and the card as it was before."""

import json
from dataclasses import dataclass
from datetime import datetime

from api.store.cards import schedule_columns
from api.store.collection import Collection
from api.store.instants import to_ms
from api.study.schedule import Rating, Schedule


@dataclass(frozen=True)
class Review:
    """One answer to one showing of a card."""

    id: int
    card_id: int
    rating: Rating
    reviewed_at: datetime
    duration_ms: int


def insert(collection: Collection, card_id: int, rating: Rating, duration_ms: int, before: Schedule) -> Review:
    """Record a review of a card that stood at `before`."""
    review = Review(collection.new_id(), card_id, rating, collection.now, duration_ms)
    collection.run(
        "insert_review",
        id=review.id,
        card_id=card_id,
        rating=rating.value,
        reviewed_at=to_ms(collection.now),
        duration_ms=duration_ms,
        state_before=before.state.value,
        card_before=json.dumps(schedule_columns(before)),
    )
    return review
