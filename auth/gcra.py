"""The generic cell rate algorithm, as arithmetic on whole numbers (ITU-T I.371, annex A: the continuous leaky bucket).

The level of a bucket is what was charged to it and has not drained yet. It is counted in requests times milliseconds
of the window, of which `quota` drain each millisecond: so nothing is ever rounded, here or in `scripts/gcra.lua`.
"""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Rate:
    """How much is admitted: `quota` in each window of so many milliseconds, and at most `burst` of it at once."""

    quota: int
    window: int
    burst: int

    def __str__(self) -> str:
        return f"{self.quota}/{self.window}ms/{self.burst}"

    @cached_property
    def capacity(self) -> int:
        """The level at which a bucket is full."""
        return self.burst * self.window

    @property
    def memory(self) -> int:
        """The milliseconds after which a full bucket is empty, or a window if that is longer."""
        return max(self.window, -(-self.capacity // self.quota))

    def drained(self, level: int, elapsed: int) -> int:
        """Return what is left of a level after so many milliseconds."""
        return max(0, level - elapsed * self.quota)

    def admits(self, level: int, cost: int = 1) -> bool:
        """Tell whether so many requests fit in above a level."""
        return level + cost * self.window <= self.capacity

    def charged(self, level: int, cost: int = 1) -> int:
        """Return the level after so many requests, or after taking so many back where the cost is negative."""
        return max(0, level + cost * self.window)

    def outlook(self, level: int) -> tuple[int, int]:
        """Return how many requests fit in above a level, and the milliseconds until one more does than does now."""
        # Above the last that fits in there is less than one request's room; what is missing of it has to drain.
        room = self.capacity - level
        remaining = room // self.window if room > 0 else 0
        return remaining, -((room - (remaining + 1) * self.window) // self.quota)

    def share(self, of: int) -> "Rate":
        """Return the part of it that each of so many workers may admit by itself, which is never nothing."""
        return Rate(max(1, self.quota // of), self.window, max(1, self.burst // of))

    def scaled(self, quota: int, window: int = 1) -> "Rate":
        """Return a rate of so many times the quota and the burst, in a window so many times as long."""
        return Rate(self.quota * quota, self.window * window, self.burst * quota)
