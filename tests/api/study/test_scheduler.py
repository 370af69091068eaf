from datetime import UTC, datetime, timedelta

import pytest

from api.study.days import StudyDays
from api.study.options import StudyOptions
from api.study.schedule import Rating, Schedule, State
from api.study.scheduler import Scheduler
from tests.clocks import NOON

SCHEDULER = Scheduler(StudyDays())
CARD = 1_795_000_000_000


def after(
    history: list[tuple[Rating, timedelta]], start: datetime = NOON, scheduler: Scheduler = SCHEDULER
) -> tuple[Schedule, datetime]:
    schedule, now = Schedule(), start
    for rating, gap in history:
        now += gap
        schedule = scheduler.review(schedule, rating, now, CARD)
    return schedule, now


def minutes(*steps: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=step) for step in steps)


@pytest.mark.parametrize(
    ("rating", "step", "wait"),
    [
        (Rating.AGAIN, 0, timedelta(minutes=1)),
        (Rating.HARD, 0, timedelta(minutes=5, seconds=30)),
        (Rating.GOOD, 1, timedelta(minutes=10)),
    ],
)
def test_a_new_card_takes_its_learning_steps(rating: Rating, step: int, wait: timedelta) -> None:
    schedule = SCHEDULER.review(Schedule(), rating, NOON, CARD)

    assert (schedule.state, schedule.step) == (State.LEARNING, step)
    assert (schedule.due_at, schedule.due_day) == (NOON + wait, None)


def test_an_easy_new_card_is_due_in_about_eight_study_days() -> None:
    schedules = [SCHEDULER.review(Schedule(), Rating.EASY, NOON, card_id) for card_id in range(100)]

    assert all(schedule.state is State.REVIEW and schedule.due_at is None for schedule in schedules)
    assert {schedule.interval(SCHEDULER.days) for schedule in schedules} == {6, 7, 8, 9, 10}


def test_a_card_without_learning_steps_is_in_review_at_once() -> None:
    scheduler = Scheduler(StudyDays(), StudyOptions(learning_steps=()))

    outcomes = scheduler.outcomes(Schedule(), NOON, CARD).values()

    assert {outcome.state for outcome in outcomes} == {State.REVIEW}
    assert [outcome.interval(scheduler.days) for outcome in outcomes][:3] == [1, 1, 2]


def test_at_the_very_beginning_of_a_study_day_a_card_without_steps_is_due_on_the_next() -> None:
    scheduler = Scheduler(StudyDays(), StudyOptions(learning_steps=()))
    four = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)

    again = scheduler.review(Schedule(), Rating.AGAIN, four, CARD)

    assert again.due(scheduler.days) == four + timedelta(days=1)


def test_a_forgotten_card_takes_its_relearning_steps_and_goes_back_to_review() -> None:
    scheduler = Scheduler(StudyDays(), StudyOptions(relearning_steps=minutes(10, 60)))
    learnt, now = after([(Rating.EASY, timedelta()), (Rating.AGAIN, timedelta(days=8))], scheduler=scheduler)

    good, easy = (scheduler.review(learnt, rating, now, CARD) for rating in (Rating.GOOD, Rating.EASY))

    assert (learnt.state, learnt.step, learnt.due_at) == (State.RELEARNING, 0, now + timedelta(minutes=10))
    assert (good.state, good.step, good.due_at) == (State.RELEARNING, 1, now + timedelta(minutes=60))
    assert (easy.state, easy.step, easy.due_at) == (State.REVIEW, None, None)


def test_a_forgotten_card_without_relearning_steps_stays_in_review() -> None:
    scheduler = Scheduler(StudyDays(), StudyOptions(relearning_steps=()))

    schedule, _ = after([(Rating.EASY, timedelta()), (Rating.AGAIN, timedelta(days=8))], scheduler=scheduler)

    assert (schedule.state, schedule.lapses) == (State.REVIEW, 1)
    assert schedule.interval(scheduler.days) >= 1


def test_good_grows_an_interval_by_more_than_a_day() -> None:
    gaps = [timedelta(), timedelta(minutes=10), timedelta(days=3), timedelta(days=11)]

    learnt, _ = after([(Rating.GOOD, gap) for gap in gaps])

    assert learnt.interval(SCHEDULER.days) > 20


def test_a_higher_retention_brings_a_card_back_sooner() -> None:
    careful = Scheduler(StudyDays(), StudyOptions(desired_retention=0.97))
    learnt, now = after([(Rating.EASY, timedelta()), (Rating.GOOD, timedelta(days=8))])

    sooner = careful.review(learnt, Rating.GOOD, now + timedelta(days=30), CARD)
    later = SCHEDULER.review(learnt, Rating.GOOD, now + timedelta(days=30), CARD)

    assert sooner.stability == later.stability
    assert sooner.interval(careful.days) < later.interval(careful.days) / 2


