"""The shared buckets against real servers: what only Redis can do wrong."""

import time
from collections.abc import Iterator

import pytest
from redis import Redis

from auth.buckets import Charge
from auth.errors import RedisDown, RedisRefused
from auth.gcra import Rate
from auth.policies import Policy
from auth.redis_buckets import AT_ONCE, RedisBuckets
from auth.redis_link import RedisLink
from tests import redis_process
from tests.auth.limiting import START, ClockedBuckets, Ticks, linked
from tests.redis_process import RedisProcess
from tests.redis_programs import PROGRAMS

DAY = 86_400_000
# Hardly anything drains while a test runs.
SLOW = Policy("slow", Rate(quota=1, window=DAY, burst=3))
# By the clock of the test: one drains in 100 ms, a full bucket in 300.
QUICK = Policy("quick", Rate(quota=10, window=1000, burst=3))
WORKERS = 3


@pytest.fixture(params=PROGRAMS)
def server(request: pytest.FixtureRequest) -> Iterator[RedisProcess]:
    with redis_process.running("--appendonly", "no", program=request.param()) as server:
        yield server


@pytest.fixture
def link(server: RedisProcess) -> Iterator[RedisLink]:
    with linked(server) as link:
        yield link


@pytest.fixture
def redis(server: RedisProcess) -> Iterator[Redis]:
    with server.client(decode_responses=True) as client:
        yield client


@pytest.fixture
def buckets(link: RedisLink) -> RedisBuckets:
    return RedisBuckets(link, "test", WORKERS)


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def clocked(link: RedisLink, ticks: Ticks) -> ClockedBuckets:
    return ClockedBuckets(link, ticks, workers=WORKERS)


def test_by_redis_own_clock_levels_drain_as_time_goes(buckets: RedisBuckets) -> None:
    policy = Policy("fast", Rate(quota=25_000, window=60_000, burst=25_000))
    started = time.monotonic()
    first = buckets.charge([Charge(policy, "a", 40_000)]).levels[0]
    levels = [buckets.charge([Charge(policy, "a")]).levels[0] for _ in range(200)]

    elapsed = (time.monotonic() - started) * 1000
    drained = first + 200 * policy.rate.window - levels[-1]
    assert drained % policy.rate.quota == 0
    # Two clocks: while one is being set right, they do not go at quite the same pace.
    assert 0 < drained / policy.rate.quota <= elapsed + 20


def test_a_script_that_redis_has_lost_is_brought_again(buckets: RedisBuckets, redis: Redis) -> None:
    for _ in range(2):
        redis.script_flush()
        assert buckets.charge([Charge(SLOW, "a")]).is_admitted

    assert buckets.charge([Charge(SLOW, "a")]).is_admitted
    stats = redis.info("commandstats")
    assert (stats["cmdstat_evalsha"]["calls"], stats["cmdstat_eval"]["calls"]) == (3, 2)


@pytest.mark.parametrize("other", [Rate(20, 1000, 3), Rate(10, 1000, 4), Rate(10, 1001, 3)])
def test_the_levels_of_one_rate_mean_nothing_for_another(clocked: ClockedBuckets, other: Rate) -> None:
    clocked.charge([Charge(QUICK, "a", 3)])

    assert clocked.charge([Charge(Policy(QUICK.name, other), "a")]).levels == (other.window,)


def test_the_workers_of_one_service_share_buckets_and_another_service_does_not(
    buckets: RedisBuckets, link: RedisLink
) -> None:
    buckets.charge([Charge(SLOW, "a", 3)])

    assert not RedisBuckets(link, "test", WORKERS).charge([Charge(SLOW, "a")]).is_admitted
    assert RedisBuckets(link, "another", WORKERS).charge([Charge(SLOW, "a", 3)]).is_admitted


def test_a_redis_that_is_gone_is_down(buckets: RedisBuckets, server: RedisProcess) -> None:
    server.kill()

    with pytest.raises(RedisDown):
        buckets.charge([Charge(SLOW, "a")])
    with pytest.raises(RedisDown):
        buckets.take_back([Charge(SLOW, "a")])
    with pytest.raises(RedisDown):
        buckets.settle(SLOW, {"a": 1})


