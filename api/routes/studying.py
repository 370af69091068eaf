"""Studying: the card that comes next, the answer to it, and taking that back."""

from datetime import datetime
from http import HTTPStatus

from apiflask import APIBlueprint
from pydantic import Field

from api import pagination
from api.authentication import signed_in
from api.collection import reviewing, studying
from api.collection.studying import NextCard
from api.errors import CardNotFound, DeckNotFound, NothingToUndo, QuotaReached, StaleReview
from api.pagination import PageQuery
from api.problems import raises
from api.routes.card_format import FormatQuery
from api.services import services
from api.shapes import CardView, CountsView, Input, View
from api.study.schedule import Rating
from api.writing import Collection, Purpose, writes
from auth.claim_rules import MAX_ID
from auth.claims import COLLECTION_READ, COLLECTION_WRITE, Claims

bp = APIBlueprint("study", __name__, url_prefix="/v1", tag="Study")

_DAY_MS = 24 * 60 * 60 * 1000


class OutcomeView(View):
    """When the card would be due, and in how many study days (0: later today)."""

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
    def of(cls, found: NextCard, *, as_text: bool) -> "NextCardView":
        """Show what comes next."""
        return cls(
            card=None if found.card is None else CardView.of(found.card, as_text=as_text),
            outcomes=None if found.outcomes is None else OutcomesView.model_validate(found.outcomes),
            counts=CountsView.model_validate(found.counts),
        )


class NewReview(Input):
    """An answer to a card as it was shown: `review_count` is the card's at that time."""

    rating: Rating
    duration_ms: int = Field(strict=True, ge=0, le=_DAY_MS, description="How long it took to answer.")
    review_count: int = Field(strict=True, ge=0, le=MAX_ID)


class UndoQuery(Input):
    """Which review to take back."""

    review_count: int | None = Field(
        default=None,
        ge=0,
        le=MAX_ID,
        description="The card's as you know it: a second click then takes back no second review.",
    )


class ReviewView(View):
    """A review as recorded."""

    id: int
    card_id: int
    rating: Rating
    reviewed_at: datetime
    duration_ms: int


class ReviewPage(View):
    """Reviews of a card, the latest first."""

    items: list[ReviewView]
    next_cursor: str | None


class ReviewedCardView(View):
    """The card as it now is, and the review."""

    card: CardView
    review: ReviewView


@bp.get("/decks/<int:deck_id>/next")
@signed_in(COLLECTION_READ)
@bp.input(FormatQuery, location="query", arg_name="query")
@bp.output(NextCardView)
@raises(DeckNotFound)
def get_next_card(deck_id: int, query: FormatQuery, caller: Claims) -> NextCardView:
    """Show the card to study next in a deck and those below it. Asking again shows the same one."""
    with services().collections.reading(caller.user_id) as collection:
        found = studying.next_card(collection, deck_id)
    return NextCardView.of(found, as_text=query.is_text)


@bp.post("/cards/<int:card_id>/reviews")
@signed_in(COLLECTION_WRITE)
@bp.input(NewReview, arg_name="new")
@writes(bp, ReviewedCardView, HTTPStatus.CREATED)
@raises(CardNotFound, StaleReview, QuotaReached)
def review_card(card_id: int, new: NewReview, collection: Collection) -> ReviewedCardView:
    """Answer a card. A second answer to the same showing changes nothing."""
    card, review = reviewing.review(collection, card_id, new.rating, new.duration_ms, new.review_count)
    return ReviewedCardView(card=CardView.of(card), review=ReviewView.model_validate(review))


@bp.delete("/cards/<int:card_id>/reviews/latest")
@signed_in(COLLECTION_WRITE)
@bp.input(UndoQuery, location="query", arg_name="query")
@writes(bp, CardView, purpose=Purpose.UNDO)
@raises(CardNotFound, StaleReview, NothingToUndo, QuotaReached)
def undo_review(card_id: int, query: UndoQuery, collection: Collection) -> CardView:
    """Take the last review of a card back: it is as it was before."""
    return CardView.of(reviewing.undo(collection, card_id, query.review_count))


@bp.get("/cards/<int:card_id>/reviews")
@signed_in(COLLECTION_READ)
@bp.input(PageQuery, location="query", arg_name="query")
@bp.output(ReviewPage)
@raises(CardNotFound)
def list_reviews(card_id: int, query: PageQuery, caller: Claims) -> ReviewPage:
    """List the reviews of a card, the latest first."""
    before = pagination.id_before(query.cursor)
    with services().collections.reading(caller.user_id) as collection:
        found = reviewing.history(collection, card_id, before, query.limit + 1)
    items, cursor = pagination.page_of(found, query.limit, lambda review: review.id)
    return ReviewPage(items=[ReviewView.model_validate(review) for review in items], next_cursor=cursor)