def test_days_are_calendar_days_and_not_blocks_of_24_hours() -> None:
    evening = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    learnt = SCHEDULER.review(Schedule(), Rating.EASY, evening, CARD)

    early = SCHEDULER.review(learnt, Rating.GOOD, datetime(2026, 12, 1, 5, 0, tzinfo=UTC), CARD)
    late = SCHEDULER.review(learnt, Rating.GOOD, datetime(2026, 12, 2, 3, 0, tzinfo=UTC), CARD)

    assert early.stability == late.stability
    assert early.due_day == late.due_day


def test_a_step_across_the_beginning_of_a_study_day_is_still_a_step() -> None:
    scheduler = Scheduler(StudyDays(), StudyOptions(learning_steps=minutes(60, 1440)))

    schedule = scheduler.review(Schedule(), Rating.GOOD, NOON, CARD)

    assert (schedule.due_at, schedule.due_day) == (NOON + timedelta(days=1), None)


def test_minutes_before_a_new_day_a_better_rating_does_not_come_back_sooner() -> None:
    almost_four = datetime(2026, 11, 24, 3, 55, tzinfo=UTC)
    history = [(Rating.AGAIN, timedelta()), (Rating.GOOD, timedelta(minutes=1)), (Rating.AGAIN, timedelta(minutes=10))]
    schedule, now = after([*history, (Rating.GOOD, timedelta(minutes=1))], almost_four - timedelta(minutes=12))

    outcomes = SCHEDULER.outcomes(schedule, now, CARD)

    assert now == almost_four

    assert outcomes[Rating.HARD].due(SCHEDULER.days) == datetime(2026, 11, 24, 4, 5, tzinfo=UTC)
    assert outcomes[Rating.GOOD].due(SCHEDULER.days) == datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


def test_a_day_and_a_half_after_hard_is_not_outrun_by_good() -> None:
    scheduler = Scheduler(StudyDays(), StudyOptions(learning_steps=minutes(1440)))
    forgotten, now = after([(Rating.AGAIN, timedelta())] * 4, scheduler=scheduler)

    outcomes = scheduler.outcomes(forgotten, now, CARD)

    assert outcomes[Rating.HARD].due_at == now + timedelta(hours=36)
    assert outcomes[Rating.GOOD].interval(scheduler.days) == 2


def test_only_a_forgotten_review_is_a_lapse() -> None:
    learning = SCHEDULER.review(Schedule(), Rating.AGAIN, NOON, CARD)
    learnt = SCHEDULER.review(Schedule(), Rating.EASY, NOON, CARD)

    outcomes = SCHEDULER.outcomes(learnt, NOON + timedelta(days=8), CARD)

    assert learning.lapses == 0
    assert {rating: outcome.lapses for rating, outcome in outcomes.items() if outcome.lapses} == {Rating.AGAIN: 1}


def test_a_card_in_review_without_memory_is_remembered_as_if_new() -> None:
    imported = Schedule(state=State.REVIEW, due_day=SCHEDULER.days.day_of(NOON))

    outcomes = SCHEDULER.outcomes(imported, NOON, CARD)

    new = SCHEDULER.outcomes(Schedule(), NOON, CARD)
    assert [each.stability for each in outcomes.values()] == [each.stability for each in new.values()]
    assert outcomes[Rating.AGAIN].state is State.RELEARNING


def test_a_clock_that_was_set_back_makes_no_time_negative() -> None:
    today = StudyDays().day_of(NOON)
    schedule = Schedule(state=State.REVIEW, reviewed_at=NOON, due_day=today - 1)

    assert schedule.elapsed(StudyDays(), NOON - timedelta(days=2)) == 0
    assert schedule.interval(StudyDays()) == 0


def test_a_new_card_is_due_at_no_instant() -> None:
    assert Schedule().due(StudyDays()) is None
    assert Schedule().interval(StudyDays()) == 0


def test_cards_learnt_together_are_kept_apart_and_each_has_the_same_luck_whatever_the_rating() -> None:
    learnt, now = after([(Rating.EASY, timedelta()), (Rating.GOOD, timedelta(days=8))])
    later = now + timedelta(days=30)

    by_card = [SCHEDULER.outcomes(learnt, later, card_id) for card_id in range(200)]

    pairs = sorted(
        (each[Rating.GOOD].interval(SCHEDULER.days), each[Rating.EASY].interval(SCHEDULER.days)) for each in by_card
    )
    assert len({good for good, _ in pairs}) > 5
    assert [easy for _, easy in pairs] == sorted(easy for _, easy in pairs)
