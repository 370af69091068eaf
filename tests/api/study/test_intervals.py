from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.study.fuzz import LONGEST
from api.study.intervals import Intervals
from api.study.memory import Memory, MemoryModel
from api.study.schedule import Rating
from api.study.steps import Step, back, onward

MODEL = MemoryModel()
SHORTEST = 0.0
IDEALS = st.lists(st.floats(0.001, 400_000), min_size=4, max_size=4).map(sorted)
FRACTIONS = st.floats(0, 1 - 2**-32)


def intervals(*ideal: float, least: int = 1, fraction: float = SHORTEST) -> Intervals:
    return Intervals(dict(zip(Rating, ideal, strict=True)), least, fraction)


@pytest.mark.parametrize(
    ("retention", "days"), [(0.7, 92.879), (0.8, 33.160), (0.9, 10.0), (0.95, 4.026), (0.99, 0.687)]
)
def test_a_memory_as_stable_as_ten_days_is_asked_for_when_recall_has_fallen_so_far(
    retention: float, days: float
) -> None:
    assert MODEL.interval(Memory(stability=10.0, difficulty=5.0), retention) == pytest.approx(days, abs=0.001)


def test_no_memory_is_more_stable_than_a_hundred_years() -> None:
    after = MODEL.after(Memory(stability=36_000.0, difficulty=1.0), Rating.EASY, elapsed=36_000)

    assert after.stability == 36_500


@pytest.mark.parametrize(
    ("ideal", "last", "expected"),
    [
        # Each better rating adds a day, whatever FSRS finds.
        ((1.0, 1.0, 1.0, 1.0), 1, (1, 1, 2, 3)),
        ((1.0, 10.0, 10.0, 10.0), 10, (1, 10, 11, 12)),
        # Where FSRS finds a longer interval than the last, fuzz does not take that back.
        ((1.0, 7.0, 50.0, 90.0), 6, (1, 7, 46, 84)),
        ((1.0, 7.0, 50.0, 90.0), 49, (1, 5, 50, 84)),
        # Where it finds the same or less, fuzz alone makes none shorter; but what is much less is so.
        ((1.0, 7.0, 50.0, 90.0), 9, (1, 9, 46, 84)),
        ((1.0, 7.0, 50.0, 90.0), 10, (1, 5, 46, 84)),
        # Without steps to relearn it in, a card that was forgotten is due in days, which no fuzz changes.
        ((4.6, 9.0, 50.0, 90.0), 1, (5, 7, 46, 84)),
    ],
)
def test_intervals_grow_from_rating_to_rating_and_from_review_to_review(
    ideal: tuple[float, ...], last: int, expected: tuple[int, ...]
) -> None:
    assert tuple(intervals(*ideal).of_review(last).values()) == expected


@pytest.mark.parametrize(
    ("ideal", "expected"),
    [
        ((0.1, 0.2, 0.3, 0.4), (1, 1, 1, 2)),
        ((0.2, 1.3, 2.3, 8.3), (1, 1, 2, 6)),
        ((2.6, 2.6, 2.6, 2.6), (2, 2, 2, 3)),
    ],
)
def test_a_graduating_card_waits_a_day_at_least_and_after_easy_one_more(
    ideal: tuple[float, ...], expected: tuple[int, ...]
) -> None:
    assert tuple(intervals(*ideal).graduating().values()) == expected


def test_no_interval_is_longer_than_a_hundred_years() -> None:
    longest = intervals(90_000.0, 90_000.0, 90_000.0, 90_000.0, least=LONGEST)

    assert set(longest.of_review(LONGEST).values()) == {LONGEST}
    assert set(longest.graduating().values()) == {LONGEST}


@given(IDEALS, st.integers(0, 40_000), st.integers(1, 4), FRACTIONS)
def test_a_better_rating_never_has_the_shorter_interval(
    ideal: list[float], last: int, least: int, fraction: float
) -> None:
    found = intervals(*ideal, least=least, fraction=fraction)

    for each in (list(found.of_review(last).values()), list(found.graduating().values())):
        assert each == sorted(each)
        assert least <= each[0]
        assert each[-1] <= LONGEST
        assert each[-1] == LONGEST or each[-1] > each[-2]


def minutes(*steps: float) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=step) for step in steps)


@pytest.mark.parametrize(
    ("steps", "index", "waits"),
    [
        ((1, 10), 0, [(0, 1), (0, 5.5), (1, 10)]),
        ((1, 10), 1, [(0, 1), (1, 10)]),
        ((10,), 0, [(0, 10), (0, 15)]),
        ((1440,), 0, [(0, 1440), (0, 2160)]),
        ((5, 20, 60), 0, [(0, 5), (0, 12.5), (1, 20)]),
        ((5, 20, 60), 1, [(0, 5), (1, 20), (2, 60)]),
        ((5, 20, 60), 2, [(0, 5), (2, 60)]),
        ((), 0, []),
        # There were more steps when the card came to its fourth.
        ((5, 20), 3, [(0, 5), (1, 20)]),
    ],
)
def test_again_begins_anew_hard_stays_and_good_goes_on(
    steps: tuple[float, ...], index: int, waits: list[tuple[int, float]]
) -> None:
    expected = [Step(step, timedelta(minutes=wait)) for step, wait in waits]

    assert list(onward(minutes(*steps), index).values()) == expected


def test_only_what_was_forgotten_is_relearnt() -> None:
    assert back(minutes(10, 20)) == {Rating.AGAIN: Step(0, timedelta(minutes=10))}
    assert back(()) == {}
