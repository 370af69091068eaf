"""The amortised limiter: several workers on one real Redis, by one clock that the test moves."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.amortised_limiter import AmortisedLimiter
from auth.errors import LimitReached, QuotaExceeded
from auth.gcra import Rate
from auth.policies import Policy, Standing
from auth.redis_buckets import AT_ONCE
from auth.redis_link import RedisLink
from auth.reports import Reports
from tests import redis_process
from tests.auth.limiting import ClockedBuckets, Ticks, linked

WORKERS = 3
RATE = Rate(quota=10, window=1000, burst=5)
POLICY = Policy("api", RATE)
SETTLEMENT = 100  # Milliseconds, in which one request drains.
RUN = 500  # Settlements.


@dataclass
class Fleet:
    """Workers that share a Redis, and what they have admitted to the bucket `a` together."""

    link: RedisLink
    ticks: Ticks = field(default_factory=Ticks)
    policy: Policy = POLICY
    standings: list[Standing] = field(default_factory=list)
    refused: list[LimitReached] = field(default_factory=list)
    admitted: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shared = ClockedBuckets(self.link, self.ticks, workers=WORKERS)
        self.shared.wipe()
        self.workers = [self.another() for _ in range(WORKERS)]

    @property
    def now(self) -> int:
        return int(self.ticks.monotonic() * 1000)

    def another(self) -> AmortisedLimiter:
        reports = Reports(self.standings.extend, self.refused.append)
        return AmortisedLimiter(self.policy, self.shared, self.ticks, WORKERS, reports)

    def ask(self, worker: int, times: int = 1, bucket: str = "a") -> int:
        """Return how many of so many requests a worker admits at once."""
        count = [admits(self.workers[worker], bucket) for _ in range(times)].count(True)
        if bucket == "a":
            self.admitted += [(self.now, worker)] * count
        return count

    def settle(self, *workers: int) -> None:
        for worker in workers or range(WORKERS):
            self.workers[worker].settle()

    def told(self) -> int:
        """What Redis knows of the bucket."""
        return ClockedBuckets.settle(self.shared, self.policy, {"a": 0})[0]

    def level(self) -> int:
        """What it would know, had it been told of each request as it was admitted."""
        level, as_of = 0, 0
        for instant, _ in self.admitted:
            level = self.policy.rate.charged(self.policy.rate.drained(level, instant - as_of))
            as_of = instant
        return self.policy.rate.drained(level, self.now - as_of)


def admits(limiter: AmortisedLimiter, bucket: str = "a") -> bool:
    try:
        limiter.charge(bucket)
    except QuotaExceeded:
        return False
    return True


@pytest.fixture(scope="module")
def link() -> Iterator[RedisLink]:
    with redis_process.running("--appendonly", "no") as server, linked(server) as link:
        yield link


@pytest.fixture
def fleet(link: RedisLink) -> Fleet:
    return Fleet(link)


def test_a_worker_admits_a_burst_by_itself_and_tells_where_everybody_stands(fleet: Fleet) -> None:
    assert fleet.ask(0, times=7) == 5

    assert [one.remaining for one in fleet.standings] == [4, 3, 2, 1, 0, 0, 0]
    assert [(error.policies, error.wait) for error in fleet.refused] == [(("api",), 1)] * 2


def test_once_they_have_settled_workers_know_of_each_other(fleet: Fleet) -> None:
    fleet.ask(0, times=3)
    fleet.settle(0)
    fleet.ask(1, times=1)

    fleet.settle(1)

    assert fleet.ask(1, times=5) == 1
    assert fleet.told() == 4 * RATE.window


def test_a_bucket_that_is_known_to_be_full_is_refused_without_asking(fleet: Fleet) -> None:
    fleet.ask(0, times=5)
    fleet.settle(0)
    fleet.shared.calls.clear()

    assert fleet.ask(0, times=100) == 0

    fleet.settle(0)
    assert fleet.shared.calls == []


def test_many_buckets_are_told_in_several_goes_and_each_once(fleet: Fleet) -> None:
    buckets = [f"user-{number}" for number in range(2 * AT_ONCE + 1)]
    for bucket in buckets:
        fleet.ask(0, bucket=bucket)

    fleet.settle(0)
    fleet.settle(0)

    assert fleet.shared.calls == [AT_ONCE, AT_ONCE, 1]
    assert fleet.shared.settle(POLICY, dict.fromkeys(buckets[-5:], 0)) == [RATE.window] * 5


def test_what_is_admitted_while_redis_answers_is_kept_apart_and_told_the_next_time(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.ask(0, times=1)
    fleet.ask(1, times=2)
    fleet.settle(1)
    settle = fleet.shared.settle

    def answer_late(policy: Policy, costs: dict[str, int]) -> list[int]:
        levels = settle(policy, costs)
        fleet.ask(0, times=1)
        fleet.ticks.go(50)
        return levels

    with monkeypatch.context() as patched:
        patched.setattr(fleet.shared, "settle", answer_late)
        fleet.settle(0)

    # Three were told, one came meanwhile, and half a one has drained since: one and a half more fit.
    assert fleet.ask(0, times=5) == 1
    fleet.settle(0)
    assert fleet.told() == fleet.level() == 5 * RATE.window - 50 * RATE.quota


@pytest.mark.parametrize("seed", range(5))
def test_over_a_long_run_workers_that_are_asked_for_more_admit_exactly_the_rate(fleet: Fleet, seed: int) -> None:
    order = random.Random(seed)

    for _ in range(RUN):
        for worker in order.sample(range(WORKERS), WORKERS):
            fleet.ask(worker, times=order.randint(0, 8))
        fleet.settle(*order.sample(range(WORKERS), WORKERS))
        fleet.ticks.go(SETTLEMENT)

    drained = RUN * SETTLEMENT * RATE.quota // RATE.window
    assert drained <= len(fleet.admitted) <= drained + WORKERS * RATE.burst
    assert fleet.told() == fleet.level()


STEPS = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, WORKERS - 1), st.integers(1, 8), st.booleans()), max_size=50
)
RATES = st.builds(Rate, st.integers(1, 20), st.integers(1, 1000), st.integers(1, 6))


class Ledger:
    """The level of the bucket, that of which Redis was told, and all that each worker cannot know of yet."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self.true = self.told = 0
        self.unknown = [0] * WORKERS
        self.pending = [0] * WORKERS

    def go(self, pause: int) -> None:
        self.true, self.told = self.rate.drained(self.true, pause), self.rate.drained(self.told, pause)

    def admit(self, worker: int, count: int) -> None:
        self.true = self.rate.charged(self.true, count)
        self.pending[worker] += count
        for other in set(range(WORKERS)) - {worker}:
            self.unknown[other] = self.rate.charged(self.unknown[other], count)

    def settle(self, worker: int) -> None:
        if self.pending[worker]:
            told = self.rate.charged(self.told, self.pending[worker])
            # More is not remembered. It takes workers that settle a window late.
            self.told = min(told, (WORKERS + 1) * self.rate.memory * self.rate.quota)
            self.pending[worker] = 0
            self.unknown[worker] = self.rate.charged(0, sum(self.pending))


