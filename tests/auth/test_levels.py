"""What a process remembers of levels, and for how long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.gcra import Rate
from auth.levels import Levels

RATE = Rate(quota=2, window=100, burst=5)
TURN = 250  # In which a full bucket drains.
NAMES = "abcd"
PUTS = st.lists(st.tuples(st.integers(0, 200), st.sampled_from(NAMES), st.integers(0, 500)), max_size=40)


@pytest.fixture
def levels() -> Levels:
    return Levels(RATE)


def test_a_level_drains_as_time_goes_and_no_further_than_to_nothing(levels: Levels) -> None:
    levels.put("a", 300, now=1000)

    assert [levels.level("a", now) for now in (1000, 1001, 1149, 1150, 5000)] == [300, 298, 2, 0, 0]
    assert levels.level("b", 1000) == 0


def test_what_was_put_last_holds_though_it_is_less(levels: Levels) -> None:
    levels.put("a", 300, now=1000)
    levels.put("other", 1, now=1000 + TURN)

    levels.put("a", 10, now=1000 + TURN)

    assert levels.level("a", 1000 + TURN) == 10


@given(PUTS)
def test_no_level_is_forgotten_before_it_has_drained(puts: list[tuple[int, str, int]]) -> None:
    levels = Levels(RATE)
    expected = dict.fromkeys(NAMES, 0)
    now = 0

    for pause, name, level in puts:
        now += pause
        expected = {each: RATE.drained(left, pause) for each, left in expected.items()}
        levels.put(name, level, now)
        expected[name] = level
        assert {each: levels.level(each, now) for each in NAMES} == expected


def test_what_has_drained_is_forgotten_within_two_turns_of_others(levels: Levels) -> None:
    for number in range(100):
        levels.put(f"address {number}", 1, now=1000)
    for now in (1000 + TURN, 1000 + 2 * TURN):
        levels.put("other", 500, now)

    assert len(levels) == 1


def test_of_several_those_are_put_that_are_higher_than_what_is_known(levels: Levels) -> None:
    levels.put("a", 300, now=1000)
    levels.put("b", 300, now=1000)

    levels.put_higher({"a": 290, "b": 281, "c": 50}, now=1010)

    assert [levels.level(name, 1010) for name in "abc"] == [290, 281, 50]
    levels.put_higher({"a": 289, "b": 280, "c": 51}, now=1010)
    assert [levels.level(name, 1010) for name in "abc"] == [290, 281, 51]


def test_what_is_higher_in_the_turn_before_holds_too(levels: Levels) -> None:
    levels.put("a", 600, now=1000)
    levels.put("b", 1, now=1000 + TURN)

    levels.put_higher({"a": 10}, now=1000 + TURN)

    assert levels.level("a", 1000 + TURN) == 100


def test_a_level_far_beyond_full_is_kept_until_it_has_drained(levels: Levels) -> None:
    levels.put("a", 20 * TURN, now=0)
    for turn in range(1, 10):
        levels.put("b", 1, turn * TURN)

    assert levels.level("a", 9 * TURN) == 2 * TURN
