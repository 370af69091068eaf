"""The one place that asks what time it is."""

import time
from datetime import UTC, datetime
from typing import Protocol

_MONOTONIC = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock(Protocol):
    """Where the time comes from; tests bring their own."""

    def now(self) -> datetime:
        """Return this instant, aware and in UTC."""

    def monotonic(self) -> float:
        """Return seconds on a clock that nobody sets, and that counts suspension where the system can."""


class SystemClock:
    """The machine's clock, in whole milliseconds: what is answered now is what will be read from the store."""

    def now(self) -> datetime:
        """Return this instant, aware and in UTC."""
        # Asked several times in each request: to replace the microseconds of an instant takes twice as long.
        return datetime.fromtimestamp(time.time_ns() // 1_000_000 / 1000, UTC)

    def monotonic(self) -> float:
        """Return seconds on a clock that nobody sets, and that counts suspension where the system can."""
        return time.clock_gettime(_MONOTONIC)
