"""The levels of buckets, as one process remembers them."""

from collections.abc import Mapping

from auth.gcra import Rate


class Levels:
    """Levels by the name of the bucket. What has drained is forgotten, though not at once: nobody looks for it.

    It is when all are gone through, once in the time that a full bucket takes to drain. Attackers name as many buckets
    as they have addresses.

    Times are milliseconds of a clock that nobody sets. Not for several threads at once.
    """

    def __init__(self, rate: Rate) -> None:
        """Know of no bucket."""
        self._quota = rate.quota
        self._turn_length = rate.memory
        # Each as the instant at which it will have drained, times the quota: so it need not be touched meanwhile.
        self._recent: dict[str, int] = {}
        self._earlier: dict[str, int] = {}
        self._turns_at = 0

    def __len__(self) -> int:
        return len(self._recent.keys() | self._earlier)

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

    def put_higher(self, levels: Mapping[str, int], now: int) -> None:
        """Remember levels of several buckets, apart from those of which a higher one is known."""
        drained_by_now = now * self._quota
        recent, earlier = self._recent, self._earlier
        for bucket, level in levels.items():
            known = recent.get(bucket)
            if known is None:
                known = earlier.get(bucket, 0)
            drained_at = level + drained_by_now
            if drained_at > known:
                recent[bucket] = drained_at

    def _turn(self, now: int) -> None:
        drained_by_now = now * self._quota
        known = {**self._earlier, **self._recent}
        self._earlier = {bucket: drained_at for bucket, drained_at in known.items() if drained_at > drained_by_now}
        self._recent = {}
        self._turns_at = now + self._turn_length
