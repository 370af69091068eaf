from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.study.days import StudyDays
from api.study.schedule import Rating, Schedule, State
from api.study.scheduler import Scheduler
from tests.clocks import NOON

SCHEDULER = Scheduler(StudyDays())
HISTORY = st.lists(st.tuples(st.sampled_from(Rating), st.integers(0, 60 * 24 * 40)), max_size=12)


def after(history: list[tuple[Rating, int]]) -> tuple[Schedule, datetime]:
    schedule, now = Schedule(), NOON
    for rating, minutes in history:
        now += timedelta(minutes=minutes)
        schedule = SCHEDULER.review(schedule, rating, now)
    return schedule, now


@pytest.mark.parametrize(
    ("rating", "state", "wait"),
    [
        (Rating.AGAIN, State.LEARNING, timedelta(minutes=1)),
        (Rating.HARD, State.LEARNING, timedelta(minutes=5, seconds=30)),
        (Rating.GOOD, State.LEARNING, timedelta(minutes=10)),
    ],
)
def test_a_new_card_takes_its_learning_steps(rating: Rating, state: State, wait: timedelta) -> None:
    schedule = SCHEDULER.review(Schedule(), rating, NOON)

    assert (schedule.state, schedule.due_at, schedule.due_day) == (state, NOON + wait, None)


def test_an_easy_new_card_is_due_in_eight_study_days() -> None:
    schedule = SCHEDULER.review(Schedule(), Rating.EASY, NOON)

    assert schedule.state is State.REVIEW
    assert schedule.due_at is None
    assert schedule.due_day == SCHEDULER.days.day_of(NOON) + 8


def test_good_grows_an_interval_by_more_than_a_day() -> None:
    learnt, now = after([(Rating.GOOD, 0), (Rating.GOOD, 10), (Rating.GOOD, 60 * 24 * 3), (Rating.GOOD, 60 * 24 * 11)])
    assert learnt.due_day is not None

    assert learnt.due_day - SCHEDULER.days.day_of(now) > 20


def test_days_are_calendar_days_and_not_blocks_of_24_hours() -> None:
    evening = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    learnt = SCHEDULER.review(Schedule(), Rating.EASY, evening)

    early = SCHEDULER.review(learnt, Rating.GOOD, datetime(2026, 12, 1, 5, 0, tzinfo=UTC))
    late = SCHEDULER.review(learnt, Rating.GOOD, datetime(2026, 12, 2, 3, 0, tzinfo=UTC))

    assert early.stability == late.stability
    assert early.due_day == late.due_day


@given(HISTORY)
def test_a_card_is_never_due_in_the_past(history: list[tuple[Rating, int]]) -> None:
    schedule, now = after(history)

    for outcome in SCHEDULER.outcomes(schedule, now).values():
        due = SCHEDULER.due(outcome)
        assert due is not None
        assert due > now


@given(HISTORY)
def test_a_better_rating_never_comes_back_sooner(history: list[tuple[Rating, int]]) -> None:
    schedule, now = after(history)

    dues = [SCHEDULER.due(outcome) for outcome in SCHEDULER.outcomes(schedule, now).values()]

    assert dues == sorted(due for due in dues if due is not None)


@given(HISTORY)
def test_answering_gives_what_was_promised(history: list[tuple[Rating, int]]) -> None:
    schedule, now = after(history)

    promised = SCHEDULER.outcomes(schedule, now)

    assert all(SCHEDULER.review(schedule, rating, now) == promised[rating] for rating in Rating)


def test_minutes_before_a_new_day_a_better_rating_does_not_come_back_sooner() -> None:
    almost_four = datetime(2026, 11, 24, 3, 55, tzinfo=UTC)
    step = SCHEDULER.review(Schedule(), Rating.GOOD, almost_four - timedelta(minutes=10))

    hard, good = (SCHEDULER.due(SCHEDULER.review(step, rating, almost_four)) for rating in (Rating.HARD, Rating.GOOD))

    assert hard is not None
    assert good is not None
    assert hard == datetime(2026, 11, 24, 4, 5, tzinfo=UTC) < good


def test_only_a_forgotten_review_is_a_lapse() -> None:
    learning = SCHEDULER.review(Schedule(), Rating.AGAIN, NOON)
    learnt = SCHEDULER.review(Schedule(), Rating.EASY, NOON)
    later = NOON + timedelta(days=8)

    assert learning.lapses == 0
    assert SCHEDULER.review(learnt, Rating.HARD, later).lapses == 0
    assert SCHEDULER.review(learnt, Rating.AGAIN, later).lapses == 1
    assert SCHEDULER.review(learnt, Rating.AGAIN, later).state is State.RELEARNING


def test_a_new_card_is_due_at_no_instant() -> None:
    assert SCHEDULER.due(Schedule()) is None


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("UTC", datetime(1970, 1, 1, 4, 0, tzinfo=UTC), 0),
        ("UTC", datetime(1970, 1, 1, 3, 59, 59, tzinfo=UTC), -1),
        ("America/Sao_Paulo", datetime(2026, 11, 23, 6, 59, tzinfo=UTC), 20779),
        ("America/Sao_Paulo", datetime(2026, 11, 23, 7, 0, tzinfo=UTC), 20780),
    ],
)
def test_a_study_day_begins_at_four_where_the_user_is(zone: str, instant: datetime, day: int) -> None:
    assert StudyDays(ZoneInfo(zone)).day_of(instant) == day


@given(
    st.integers(0, 60_000),
    st.sampled_from(["UTC", "America/Sao_Paulo", "Europe/Oslo", "Asia/Kathmandu", "Pacific/Apia"]),
)
def test_a_study_day_begins_with_its_first_instant(day: int, zone: str) -> None:
    days = StudyDays(ZoneInfo(zone))

    start = days.start_of(day)

    assert days.day_of(start) == day
    assert days.day_of(start - timedelta(milliseconds=1)) < day
