"""Studying: the card that comes next, and the answer to it."""

from datetime import datetime
from http import HTTPStatus

from apiflask import APIBlueprint
from pydantic import Field

from api.authentication import signed_in
from api.collection import studying
from api.collection.studying import NextCard
from api.errors import CardNotFound, DeckNotFound, QuotaReached, StaleReview
from api.problems import raises
from api.services import services
from api.shapes import CardView, CountsView, Input, View
from api.study.schedule import Rating
from api.study.scheduler import Scheduler
from auth.claim_rules import MAX_ID
from auth.claims import COLLECTION_READ, COLLECTION_WRITE, Claims

bp = APIBlueprint("study", __name__, url_prefix="/v1", tag="Study")

_DAY_MS = 24 * 60 * 60 * 1000


class OutcomeView(View):
    """When the card would be due, and in how many study days (0: again today)."""

    due: datetime
    interval_days: int


class OutcomesView(View):
    """What each rating would lead to."""

    again: OutcomeView
    hard: OutcomeView
    good: OutcomeView
    easy: OutcomeView


class NextCardView(View):
    """The card to study, or null when nothing is left for now."""

    card: CardView | None
    outcomes: OutcomesView | None
    counts: CountsView

    @classmethod
    def of(cls, found: NextCard, scheduler: Scheduler) -> "NextCardView":
        """Show what comes next."""
        return cls(
            card=None if found.card is None else CardView.of(found.card, scheduler),
            outcomes=None if found.outcomes is None else OutcomesView.model_validate(found.outcomes),
            counts=CountsView.model_validate(found.counts),
        )


class NewReview(Input):
    """An answer to a card as it was shown: `review_count` is the card's at that time."""

    rating: Rating
    duration_ms: int = Field(strict=True, ge=0, le=_DAY_MS, description="How long it took to answer.")
    review_count: int = Field(strict=True, ge=0, le=MAX_ID)


class ReviewView(View):
    """A review as recorded."""

    id: int
    card_id: int
    rating: Rating
    reviewed_at: datetime
    duration_ms: int


class ReviewedCardView(View):
    """The card as it now is, and the review."""

    card: CardView
    review: ReviewView


@bp.get("/decks/<int:deck_id>/next")
@signed_in(COLLECTION_READ)
@bp.output(NextCardView)
@raises(DeckNotFound)
def get_next_card(deck_id: int, caller: Claims) -> NextCardView:
    """Show the card to study next. Asking again shows the same one."""
    scheduler = services().scheduler
    with services().collections.reading(caller.user_id) as collection:
        found = studying.next_card(collection, deck_id, scheduler)
    return NextCardView.of(found, scheduler)


@bp.post("/cards/<int:card_id>/reviews")
@signed_in(COLLECTION_WRITE)
@bp.input(NewReview, arg_name="new")
@bp.output(ReviewedCardView, HTTPStatus.CREATED)
@raises(CardNotFound, StaleReview, QuotaReached)
def review_card(card_id: int, new: NewReview, caller: Claims) -> ReviewedCardView:
    """Answer a card. A second answer to the same showing changes nothing."""
    scheduler = services().scheduler
    with services().collections.writing(caller.user_id) as collection:
        card, review = studying.review(collection, card_id, new.rating, new.duration_ms, new.review_count, scheduler)
    return ReviewedCardView(card=CardView.of(card, scheduler), review=ReviewView.model_validate(review))
