"""Statistics of studying, of a whole collection or of a deck with those below it."""

from dataclasses import dataclass

from api.collection import decks
from api.store import statistics as rows
from api.store.collection import Collection
from api.store.decks import Deck
from api.study import statistics
from api.study.schedule import State
from api.study.statistics import Forecast, Period, Standing, Tally


@dataclass(frozen=True)
class ReviewStatistics:
    """Reviews of each day of a period, and of all of it."""

    period: Period
    days: list[Tally]
    total: Tally


@dataclass(frozen=True)
class DueStatistics:
    """What comes due on each day of a period."""

    period: Period
    forecast: Forecast


@dataclass(frozen=True)
class CardStatistics:
    """How many cards were in each state at the end of each day of a period, and what is set apart now."""

    period: Period
    states: list[dict[State, int]]
    suspended: int
    buried: int
    flagged: int


def reviews(collection: Collection, deck_id: int | None, length: int) -> ReviewStatistics:
    """Count the reviews of the days that end with today. DeckNotFound."""
    period = Period.until(collection.days, collection.today, length)
    reviewed = rows.reviewed(collection, period.start, _deck(collection, deck_id))
    return ReviewStatistics(period, statistics.tally_days(period, reviewed), statistics.tally(reviewed))


def forecast(collection: Collection, deck_id: int | None, length: int) -> DueStatistics:
    """Count what comes due on the days that begin with today; what is overdue comes today. DeckNotFound."""
    period = Period.since(collection.days, collection.today, length)
    due = rows.due(collection, period.days.stop, _deck(collection, deck_id))
    return DueStatistics(period, statistics.forecast(period, due))


def cards(collection: Collection, deck_id: int | None, length: int) -> CardStatistics:
    """Count cards by state at the end of each of the days that end with today. DeckNotFound."""
    deck = _deck(collection, deck_id)
    period = Period.until(collection.days, collection.today, length)
    groups = rows.groups(collection, deck)
    moves = rows.moves(collection, period.start, deck)
    return CardStatistics(
        period=period,
        states=statistics.walk_back(period, statistics.count_states(groups), moves),
        suspended=sum(group.cards for group in groups if group.is_suspended),
        buried=sum(group.cards for group in groups if group.is_buried),
        flagged=sum(group.cards for group in groups if group.is_flagged),
    )


def standings(collection: Collection, deck_id: int) -> dict[Standing, int]:
    """Count the cards of a deck and those below it by what each counts as, once. DeckNotFound."""
    return statistics.count_standings(rows.groups(collection, decks.require(collection, deck_id)))


def _deck(collection: Collection, deck_id: int | None) -> Deck | None:
    return None if deck_id is None else decks.require(collection, deck_id)
