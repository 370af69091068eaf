from auth.gcra import Rate
from auth.levels import Levels

RATE = Rate(quota=10, window=1_000, burst=10)


def test_a_level_drains_as_time_goes_by() -> None:
    levels = Levels(RATE, lifetime=1_000)
    levels.put("a", 5_000, now=100)

    assert [levels.level("a", now) for now in (100, 200, 600, 700)] == [5_000, 4_000, 0, 0]
    assert levels.level("b", 100) == 0


def test_a_level_is_remembered_for_its_lifetime_whatever_else_is_put() -> None:
    levels = Levels(RATE, lifetime=1_000)
    levels.put("a", 100_000, now=999)
    levels.put("b", 1_000, now=1_500)

    assert levels.level("a", 1_999) == 90_000


def test_what_was_put_two_lifetimes_ago_is_forgotten() -> None:
    levels = Levels(RATE, lifetime=1_000)
    levels.put("a", 100_000, now=0)
    for now in (1_000, 2_000):
        levels.put("b", 1_000, now)

    assert levels.level("a", 2_000) == 0


def test_of_two_levels_the_higher_is_remembered() -> None:
    levels = Levels(RATE, lifetime=1_000)
    levels.put("a", 5_000, now=100)
    levels.put_higher([("a", 4_000), ("b", 3_000)], now=100)
    levels.put_higher([("b", 6_000)], now=100)

    assert (levels.level("a", 100), levels.level("b", 100)) == (5_000, 6_000)
