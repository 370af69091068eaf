from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.study.fuzz import LONGEST, bounds, fraction, fuzzed, nearest

ALMOST_ONE = 1 - 2**-32
IDEAL = st.floats(0, 50_000)
LEAST = st.integers(1, 40_000)
FRACTION = st.floats(0, ALMOST_ONE)


@pytest.mark.parametrize(
    ("ideal", "least", "range_"),
    [
        (0.1, 1, (1, 1)),
        (1.0, 1, (1, 1)),
        (1.5, 1, (2, 2)),
        (2.49, 1, (2, 2)),
        (2.5, 1, (2, 4)),
        (2.0, 2, (2, 2)),
        (2.0, 3, (3, 4)),
        (7.0, 1, (5, 9)),
        (17.0, 1, (14, 20)),
        (20.0, 1, (17, 23)),
        (37.0, 1, (33, 41)),
        (59.0, 1, (54, 64)),
        (100.0, 101, (101, 108)),
        (36_500.0, 1, (34_673, LONGEST)),
        (50_000.0, 1, (34_673, LONGEST)),
        (3.0, 50_000, (LONGEST, LONGEST)),
    ],
)
def test_the_longer_an_interval_the_wider_its_range(ideal: float, least: int, range_: tuple[int, int]) -> None:
    assert bounds(ideal, least) == range_


@given(IDEAL, LEAST, FRACTION)
def test_fuzz_stays_within_its_range(ideal: float, least: int, luck: float) -> None:
    lower, upper = bounds(ideal, least)

    assert min(least, LONGEST) <= lower <= fuzzed(ideal, least, luck) <= upper <= LONGEST


@given(IDEAL, IDEAL, LEAST, FRACTION)
def test_fuzz_never_makes_the_longer_interval_the_shorter(one: float, other: float, least: int, luck: float) -> None:
    shorter, longer = sorted((one, other))

    assert fuzzed(shorter, least, luck) <= fuzzed(longer, least, luck)


@given(IDEAL, LEAST)
def test_both_ends_of_a_range_can_be_drawn(ideal: float, least: int) -> None:
    assert (fuzzed(ideal, least, 0.0), fuzzed(ideal, least, ALMOST_ONE)) == bounds(ideal, least)


def test_every_interval_of_a_range_is_as_likely() -> None:
    drawn = Counter(fuzzed(7.0, 1, fraction(card_id, 3)) for card_id in range(5_000))

    assert sorted(drawn) == [5, 6, 7, 8, 9]
    assert all(850 < times < 1150 for times in drawn.values())


def test_luck_is_the_same_for_whoever_asks_twice_and_another_at_the_next_review() -> None:
    assert fraction(1_795_000_000_000, 4) == fraction(1_795_000_000_000, 4)
    assert len({fraction(1_795_000_000_000, count) for count in range(100)}) == 100


@given(st.integers(0, 2**53 - 1), st.integers(0, 10_000))
def test_luck_is_a_fraction_of_one(card_id: int, review_count: int) -> None:
    assert 0 <= fraction(card_id, review_count) < 1


@pytest.mark.parametrize(("days", "whole"), [(0.0, 0), (0.49, 0), (0.5, 1), (1.5, 2), (2.5, 3), (2.51, 3)])
def test_half_a_day_is_rounded_up(days: float, whole: int) -> None:
    assert nearest(days) == whole
