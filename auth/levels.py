"""The levels of buckets, as one process remembers them."""

from collections.abc import Iterable

from auth.gcra import Rate


class Levels:
    """Levels by the name of the bucket. What has drained is forgotten, though not at once: nobody looks for it.

    Times are milliseconds of a clock that nobody sets. Not for several threads at once.
    """

    def __init__(self, rate: Rate, lifetime: int) -> None:
        """Remember a level for so many milliseconds at least after it was last put."""
        self._quota = rate.quota
        self._lifetime = lifetime
        # Each as the instant at which it will have drained, times the quota: so it need not be touched meanwhile.
        self._recent: dict[str, int] = {}
        self._earlier: dict[str, int] = {}
        self._turns_at = 0

    def level(self, bucket: str, now: int) -> int:
        """Return the level of a bucket."""
        drained_at = self._recent.get(bucket)
        if drained_at is None:
            drained_at = self._earlier.get(bucket, 0)
        return max(0, drained_at - now * self._quota)

    def put(self, bucket: str, level: int, now: int) -> None:
        """Remember the level of a bucket."""
        if now >= self._turns_at:
            self._turn(now)
        self._recent[bucket] = level + now * self._quota

    def put_higher(self, levels: Iterable[tuple[str, int]], now: int) -> None:
        """Remember levels of several buckets, apart from those of which a higher one is known."""
        drained_by_now = now * self._quota
        recent, earlier = self._recent, self._earlier
        for bucket, level in levels:
            drained_at = level + drained_by_now
            if drained_at > recent.get(bucket, 0) and drained_at > earlier.get(bucket, 0):
                recent[bucket] = drained_at

    def _turn(self, now: int) -> None:
        # Whatever was put in the turn before the last has had its lifetime.
        self._earlier = self._recent if now < self._turns_at + self._lifetime else {}
        self._recent = {}
        self._turns_at = now + self._lifetime
