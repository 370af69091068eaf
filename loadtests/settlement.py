"""What it costs to settle the limits of many users at once: time of the worker and of Redis, for one settlement.

Beside it stands what the same machine takes to count each user with an INCR, sent in pipelines.

python -m loadtests.settlement [--users 10000] [--rounds 50]
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from redis import Redis

from auth.amortised_limiter import SETTLE_EVERY, AmortisedLimiter
from auth.clock import SystemClock
from auth.policies import Policy, rate
from auth.redis_buckets import RedisBuckets
from auth.redis_link import RedisLink
from auth.reports import Reports
from tests.redis_process import running

POLICY = Policy("user", rate("6000/1m/600"))
WORKERS = 3
CLOCK = SystemClock()


@dataclass(frozen=True)
class Settlement:
    """What one settlement took, in seconds of a processor."""

    worker: float
    redis: float

    @property
    def together(self) -> float:
        """What both took."""
        return self.worker + self.redis


@contextmanager
def limiting() -> Iterator[tuple[AmortisedLimiter, Redis]]:
    """Start a Redis as the service does, and limit as a worker does."""
    with running("--appendfsync", "everysec") as server, server.client() as client:
        link = RedisLink(server.url, CLOCK)
        with closing(link):
            link.look()
            shared = RedisBuckets(link, "loadtest:limits", WORKERS)
            yield AmortisedLimiter(POLICY, shared, CLOCK, Reports()), client


def settle(limiter: AmortisedLimiter, redis: Redis, users: int) -> Settlement:
    """Let every user do something, and settle."""
    for user_id in range(1, users + 1):
        limiter.charge(str(user_id))
    return measured(limiter.settle, redis)


def count(redis: Redis, users: int) -> Settlement:
    """Count the same users by a command each."""
    with redis.pipeline(transaction=False) as pipeline:
        for user_id in range(1, users + 1):
            pipeline.incr(f"loadtest:count:{user_id}")
        return measured(pipeline.execute, redis)


def measured(work: Callable[[], object], redis: Redis) -> Settlement:
    """Do something, and return what it took here and in Redis."""
    redis_before, before = cpu_of(redis), time.thread_time()
    work()
    worker = time.thread_time() - before
    return Settlement(worker, cpu_of(redis) - redis_before)


def cpu_of(redis: Redis) -> float:
    """Return the seconds that Redis has run."""
    told: dict[str, float] = redis.info("cpu")
    return told["used_cpu_user_main_thread"] + told["used_cpu_sys_main_thread"]


def main() -> int:
    """Run it, and print what it took."""
    parser = argparse.ArgumentParser(description="What settling the limits of many users costs.")
    parser.add_argument("--users", type=int, default=10_000, help="users who did something since the last settlement")
    parser.add_argument("--rounds", type=int, default=50, help="settlements")
    chosen = parser.parse_args()
    with limiting() as (limiter, redis):
        settle(limiter, redis, chosen.users)  # it warms up
        pairs = [(settle(limiter, redis, chosen.users), count(redis, chosen.users)) for _ in range(chosen.rounds)]
    settled, counted = zip(*pairs, strict=True)
    print(f"one settlement of {chosen.users} users, the median of {chosen.rounds}:")
    for name in ("worker", "redis", "together"):
        taken, plain = (statistics.median(getattr(one, name) for one in some) for some in (settled, counted))
        share = taken / SETTLE_EVERY.total_seconds()
        print(
            f"{name:10}{taken * 1e3:7.1f} ms {share:6.1%} of a core at ten a second, {taken / plain:.2f} x an INCR each"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
