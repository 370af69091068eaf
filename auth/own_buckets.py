"""Buckets that one worker keeps for itself: gone with it, and unknown to the others."""

from collections.abc import Sequence
from threading import Lock

from auth.buckets import Charge, Charged
from auth.clock import Clock
from auth.levels import Levels
from auth.policies import Policy


class OwnBuckets:
    """Levels in the memory of this process, by its own clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._levels: dict[Policy, Levels] = {}
        self._lock = Lock()

    def charge(self, charges: Sequence[Charge]) -> Charged:
        """Charge all of these if all their policies admit them, and nothing otherwise."""
        with self._lock:
            now = self._now()
            levels = [self._of(one.policy).level(one.bucket, now) for one in charges]
            pairs = list(zip(charges, levels, strict=True))
            if not all(one.policy.rate.admits(level, one.cost) for one, level in pairs):
                return Charged(is_admitted=False, levels=tuple(levels))
            return self._put([(one, one.policy.rate.charged(level, one.cost)) for one, level in pairs], now)

    def take_back(self, charges: Sequence[Charge]) -> Charged:
        """Take back what was charged."""
        with self._lock:
            now = self._now()
            levels = [(one, self._of(one.policy).level(one.bucket, now)) for one in charges]
            return self._put([(one, one.policy.rate.charged(level, -one.cost)) for one, level in levels], now)

    def _put(self, levels: Sequence[tuple[Charge, int]], now: int) -> Charged:
        for one, level in levels:
            self._of(one.policy).put(one.bucket, level, now)
        return Charged(is_admitted=True, levels=tuple(level for _, level in levels))

    def _of(self, policy: Policy) -> Levels:
        return self._levels.setdefault(policy, Levels(policy.rate))

    def _now(self) -> int:
        return int(self._clock.monotonic() * 1000)