def test_a_redis_without_memory_refuses_and_nothing_is_charged(
    clocked: ClockedBuckets, server: RedisProcess, link: RedisLink
) -> None:
    charges = [Charge(QUICK, "a"), Charge(SLOW, "a"), Charge(QUICK, "b")]
    clocked.charge(charges)
    clocked.settle(QUICK, {"a": 1})
    server.configure("maxmemory", "1")

    with pytest.raises(RedisRefused, match="maxmemory"):
        clocked.charge(charges)
    with pytest.raises(RedisRefused, match="maxmemory"):
        clocked.settle(QUICK, {"a": 1})

    server.configure("maxmemory", "0")
    assert link.is_up
    assert clocked.charge(charges).levels == (2000, 2 * DAY, 2000)
    assert clocked.settle(QUICK, {"a": 1}) == [2000]


def test_a_settlement_that_is_refused_leaves_the_connection_in_step(
    buckets: RedisBuckets, server: RedisProcess, link: RedisLink
) -> None:
    costs = {f"bucket-{number}": 1 + number % 5 for number in range(2 * AT_ONCE + 1)}
    buckets.settle(SLOW, dict.fromkeys(costs, 1))
    server.configure("maxmemory", "1")

    with pytest.raises(RedisRefused, match="maxmemory"):
        buckets.settle(SLOW, costs)

    server.configure("maxmemory", "0")
    assert link.is_up
    assert [round(level / DAY) for level in buckets.settle(SLOW, costs)] == [1 + cost for cost in costs.values()]


def test_without_memory_it_takes_back_all_or_nothing(clocked: ClockedBuckets, server: RedisProcess) -> None:
    charges = [Charge(QUICK, "emptied"), Charge(SLOW, "left", 2)]
    clocked.charge(charges)
    server.configure("maxmemory", "1")

    taken = clocked.take_back([charges[0], Charge(SLOW, "left")])
    server.configure("maxmemory", "0")
    assert taken.levels == (0, DAY)
    assert clocked.charge(charges).levels == (1000, 3 * DAY)


def test_all_are_read_before_any_is_written(clocked: ClockedBuckets, redis: Redis) -> None:
    clocked.charge([Charge(QUICK, "a")])
    for key in redis.scan_iter():
        redis.delete(key)
        redis.set(key, "no hash")

    with pytest.raises(RedisRefused, match="WRONGTYPE"):
        clocked.charge([Charge(SLOW, "a"), Charge(QUICK, "a")])

    assert clocked.charge([Charge(SLOW, "a")]).levels == (DAY,)


def test_many_buckets_are_charged_once_each_in_several_runs_of_the_script(buckets: RedisBuckets, redis: Redis) -> None:
    costs = {f"bucket-{number}": number % 5 for number in range(2 * AT_ONCE + 1)}

    first = buckets.settle(SLOW, costs)
    redis.config_resetstat()
    second = buckets.settle(SLOW, dict(reversed(costs.items())))

    assert all(cost * DAY - 10_000 <= level <= cost * DAY for cost, level in zip(costs.values(), first, strict=True))
    assert [round(level / DAY) for level in reversed(second)] == [2 * cost for cost in costs.values()]
    assert redis.info("commandstats")["cmdstat_evalsha"]["calls"] == 3


def test_a_name_that_the_script_would_cut_in_two_is_refused(buckets: RedisBuckets, redis: Redis) -> None:
    with pytest.raises(ValueError, match="zero byte"):
        buckets.charge([Charge(SLOW, "a\0b")])

    assert redis.keys() == []