@given(RATES, STEPS)
def test_no_worker_admits_more_than_a_burst_above_what_it_cannot_know_and_redis_is_told_of_all(
    link: RedisLink, rate: Rate, steps: list[tuple[int, int, int, bool]]
) -> None:
    fleet = Fleet(link, policy=Policy("some", rate))
    ledger = Ledger(rate)

    for pause, worker, times, settles in steps:
        fleet.ticks.go(pause)
        ledger.go(pause)
        count = fleet.ask(worker, times)
        ledger.admit(worker, count)
        assert count == 0 or ledger.true <= rate.capacity + ledger.unknown[worker]
        if settles:
            fleet.settle(worker)
            ledger.settle(worker)
            assert fleet.told() == ledger.told


def test_without_redis_each_worker_grants_all_of_it_and_nobody_pays_for_that_later(
    fleet: Fleet, caplog: pytest.LogCaptureFixture
) -> None:
    fleet.shared.is_down = True
    for _ in range(20):
        for worker in range(WORKERS):
            fleet.ask(worker, times=2)
        fleet.settle()
        fleet.ticks.go(SETTLEMENT)
    by_worker = [[by for _, by in fleet.admitted].count(worker) for worker in range(WORKERS)]
    assert by_worker == [5 + 19] * WORKERS
    assert [vars(line)["outcome"] for line in caplog.records] == ["down"] * WORKERS

    fleet.shared.is_down = False
    fleet.ask(0)
    fleet.settle()

    assert fleet.told() == RATE.window
    fleet.ticks.go(SETTLEMENT)
    assert fleet.ask(0) == 1
    assert [line.message.endswith("again") for line in caplog.records] == [False] * WORKERS + [True]


def test_a_redis_that_was_wiped_does_not_make_a_worker_forget(fleet: Fleet) -> None:
    fleet.ask(0, times=4)
    fleet.settle(0)
    fleet.shared.wipe()

    fleet.ask(0, times=1)
    fleet.settle(0)

    assert fleet.told() == RATE.window
    assert fleet.ask(0) == 0


def test_where_there_is_no_redis_a_worker_goes_by_itself() -> None:
    ticks = Ticks()
    limiter = AmortisedLimiter(POLICY, None, ticks, WORKERS, Reports())
    assert [admits(limiter) for _ in range(6)] == [True] * 5 + [False]

    limiter.settle()
    ticks.go(SETTLEMENT)

    assert [admits(limiter) for _ in range(2)] == [True, False]


def test_what_others_charge_beyond_full_is_believed_until_it_has_drained(fleet: Fleet) -> None:
    for worker in range(WORKERS):
        fleet.ask(worker, times=5)
    fleet.settle(2, 1, 0)
    assert fleet.told() == 3 * RATE.capacity

    fleet.ticks.go(1099)
    assert fleet.ask(0) == 0
    fleet.ticks.go(1)

    assert fleet.ask(0, times=2) == 1


def test_who_waits_as_long_as_a_refusal_says_is_admitted_though_redis_heard_late(link: RedisLink) -> None:
    fleet = Fleet(link)
    fleet.ask(0, RATE.burst)
    fleet.ticks.go(SETTLEMENT * 2)
    fleet.settle()
    fleet.ask(0, RATE.burst)
    fleet.settle()

    fleet.ask(0)
    fleet.ticks.go(fleet.refused[-1].wait * 1000)

    assert fleet.ask(0) == 1


def test_a_refusal_allows_for_how_late_redis_hears(link: RedisLink) -> None:
    slow = Policy("slow", Rate(quota=1, window=1000, burst=1))
    fleet = Fleet(link, policy=slow)
    fleet.ask(0)

    fleet.ask(0)

    # A whole second until it has drained, and what Redis may be late.
    assert fleet.refused[-1].wait == 2
