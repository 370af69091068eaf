"""Statistics of studying, as series to be plotted."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from api.authentication import signed_in
from api.collection import statistics
from api.collection.statistics import CardStatistics, DueStatistics, ReviewStatistics
from api.errors import DeckNotFound
from api.problems import raises
from api.services import services
from api.shapes import Input, View
from api.study.schedule import Rating, State
from auth.claim_rules import MAX_ID
from auth.claims import COLLECTION_READ, Claims

bp = APIBlueprint("statistics", __name__, url_prefix="/v1", tag="Statistics")


class StatisticsQuery(Input):
    """Of what, and of how many days."""

    deck: int | None = Field(default=None, ge=1, le=MAX_ID, description="A deck, with those below it; else all.")
    days: int = Field(default=30, ge=1, le=3650, description="How many study days, today with them.")


class StateSeries(View):
    """One number a day for each state."""

    new: list[int]
    learning: list[int]
    review: list[int]
    relearning: list[int]


class RatingSeries(View):
    """One number a day for each rating."""

    again: list[int]
    hard: list[int]
    good: list[int]
    easy: list[int]


class StateTotals(View):
    """One number for each state."""

    new: int
    learning: int
    review: int
    relearning: int


class RatingTotals(View):
    """One number for each rating."""

    again: int
    hard: int
    good: int
    easy: int


class TotalsView(View):
    """The sums of all days."""

    reviews: StateTotals
    ratings: RatingTotals
    time_ms: int
    retention: float | None


class ReviewStatisticsView(View):
    """Reviews of each study day, the earliest first. Those that were taken back do not count."""

    days: list[date]
    reviews: StateSeries = Field(description="Reviews by the state the card was in before.")
    ratings: RatingSeries
    time_ms: list[int] = Field(description="How long answers have taken together, in milliseconds.")
    retention: list[float | None] = Field(
        description="Which share of reviews of learnt cards was not 'again'; null on days without one."
    )
    totals: TotalsView

    @classmethod
    def of(cls, found: ReviewStatistics) -> "ReviewStatisticsView":
        """Show reviews."""
        return cls(
            days=found.period.dates,
            reviews=StateSeries(**_series(State, [day.reviews for day in found.days])),
            ratings=RatingSeries(**_series(Rating, [day.ratings for day in found.days])),
            time_ms=[day.time_ms for day in found.days],
            retention=[day.retention for day in found.days],
            totals=TotalsView.model_validate(found.total),
        )


class ForecastView(View):
    """Cards that come due on each study day, today first with all that is overdue; without new and suspended ones."""

    days: list[date]
    due: list[int] = Field(description="Cards in review.")
    learning: list[int] = Field(description="Cards in learning and relearning.")
    cumulative: list[int] = Field(description="Both, from today until the end of the day.")

    @classmethod
    def of(cls, found: DueStatistics) -> "ForecastView":
        """Show a forecast."""
        coming = found.forecast
        return cls(days=found.period.dates, due=coming.due, learning=coming.learning, cumulative=coming.cumulative)


class CardStatisticsView(View):
    """How many cards were in each state at the end of each study day, and what is set apart now."""

    days: list[date]
    states: StateSeries
    suspended: int
    buried: int
    flagged: int

    @classmethod
    def of(cls, found: CardStatistics) -> "CardStatisticsView":
        """Show cards by state."""
        return cls(
            days=found.period.dates,
            states=StateSeries(**_series(State, found.states)),
            suspended=found.suspended,
            buried=found.buried,
            flagged=found.flagged,
        )


class StandingsView(View):
    """Cards by what each counts as: suspended or buried first of all; learnt ones are mature from 21 days on."""

    new: int
    learning: int
    relearning: int
    young: int
    mature: int
    suspended: int
    buried: int


class DeckStatisticsView(View):
    """The cards of a deck and those below it."""

    counts: StandingsView
    total: int


@bp.get("/stats/reviews")
@signed_in(COLLECTION_READ)
@bp.input(StatisticsQuery, location="query", arg_name="query")
@bp.output(ReviewStatisticsView)
@raises(DeckNotFound)
def get_review_statistics(query: StatisticsQuery, caller: Claims) -> ReviewStatisticsView:
    """Count reviews by day, with retention and the time they took."""
    with services().collections.reading(caller.user_id) as collection:
        return ReviewStatisticsView.of(statistics.reviews(collection, query.deck, query.days))


@bp.get("/stats/forecast")
@signed_in(COLLECTION_READ)
@bp.input(StatisticsQuery, location="query", arg_name="query")
@bp.output(ForecastView)
@raises(DeckNotFound)
def get_forecast(query: StatisticsQuery, caller: Claims) -> ForecastView:
    """Count what comes due by day."""
    with services().collections.reading(caller.user_id) as collection:
        return ForecastView.of(statistics.forecast(collection, query.deck, query.days))


@bp.get("/stats/cards")
@signed_in(COLLECTION_READ)
@bp.input(StatisticsQuery, location="query", arg_name="query")
@bp.output(CardStatisticsView)
@raises(DeckNotFound)
def get_card_statistics(query: StatisticsQuery, caller: Claims) -> CardStatisticsView:
    """Count cards by state over time."""
    with services().collections.reading(caller.user_id) as collection:
        return CardStatisticsView.of(statistics.cards(collection, query.deck, query.days))


@bp.get("/decks/<int:deck_id>/stats")
@signed_in(COLLECTION_READ)
@bp.output(DeckStatisticsView)
@raises(DeckNotFound)
def get_deck_statistics(deck_id: int, caller: Claims) -> DeckStatisticsView:
    """Count the cards of a deck and those below it by what they count as."""
    with services().collections.reading(caller.user_id) as collection:
        found = statistics.standings(collection, deck_id)
    return DeckStatisticsView(counts=StandingsView.model_validate(found), total=sum(found.values()))


def _series(kinds: type[StrEnum], days: Sequence[Mapping[Any, int]]) -> dict[str, list[int]]:
    return {kind.value: [day[kind] for day in days] for kind in kinds}
