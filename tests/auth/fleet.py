"""Several workers and their amortised limiters on one real Redis, by one clock that the test moves."""

from dataclasses import dataclass, field

from auth.amortised_limiter import AmortisedLimiter
from auth.errors import LimitReached, QuotaExceeded
from auth.gcra import Rate
from auth.policies import Policy, Standing
from auth.redis_link import RedisLink
from auth.reports import Reports
from tests.auth.limiting import ClockedBuckets, Ticks

WORKERS = 3
RATE = Rate(quota=10, window=1000, burst=5)
POLICY = Policy("api", RATE)
SETTLEMENT = 100
"""Milliseconds, in which one request drains."""


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
        return AmortisedLimiter(self.policy, self.shared, self.ticks, reports)

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
