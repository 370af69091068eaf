from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from api.study.days import StudyDays
from api.study.fuzz import LONGEST
from api.study.options import StudyOptions
from api.study.schedule import Rating, Schedule, State
from api.study.scheduler import Scheduler

CARD = 1_795_000_000_000

ZONES = ["UTC", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"]
# Nights on which clocks were changed, or a date was skipped, somewhere of these.
NIGHTS = ["2011-12-30", "2018-02-18", "2018-11-04", "2026-03-08", "2026-04-05", "2026-10-04", "2026-11-01"]
STEPS = st.lists(st.integers(1, 1440), max_size=10).map(lambda them: tuple(timedelta(minutes=m) for m in sorted(them)))
SCHEDULERS = st.builds(
    Scheduler,
    st.builds(StudyDays, st.sampled_from(ZONES).map(ZoneInfo), st.integers(0, 23)),
    st.builds(StudyOptions, desired_retention=st.floats(0.7, 0.99), learning_steps=STEPS, relearning_steps=STEPS),
)
STARTS = st.builds(
    lambda night, minute: datetime.fromisoformat(night).replace(tzinfo=UTC) + timedelta(minutes=minute),
    st.sampled_from(NIGHTS),
    st.integers(-60 * 24, 60 * 24),
)
# Most of them soon after another; a clock may have been set back by an hour.
GAPS = st.one_of(st.integers(-60, 60 * 30), st.integers(0, 60 * 24 * 400)).map(lambda m: timedelta(minutes=m))
HISTORIES = st.lists(st.tuples(st.sampled_from(Rating), GAPS), max_size=8)


def after(history: list[tuple[Rating, timedelta]], now: datetime, scheduler: Scheduler) -> tuple[Schedule, datetime]:
    schedule = Schedule()
    for rating, gap in history:
        now += gap
        schedule = scheduler.review(schedule, rating, now, CARD)
    return schedule, now


@settings(max_examples=150)
@given(SCHEDULERS, HISTORIES, STARTS)
def test_no_card_is_due_in_the_past_and_a_better_rating_never_comes_back_sooner(
    scheduler: Scheduler, history: list[tuple[Rating, timedelta]], start: datetime
) -> None:
    schedule, now = after(history, start, scheduler)

    outcomes = scheduler.outcomes(schedule, now, CARD)

    dues = [outcome.due(scheduler.days) or now for outcome in outcomes.values()]
    assert all(due > now for due in dues)
    assert dues == sorted(dues)


@settings(max_examples=100)
@given(SCHEDULERS, HISTORIES, STARTS)
def test_a_card_rests_on_a_step_or_for_days(
    scheduler: Scheduler, history: list[tuple[Rating, timedelta]], start: datetime
) -> None:
    schedule, now = after(history, start, scheduler)

    for outcome in scheduler.outcomes(schedule, now, CARD).values():
        if outcome.state is State.REVIEW:
            assert (outcome.step, outcome.due_at) == (None, None)
            assert 1 <= outcome.interval(scheduler.days) <= LONGEST
        else:
            assert outcome.state in {State.LEARNING, State.RELEARNING}
            assert outcome.step is not None
            assert outcome.due_day is None


@settings(max_examples=100)
@given(SCHEDULERS, HISTORIES, STARTS)
def test_of_a_card_in_review_each_better_rating_adds_a_day(
    scheduler: Scheduler, history: list[tuple[Rating, timedelta]], start: datetime
) -> None:
    schedule, now = after([(Rating.EASY, timedelta()), *history], start, scheduler)

    outcomes = scheduler.outcomes(schedule, now, CARD)

    passed = [outcomes[rating].interval(scheduler.days) for rating in (Rating.HARD, Rating.GOOD, Rating.EASY)]
    if schedule.state is State.REVIEW:
        assert all(less < more or more == LONGEST for less, more in pairwise(passed))


@given(SCHEDULERS, HISTORIES, STARTS)
def test_answering_gives_what_was_promised(
    scheduler: Scheduler, history: list[tuple[Rating, timedelta]], start: datetime
) -> None:
    schedule, now = after(history, start, scheduler)

    promised = scheduler.outcomes(schedule, now, CARD)

    again = Scheduler(scheduler.days, scheduler.options)
    assert {rating: again.review(schedule, rating, now, CARD) for rating in Rating} == promised
