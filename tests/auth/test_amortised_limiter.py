"""The amortised limiter: decided in memory, told to Redis, and learnt from it."""

from collections.abc import Iterator

import pytest

from auth.amortised_limiter import AmortisedLimiter
from auth.errors import RedisDown, RedisRefused
from auth.gcra import Rate
from auth.policies import Policy
from auth.redis_buckets import AT_ONCE
from auth.redis_link import RedisLink
from auth.reports import Reports
from tests import redis_process
from tests.auth.fleet import POLICY, RATE, SETTLEMENT, WORKERS, Fleet, admits
from tests.auth.limiting import Ticks, linked


@pytest.fixture(scope="module")
def link() -> Iterator[RedisLink]:
    with redis_process.running("--appendonly", "no") as server, linked(server) as link:
        yield link


@pytest.fixture
def fleet(link: RedisLink) -> Fleet:
    return Fleet(link)


def test_a_worker_admits_a_burst_by_itself_and_tells_where_everybody_stands(fleet: Fleet) -> None:
    assert fleet.ask(0, times=7) == 5

    assert [one.outlook[0] for one in fleet.standings] == [4, 3, 2, 1, 0, 0, 0]
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
    fleet.shared.settled.clear()

    assert fleet.ask(0, times=100) == 0

    fleet.settle(0)
    assert fleet.shared.settled == []


def test_many_buckets_are_told_together_and_each_once(fleet: Fleet) -> None:
    buckets = [f"user-{number}" for number in range(2 * AT_ONCE + 1)]
    for bucket in buckets:
        fleet.ask(0, bucket=bucket)

    fleet.settle(0)
    fleet.settle(0)

    assert fleet.shared.settled == [2 * AT_ONCE + 1]
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
        fleet.ticks.go(SETTLEMENT)
        return levels

    with monkeypatch.context() as patched:
        patched.setattr(fleet.shared, "settle", answer_late)
        fleet.settle(0)

    # Three were told, one came meanwhile, and one has drained since: two more fit.
    assert fleet.ask(0, times=5) == 2
    fleet.settle(0)
    assert fleet.told() == fleet.level() == 5 * RATE.window


@pytest.mark.parametrize(("away", "outcome"), [(RedisDown("gone"), "down"), (RedisRefused("no memory"), "refused")])
def test_without_redis_each_worker_grants_all_of_it_and_nobody_pays_for_that_later(
    fleet: Fleet, away: Exception, outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    fleet.shared.away = away
    for _ in range(20):
        for worker in range(WORKERS):
            fleet.ask(worker, times=2)
        fleet.settle()
        fleet.ticks.go(SETTLEMENT)
    by_worker = [[by for _, by in fleet.admitted].count(worker) for worker in range(WORKERS)]
    assert by_worker == [5 + 19] * WORKERS
    assert [vars(line)["outcome"] for line in caplog.records] == [outcome] * WORKERS

    fleet.shared.away = None
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
    limiter = AmortisedLimiter(POLICY, None, ticks, Reports())
    assert [admits(limiter) for _ in range(6)] == [True] * 5 + [False]

    limiter.settle()
    ticks.go(SETTLEMENT)

    assert [admits(limiter) for _ in range(2)] == [True, False]


def test_what_others_charge_beyond_full_is_believed_until_it_has_drained(fleet: Fleet) -> None:
    for worker in range(WORKERS):
        fleet.ask(worker, times=5)
    fleet.settle(2, 1, 0)
    assert fleet.told() == 3 * RATE.capacity

    for number in range(10):
        fleet.ticks.go(SETTLEMENT)
        assert fleet.ask(0, bucket=f"other-{number}") == 1
    fleet.ticks.go(SETTLEMENT - 1)
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
