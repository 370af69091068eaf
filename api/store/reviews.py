"""Rows of reviews: what was answered, and the card as it was before."""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from api.store.cards import schedule_columns, schedule_of
from api.store.collection import Collection
from api.store.engine import Row
from api.store.instants import from_ms, to_ms
from api.study.schedule import Rating, Schedule


@dataclass(frozen=True)
class Buried:
    """A card that a review has buried, or shown again: until which day it was buried before, and is since."""

    card_id: int
    before: int | None
    since: int | None


@dataclass(frozen=True)
class Review:
    """One answer to one showing of a card."""

    id: int
    card_id: int
    rating: Rating
    reviewed_at: datetime
    duration_ms: int
    before: Schedule
    buried: tuple[Buried, ...] = ()


def insert(
    collection: Collection,
    card_id: int,
    rating: Rating,
    duration_ms: int,
    before: Schedule,
    buried: Sequence[Buried],
) -> Review:
    """Record a review of a card that stood at `before`."""
    review = Review(collection.new_id(), card_id, rating, collection.now, duration_ms, before, tuple(buried))
    collection.run(
        "insert_review",
        id=review.id,
        card_id=card_id,
        rating=rating.value,
        reviewed_at=to_ms(collection.now),
        duration_ms=duration_ms,
        state_before=before.state.value,
        card_before=json.dumps(schedule_columns(before)),
        buried=json.dumps([astuple(each) for each in buried]),
    )
    return review


def latest_card(collection: Collection) -> int | None:
    """Return the id of the card that was reviewed last."""
    row = collection.run("latest_review")
    return None if row is None else int(row["card_id"])


def latest_of(collection: Collection, card_id: int) -> Review | None:
    """Return the last review of a card that was not taken back."""
    row = collection.run("latest_review_of_card", card_id=card_id)
    return None if row is None else _review(row)


def of_card(collection: Collection, card_id: int, before: int, limit: int) -> list[Review]:
    """Return the reviews of a card, the latest first, from before an id on."""
    return [_review(row) for row in collection.run("reviews_of_card", card_id=card_id, before=before, page=limit)]


def delete(collection: Collection, review_id: int) -> None:
    """Mark a review as taken back."""
    collection.run("delete_review", id=review_id, deleted_at=to_ms(collection.now))


def _review(row: Row) -> Review:
    return Review(
        id=row["id"],
        card_id=row["card_id"],
        rating=Rating(row["rating"]),
        reviewed_at=from_ms(row["reviewed_at"]),
        duration_ms=row["duration_ms"],
        before=schedule_of(json.loads(row["card_before"])),
        buried=tuple(Buried(*each) for each in json.loads(row["buried"])),
    )
