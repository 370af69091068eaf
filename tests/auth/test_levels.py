"""What a process remembers of levels, and for how long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.gcra import Rate
from auth.levels import Levels

RATE = Rate(quota=2, window=100, burst=5)
LIFETIME = 250  # In which a full bucket drains.
NAMES = "abcd"
PUTS = st.lists(st.tuples(st.integers(0, 200), st.sampled_from(NAMES), st.integers(0, 500)), max_size=40)


@pytest.fixture
def levels() -> Levels:
    return Levels(RATE, LIFETIME)


def test_a_level_drains_as_time_goes_and_no_further_than_to_nothing(levels: Levels) -> None:
    levels.put("a", 300, now=1000)

    assert [levels.level("a", now) for now in (1000, 1001, 1149, 1150, 5000)] == [300, 298, 2, 0, 0]
    assert levels.level("b", 1000) == 0


def test_what_was_put_last_holds_though_it_is_less(levels: Levels) -> None:
    levels.put("a", 300, now=1000)
    levels.put("other", 1, now=1000 + LIFETIME)

    levels.put("a", 10, now=1000 + LIFETIME)

    assert levels.level("a", 1000 + LIFETIME) == 10


@given(PUTS)
def test_no_level_is_forgotten_before_it_has_drained(puts: list[tuple[int, str, int]]) -> None:
    levels = Levels(RATE, LIFETIME)
    expected = dict.fromkeys(NAMES, 0)
    now = 0

    for pause, name, level in puts:
        now += pause
        expected = {each: RATE.drained(left, pause) for each, left in expected.items()}
        levels.put(name, level, now)
        expected[name] = level
        assert {each: levels.level(each, now) for each in NAMES} == expected


@given(PUTS, st.integers(0, 1000))
def test_what_was_put_within_a_lifetime_is_kept_and_what_was_three_ago_is_not(
    puts: list[tuple[int, str, int]], pause: int
) -> None:
    # So slow that nothing drains meanwhile: what is gone was forgotten.
    levels = Levels(Rate(quota=1, window=1, burst=10**9), LIFETIME)
    put_at: dict[str, int] = {}
    now = 5000

    for step, name, _ in [*puts, (pause, "last", 0)]:
        now += step
        levels.put(name, 10**6, now)
        put_at[name] = now

    kept = {name for name in put_at if levels.level(name, now) > 0}
    assert kept >= {name for name, then in put_at.items() if now - then < LIFETIME}
    assert kept <= {name for name, then in put_at.items() if now - then < 3 * LIFETIME}


def test_of_several_those_are_put_that_are_higher_than_what_is_known(levels: Levels) -> None:
    levels.put("a", 300, now=1000)
    levels.put("b", 300, now=1000)

    levels.put_higher([("a", 290), ("b", 281), ("c", 50)], now=1010)

    assert [levels.level(name, 1010) for name in "abc"] == [290, 281, 50]
    levels.put_higher([("a", 289), ("b", 280), ("c", 51)], now=1010)
    assert [levels.level(name, 1010) for name in "abc"] == [290, 281, 51]


def test_what_is_higher_in_the_turn_before_holds_too(levels: Levels) -> None:
    levels.put("a", 500, now=1000)
    levels.put("b", 1, now=1000 + LIFETIME)

    levels.put_higher([("a", 10)], now=1010)

    assert levels.level("a", 1010) == 480


def test_what_was_put_two_lifetimes_ago_is_forgotten_where_something_is_put_in_each() -> None:
    levels = Levels(Rate(quota=1, window=1, burst=10**9), LIFETIME)
    levels.put("a", 10**6, now=0)
    for now in (LIFETIME, 2 * LIFETIME):
        levels.put("b", 1, now)

    assert levels.level("a", 2 * LIFETIME) == 0
