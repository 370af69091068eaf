"""What was studied, what comes due and how cards came to stand where they do, by study day."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from typing import TypeVar

from api.study.days import StudyDays
from api.study.schedule import Rating, State

QUARTER = timedelta(minutes=15)
"""What is counted is counted by quarter hours: in every time zone, a study day is made of whole ones."""

_FIRST_DATE = date(1970, 1, 1)
_MATURE_DAYS = 21


@dataclass(frozen=True)
class Period:
    """Consecutive study days of a calendar."""

    calendar: StudyDays
    days: range

    @classmethod
    def until(cls, calendar: StudyDays, today: int, length: int) -> "Period":
        """Return the days that end with today."""
        return cls(calendar, range(today - length + 1, today + 1))

    @classmethod
    def since(cls, calendar: StudyDays, today: int, length: int) -> "Period":
        """Return the days that begin with today."""
        return cls(calendar, range(today, today + length))

    @property
    def start(self) -> datetime:
        """The instant the first day begins."""
        return self._starts[0]

    @property
    def end(self) -> datetime:
        """The instant the last day has ended."""
        return self.calendar.start_of(self.days.stop)

    @property
    def dates(self) -> list[date]:
        """The dates of the days, each that of the day's morning."""
        return [_FIRST_DATE + timedelta(days=day) for day in self.days]

    def place_of(self, instant: datetime) -> int:
        """Return which of the days an instant belongs to, from 0: the first if it is earlier, the last if later."""
        return max(0, bisect_right(self._starts, instant) - 1)

    @cached_property
    def _starts(self) -> list[datetime]:
        return [self.calendar.start_of(day) for day in self.days]


@dataclass(frozen=True)
class Reviewed:
    """Reviews of one quarter hour with one rating, of cards that were in one state before."""

    quarter: datetime
    state_before: State
    rating: Rating
    reviews: int
    duration_ms: int


@dataclass(frozen=True)
class Tally:
    """Reviews by the state before and by rating, and how long they took."""

    reviews: Mapping[State, int]
    ratings: Mapping[Rating, int]
    time_ms: int
    retention: float | None
    """Which share of the reviews of cards in review remembered; None without one."""


@dataclass(frozen=True)
class Move:
    """Cards that went from one state to another in one quarter hour; None before they were added, or once deleted."""

    quarter: datetime
    before: State | None
    after: State | None
    cards: int


@dataclass(frozen=True)
class Due:
    """Cards in one state that come due on one study day."""

    day: int
    state: State
    cards: int


@dataclass(frozen=True)
class Forecast:
    """How many cards come due on each day, in review and in learning, and how many of both until its end."""

    due: list[int]
    learning: list[int]

    @property
    def cumulative(self) -> list[int]:
        """How many come due from the first day until the end of each."""
        return list(accumulate(map(sum, zip(self.due, self.learning, strict=True))))


class Standing(StrEnum):
    """What a card counts as in its deck: the first of these that it is."""

    SUSPENDED = "suspended"
    BURIED = "buried"
    NEW = "new"
    LEARNING = "learning"
    RELEARNING = "relearning"
    MATURE = "mature"
    YOUNG = "young"


@dataclass(frozen=True)
class CardGroup:
    """Cards that have all this in common. The interval, in study days, is 0 for those that have none."""

    state: State
    is_suspended: bool
    is_buried: bool
    is_flagged: bool
    interval_days: int
    cards: int

    @property
    def standing(self) -> Standing:
        """What these cards count as."""
        if self.is_suspended:
            return Standing.SUSPENDED
        if self.is_buried:
            return Standing.BURIED
        if self.state is not State.REVIEW:
            return Standing(self.state.value)
        return Standing.MATURE if self.interval_days >= _MATURE_DAYS else Standing.YOUNG


def tally(reviewed: Iterable[Reviewed]) -> Tally:
    """Add up reviews."""
    states, ratings, in_review = Counter[State](), Counter[Rating](), Counter[Rating]()
    time_ms = 0
    for group in reviewed:
        states[group.state_before] += group.reviews
        ratings[group.rating] += group.reviews
        if group.state_before is State.REVIEW:
            in_review[group.rating] += group.reviews
        time_ms += group.duration_ms
    return Tally(
        reviews={state: states[state] for state in State},
        ratings={rating: ratings[rating] for rating in Rating},
        time_ms=time_ms,
        retention=_retention(in_review),
    )


def tally_days(period: Period, reviewed: Iterable[Reviewed]) -> list[Tally]:
    """Add up the reviews of each day."""
    return [tally(groups) for groups in _by_day(period, reviewed)]


def forecast(period: Period, due: Iterable[Due]) -> Forecast:
    """Count what comes due on each day; what is overdue comes on the first."""
    found = Forecast([0] * len(period.days), [0] * len(period.days))
    for group in due:
        place = max(0, group.day - period.days.start)
        if place < len(period.days):
            (found.due if group.state is State.REVIEW else found.learning)[place] += group.cards
    return found


def walk_back(period: Period, present: Mapping[State, int], moves: Iterable[Move]) -> list[dict[State, int]]:
    """Return how many cards were in each state at the end of each day: as at present, with later moves taken back."""
    counts: Counter[State | None] = Counter(present)
    ends = []
    for moved in reversed(_by_day(period, moves)):
        ends.append({state: counts[state] for state in State})
        for move in moved:
            counts[move.after] -= move.cards
            counts[move.before] += move.cards
    return ends[::-1]


def count_states(groups: Iterable[CardGroup]) -> dict[State, int]:
    """Count cards by state."""
    counts = Counter[State]()
    for group in groups:
        counts[group.state] += group.cards
    return {state: counts[state] for state in State}


def count_standings(groups: Iterable[CardGroup]) -> dict[Standing, int]:
    """Count cards by what they count as, each once."""
    counts = Counter[Standing]()
    for group in groups:
        counts[group.standing] += group.cards
    return {standing: counts[standing] for standing in Standing}


_Timed = TypeVar("_Timed", Reviewed, Move)


def _by_day(period: Period, timed: Iterable[_Timed]) -> list[list[_Timed]]:
    days: list[list[_Timed]] = [[] for _ in period.days]
    for one in timed:
        days[period.place_of(one.quarter)].append(one)
    return days


def _retention(in_review: Counter[Rating]) -> float | None:
    total = in_review.total()
    return None if total == 0 else 1 - in_review[Rating.AGAIN] / total