def test_what_is_settled_is_charged_though_the_bucket_is_full(clocked: ClockedBuckets, ticks: Ticks) -> None:
    # All workers a whole burst, before any of them heard of another, and one once more.
    policy = Policy("whole", Rate(quota=10, window=1000, burst=10))
    clocked.settle(policy, {"a": 10 * (WORKERS + 1), "b": 1})

    assert clocked.settle(policy, {"a": 0, "b": 0}) == [40_000, 1000]
    ticks.go(3999)
    assert clocked.settle(policy, {"a": 0, "b": 0}) == [10, 0]


def test_a_level_lasts_from_one_period_to_the_next_and_no_longer(clocked: ClockedBuckets, ticks: Ticks) -> None:
    memory = QUICK.rate.memory * (WORKERS + 1)
    ticks.go(memory - START % memory - 1)
    full = QUICK.rate.capacity * WORKERS
    clocked.settle(QUICK, {"a": 3 * WORKERS})

    ticks.go(1)
    assert clocked.settle(QUICK, {"a": 0}) == [full - 10]
    ticks.go(500)
    assert clocked.settle(QUICK, {"a": 1}) == [full - 10 - 5000 + 1000]
    ticks.go(2 * memory)
    assert clocked.settle(QUICK, {"a": 1}) == [1000]


def test_every_hash_expires_when_the_period_after_its_own_ends(
    clocked: ClockedBuckets, ticks: Ticks, redis: Redis
) -> None:
    memory = QUICK.rate.memory
    into_the_period = START % memory

    for _ in range(2):
        clocked.charge([Charge(QUICK, "a")])
        ticks.go(memory)

    ends = sorted(redis.pexpiretime(key) for key in redis.scan_iter())
    assert ends == [START - into_the_period + 2 * memory, START - into_the_period + 3 * memory]


def test_by_redis_own_clock_every_hash_expires_too(buckets: RedisBuckets, redis: Redis) -> None:
    buckets.charge([Charge(QUICK, "a"), Charge(SLOW, "a")])
    buckets.settle(QUICK, {"a": 1})
    lives = [redis.pttl(key) for key in redis.scan_iter()]

    assert len(lives) == 3
    assert min(lives) > 0
    assert max(lives) <= 2 * SLOW.rate.memory


def test_what_is_refused_or_wholly_taken_back_leaves_nothing_behind(buckets: RedisBuckets, redis: Redis) -> None:
    assert not buckets.charge([Charge(SLOW, "a"), Charge(QUICK, "a", 4)]).is_admitted
    buckets.charge([Charge(SLOW, "a", 2)])
    buckets.take_back([Charge(SLOW, "a", 2)])

    assert redis.keys() == []


@pytest.mark.parametrize("back", [1, 50, 300, 999, 5000])
def test_a_clock_set_back_refuses_for_as_much_longer_and_never_for_more_than_two_memories(
    clocked: ClockedBuckets, ticks: Ticks, back: int
) -> None:
    memory = QUICK.rate.memory
    ticks.go(memory - START % memory + 999)
    clocked.charge([Charge(QUICK, "a", 3)])

    ticks.go(-back)
    level = clocked.charge([Charge(QUICK, "a", 3)]).levels[0]

    assert level <= memory * QUICK.rate.quota
    ticks.go(min(300 + back, 2 * memory))
    assert clocked.charge([Charge(QUICK, "a", 3)]).is_admitted


def test_a_clock_set_forward_and_right_again_finds_what_it_left(clocked: ClockedBuckets, ticks: Ticks) -> None:
    clocked.charge([Charge(QUICK, "a", 2)])

    ticks.go(1_000_000)
    assert clocked.charge([Charge(QUICK, "a")]).levels == (1000,)
    ticks.go(-1_000_000 + 10)

    assert clocked.charge([Charge(QUICK, "a")]).levels == (3000 - 100,)


def test_another_number_of_workers_is_not_misled_by_what_these_wrote(link: RedisLink, ticks: Ticks) -> None:
    # Of such long periods the same one is meant by the same number, though it began at another time.
    many, more = (ClockedBuckets(link, ticks, workers=workers) for workers in (998, 999))
    many.settle(SLOW, {"a": 3})

    assert more.settle(SLOW, {"a": 1}) == [DAY]
