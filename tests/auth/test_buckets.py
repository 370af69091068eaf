"""What buckets promise, whoever keeps them: Redis' script by the test's clock, or the memory of a worker."""

from collections.abc import Iterator

import pytest

from auth.buckets import Buckets, Charge
from auth.gcra import Rate
from auth.own_buckets import OwnBuckets
from auth.policies import Policy, Standing
from tests import redis_process
from tests.auth.limiting import ClockedBuckets, Ticks, linked
from tests.redis_process import RedisProcess

FEW = Policy("few", Rate(quota=10, window=1000, burst=2))
MANY = Policy("many", Rate(quota=10, window=1000, burst=5))
REQUEST = 1000  # What one adds to a level, and what drains in 100 ms.


@pytest.fixture(scope="module")
def server() -> Iterator[RedisProcess]:
    with redis_process.running("--appendonly", "no") as server:
        yield server


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture(params=["redis", "own"])
def buckets(request: pytest.FixtureRequest, ticks: Ticks) -> Iterator[Buckets]:
    if request.param == "own":
        yield OwnBuckets(ticks)
        return
    with linked(request.getfixturevalue("server")) as link:
        shared = ClockedBuckets(link, ticks)
        shared.wipe()
        yield shared


def take(buckets: Buckets, *charges: Charge) -> bool:
    return buckets.charge(charges).is_admitted


def test_a_burst_is_admitted_and_no_more_and_each_is_told_the_level(buckets: Buckets) -> None:
    charged = [buckets.charge([Charge(FEW, "a")]) for _ in range(3)]

    assert [one.is_admitted for one in charged] == [True, True, False]
    assert [one.levels for one in charged] == [(REQUEST,), (2 * REQUEST,), (2 * REQUEST,)]


def test_one_more_is_admitted_once_it_has_drained_and_not_a_millisecond_before(buckets: Buckets, ticks: Ticks) -> None:
    buckets.charge([Charge(FEW, "a", 2)])

    ticks.go(99)
    assert not take(buckets, Charge(FEW, "a"))
    ticks.go(1)
    assert take(buckets, Charge(FEW, "a"))
    assert not take(buckets, Charge(FEW, "a"))


def test_buckets_and_policies_do_not_know_of_each_other(buckets: Buckets) -> None:
    assert take(buckets, Charge(FEW, "a", 2))

    assert take(buckets, Charge(FEW, "b", 2))
    assert take(buckets, Charge(MANY, "a", 5))


@pytest.mark.parametrize("place", [0, 1, 2])
def test_where_one_policy_refuses_nothing_is_charged_to_any(buckets: Buckets, place: int) -> None:
    full = Charge(FEW, "full", 2)
    others = [Charge(MANY, "a"), Charge(MANY, "b")]
    buckets.charge([full])

    refused = buckets.charge([*others[:place], full, *others[place:]])

    expected = [0, 0, 0]
    expected[place] = 2 * REQUEST
    assert (refused.is_admitted, list(refused.levels)) == (False, expected)
    assert buckets.charge([Charge(MANY, "a", 5), Charge(MANY, "b", 5)]).levels == (5 * REQUEST, 5 * REQUEST)


def test_several_are_charged_at_once_and_told_in_their_order(buckets: Buckets) -> None:
    charges = [Charge(MANY, "a", 3), Charge(FEW, "a", 1), Charge(MANY, "b", 2)]

    charged = buckets.charge(charges)

    assert charged.levels == (3 * REQUEST, REQUEST, 2 * REQUEST)
    assert charged.standings(charges) == [
        Standing(MANY, 3 * REQUEST),
        Standing(FEW, REQUEST),
        Standing(MANY, 2 * REQUEST),
    ]


def test_what_is_taken_back_may_be_had_again(buckets: Buckets) -> None:
    buckets.charge([Charge(FEW, "a", 2), Charge(MANY, "a", 4)])

    taken = buckets.take_back([Charge(FEW, "a", 2), Charge(MANY, "a", 1)])

    assert (taken.is_admitted, taken.levels) == (True, (0, 3 * REQUEST))
    assert take(buckets, Charge(FEW, "a", 2), Charge(MANY, "a", 2))


def test_taking_back_more_than_there_is_leaves_nothing_and_no_credit(buckets: Buckets, ticks: Ticks) -> None:
    buckets.charge([Charge(FEW, "a")])
    ticks.go(50)

    assert buckets.take_back([Charge(FEW, "a")]).levels == (0,)
    assert buckets.take_back([Charge(FEW, "new", 3)]).levels == (0,)
    assert not take(buckets, Charge(FEW, "a", 3))


def test_taking_back_from_what_was_emptied_does_not_bring_back_an_older_level(buckets: Buckets, ticks: Ticks) -> None:
    slow = Policy("slow", Rate(quota=1, window=1000, burst=10))
    buckets.charge([Charge(slow, "a", 10)])
    ticks.go(9500)
    buckets.charge([Charge(slow, "a")])

    assert buckets.take_back([Charge(slow, "a", 2)]).levels == (0,)

    assert buckets.charge([Charge(slow, "a")]).levels == (1000,)


def test_a_bucket_is_remembered_until_it_is_empty_whenever_it_is_looked_at(buckets: Buckets, ticks: Ticks) -> None:
    slow = Policy("slow", Rate(quota=3, window=1000, burst=10))
    level = 0
    for _ in range(30):
        level = max(0, level - 3 * 333 * 5) + 5000
        assert buckets.charge([Charge(slow, "a", 5)]).levels == (level,)
        ticks.go(333 * 5)

    ticks.go(slow.rate.memory)

    assert buckets.charge([Charge(slow, "a", 10)]).levels == (10_000,)


def test_the_largest_policies_are_counted_to_the_unit(buckets: Buckets, ticks: Ticks) -> None:
    day = 86_400_000
    wide = Policy("wide", Rate(25_000, day, 25_000).scaled(20, 60))
    odd = Policy("odd", Rate(24_999, day, 25_000))

    for step in (1, 3, day - 7):
        before = buckets.charge([Charge(wide, "a", 999), Charge(odd, "a", 15_001)])
        ticks.go(step)
        after = buckets.charge([Charge(wide, "a"), Charge(odd, "a")])
        changes = [new - old for new, old in zip(after.levels, before.levels, strict=True)]
        assert changes[0] == wide.rate.window - min(before.levels[0], step * wide.rate.quota)
        assert changes[1] == odd.rate.window - min(before.levels[1], step * odd.rate.quota)
