"""Whoever is asked and whoever settles first: what workers admit together, over time."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.gcra import Rate
from auth.policies import Policy
from auth.redis_link import RedisLink
from tests import redis_process
from tests.auth.fleet import RATE, SETTLEMENT, WORKERS, Fleet
from tests.auth.limiting import linked

RUN = 500  # Settlements.


@pytest.fixture(scope="module")
def link() -> Iterator[RedisLink]:
    with redis_process.running("--appendonly", "no") as server, linked(server) as link:
        yield link


@pytest.mark.parametrize("seed", range(5))
def test_over_a_long_run_workers_that_are_asked_for_more_admit_exactly_the_rate(link: RedisLink, seed: int) -> None:
    fleet = Fleet(link)
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
