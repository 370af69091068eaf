"""The buckets of one worker: what only memory can do wrong. The rest is in test_buckets.py."""

import time
from concurrent.futures import ThreadPoolExecutor

from auth.buckets import Charge
from auth.gcra import Rate
from auth.own_buckets import OwnBuckets
from auth.policies import Policy
from tests.auth.limiting import Ticks

THREADS = 8
EACH = 200
# By the clock of the test, which stands still, nothing drains.
SLOW = Policy("slow", Rate(quota=1, window=1000, burst=THREADS * EACH // 2))


class Yielding(Rate):
    """A rate that lets other threads go first, between what was read and what is written."""

    def admits(self, level: int, cost: int = 1) -> bool:
        time.sleep(0)
        return super().admits(level, cost)


def test_threads_are_admitted_no_more_than_one_would_be() -> None:
    buckets = OwnBuckets(Ticks())
    policy = Policy("slow", Yielding(1, 1000, SLOW.rate.burst))

    def ask(_: int) -> int:
        return [buckets.charge([Charge(policy, "a")]).is_admitted for _ in range(EACH)].count(True)

    with ThreadPoolExecutor(THREADS) as pool:
        admitted = sum(pool.map(ask, range(THREADS)))

    assert admitted == SLOW.rate.burst


def test_the_buckets_of_one_worker_are_not_those_of_another() -> None:
    ticks = Ticks()
    here, there = OwnBuckets(ticks), OwnBuckets(ticks)

    here.charge([Charge(SLOW, "a", SLOW.rate.burst)])

    assert not here.charge([Charge(SLOW, "a")]).is_admitted
    assert there.charge([Charge(SLOW, "a")]).is_admitted


def test_another_rate_of_the_same_name_has_buckets_of_its_own() -> None:
    buckets = OwnBuckets(Ticks())
    buckets.charge([Charge(SLOW, "a", SLOW.rate.burst)])

    share = SLOW.share(2)

    assert buckets.charge([Charge(share, "a", share.rate.burst)]).is_admitted


def test_what_was_charged_before_a_memory_has_passed_counts_to_the_last_unit() -> None:
    ticks = Ticks()
    buckets = OwnBuckets(ticks)
    buckets.charge([Charge(SLOW, "a", SLOW.rate.burst)])

    for _ in range(9):
        ticks.go(SLOW.rate.memory // 10)
        buckets.charge([Charge(SLOW, "other")])
    ticks.go(SLOW.rate.memory // 10 - 1)

    assert buckets.charge([Charge(SLOW, "b"), Charge(SLOW, "a")]).levels == (1000, 1001)
