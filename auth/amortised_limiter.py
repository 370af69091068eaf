"""The amortised limiter: each request is decided in memory, and told to Redis with many others a moment later.

Every admitted request is charged where all workers see it, so over time no more is admitted than the rate. A burst can
exceed it by what the other workers admit until they have told of it, and this one has asked. Each does so ten times a
second.
"""

import logging
from datetime import timedelta
from threading import Lock

from auth.clock import Clock
from auth.errors import QuotaExceeded, RedisDown, RedisRefused
from auth.levels import Levels
from auth.outcome import Outcome, kind
from auth.policies import Policy, Standing
from auth.redis_buckets import RedisBuckets
from auth.reports import Reports

SETTLE_EVERY = timedelta(milliseconds=100)

# In milliseconds: a settlement, and the time it takes on a machine that has much to do.
_LATE = 250

log = logging.getLogger("javumbo.limits")


class AmortisedLimiter:
    """One policy, and what this worker knows of its buckets: what it was told last, and has admitted since.

    Without Redis it goes by what it has admitted itself: each worker grants the whole policy then.
    """

    def __init__(self, policy: Policy, shared: RedisBuckets | None, clock: Clock, reports: Reports) -> None:
        self._policy = policy
        self._shared = shared
        self._clock = clock
        self._reports = reports
        self._levels = Levels(policy.rate)
        self._admitted: dict[str, int] = {}
        self._lock = Lock()
        self._settling = Outcome(
            log, f"the limit {policy.name} is settled", "no more, and each worker grants all of it"
        )

    def charge(self, bucket: str) -> None:
        """Charge one request. QuotaExceeded if the bucket is known to be full; nothing is waited for."""
        rate = self._policy.rate
        with self._lock:
            now = self._now()
            level = self._levels.level(bucket, now)
            is_admitted = rate.admits(level)
            if is_admitted:
                level += rate.window
                self._levels.put(bucket, level, now)
                self._admitted[bucket] = self._admitted.get(bucket, 0) + 1
        if not is_admitted:
            # Redis hears of a request a moment after it was admitted, and its bucket drains as much later than ours.
            late = Standing(self._policy, level + _LATE * rate.quota)
            raise self._reports.refusal([late], QuotaExceeded)
        self._reports.standings([Standing(self._policy, level)])

    def settle(self) -> None:
        """Tell Redis what was admitted since the last time, and learn what others have. For the background."""
        with self._lock:
            admitted, self._admitted = self._admitted, {}
        if self._shared is None or not admitted:
            return
        try:
            self._settle(self._shared, admitted)
        except (RedisDown, RedisRefused) as error:
            # What was not told is forgotten: told later and at once, it would refuse those who have kept to the rate.
            self._settling.is_now(kind(error), error)
        else:
            self._settling.is_now("ok")

    def _settle(self, shared: RedisBuckets, admitted: dict[str, int]) -> None:
        # The levels are as of a moment later: so what is believed until the next time is rather too little than too
        # much, and may be compared with what is known here. A Redis that was wiped knows less than that.
        asked_at = self._now()
        levels = dict(zip(admitted, shared.settle(self._policy, admitted), strict=True))
        window = self._policy.rate.window
        with self._lock:
            for bucket in self._admitted.keys() & levels.keys():
                levels[bucket] += self._admitted[bucket] * window
            self._levels.put_higher(levels, asked_at)

    def _now(self) -> int:
        return int(self._clock.monotonic() * 1000)
