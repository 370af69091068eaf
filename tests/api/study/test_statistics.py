from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.study.days import StudyDays
from api.study.schedule import Rating, State
from api.study.statistics import (
    CardGroup,
    Due,
    Move,
    Period,
    Reviewed,
    Standing,
    count_standings,
    forecast,
    tally,
    tally_days,
    walk_back,
)

ZONES = ["UTC", "Asia/Kathmandu", "America/Sao_Paulo", "Europe/Lisbon", "Australia/Lord_Howe"]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUARTERS = st.integers(0, 4 * 24 * 9).map(lambda number: NOW - timedelta(minutes=15 * number))


def period(zone: str = "UTC", length: int = 10) -> Period:
    days = StudyDays(ZoneInfo(zone))
    return Period.until(days, days.day_of(NOW), length)


def card(state: State = State.REVIEW, interval: int = 0, **more: bool) -> CardGroup:
    flags = {"is_suspended": False, "is_buried": False, "is_flagged": False, **more}
    return CardGroup(state=state, interval_days=interval, cards=1, **flags)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("around", [datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)])
def test_every_day_of_a_period_is_there_once_also_where_clocks_change(zone: str, around: datetime) -> None:
    days = StudyDays(ZoneInfo(zone))

    dates = Period.until(days, days.day_of(around), 7).dates

    assert len(dates) == 7
    assert [after - before for before, after in pairwise(dates)] == [timedelta(days=1)] * 6


def test_the_last_day_of_a_period_is_today() -> None:
    assert period(length=3).dates[-1].isoformat() == "2026-11-23"


REVIEWED = st.builds(
    Reviewed, QUARTERS, st.sampled_from(State), st.sampled_from(Rating), st.integers(1, 5), st.integers(0, 9999)
)


@given(zone=st.sampled_from(ZONES), reviewed=st.lists(REVIEWED))
def test_the_days_add_up_to_the_whole(zone: str, reviewed: list[Reviewed]) -> None:
    days, whole = tally_days(period(zone), reviewed), tally(reviewed)

    assert sum((Counter(day.reviews) for day in days), Counter()) == +Counter(whole.reviews)
    assert sum((Counter(day.ratings) for day in days), Counter()) == +Counter(whole.ratings)
    assert sum(day.time_ms for day in days) == whole.time_ms


def test_retention_is_the_share_of_learnt_cards_that_were_remembered() -> None:
    reviewed = [
        Reviewed(NOW, State.REVIEW, Rating.GOOD, 3, 0),
        Reviewed(NOW, State.REVIEW, Rating.AGAIN, 1, 0),
        Reviewed(NOW, State.NEW, Rating.AGAIN, 10, 0),
    ]

    assert tally(reviewed).retention == 0.75
    assert tally(reviewed[2:]).retention is None


def test_what_is_overdue_comes_today_and_what_comes_later_is_left_out() -> None:
    coming = Period.since(StudyDays(), 100, 3)

    found = forecast(
        coming,
        [Due(90, State.REVIEW, 2), Due(101, State.REVIEW, 1), Due(102, State.LEARNING, 4), Due(103, State.REVIEW, 9)],
    )

    assert (found.due, found.learning, found.cumulative) == ([2, 1, 0], [0, 0, 4], [2, 3, 7])


@pytest.mark.parametrize(
    ("group", "standing"),
    [
        (card(State.NEW), Standing.NEW),
        (card(State.LEARNING), Standing.LEARNING),
        (card(State.RELEARNING), Standing.RELEARNING),
        (card(interval=20), Standing.YOUNG),
        (card(interval=21), Standing.MATURE),
        (card(interval=99, is_buried=True), Standing.BURIED),
        (card(State.NEW, is_suspended=True, is_buried=True), Standing.SUSPENDED),
    ],
)
def test_a_card_counts_once(group: CardGroup, standing: Standing) -> None:
    assert +Counter(count_standings([group])) == {standing: 1}


HISTORIES = st.lists(st.lists(st.tuples(QUARTERS, st.sampled_from([*State, None])), max_size=6))


def moves_of(history: list[tuple[datetime, State | None]]) -> list[Move]:
    moves, before = [], None
    for quarter, after in sorted(history, key=lambda step: step[0]):
        if before != after:
            moves.append(Move(quarter, before, after, 1))
        before = after
    return moves


def state_at(moves: list[Move], instant: datetime) -> State | None:
    return next((move.after for move in reversed(moves) if move.quarter < instant), None)


@given(zone=st.sampled_from(ZONES), histories=HISTORIES)
def test_walking_back_finds_where_every_card_stood(
    zone: str, histories: list[list[tuple[datetime, State | None]]]
) -> None:
    days, cards = period(zone), [moves_of(history) for history in histories]
    end = days.end

    present = Counter(state for moves in cards if (state := state_at(moves, end)) is not None)
    found = walk_back(days, present, [move for moves in cards for move in moves])

    for day, counts in zip(days.days, found, strict=True):
        then = days.calendar.start_of(day + 1)
        standing = (state_at(moves, then) for moves in cards)
        assert +Counter(counts) == Counter(state for state in standing if state is not None)
