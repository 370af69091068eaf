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

    def __init__(self) -> None:
        self._last = (0, datetime.fromtimestamp(0, UTC))

    def now(self) -> datetime:
        """Return this instant, aware and in UTC."""
        # Each request asks several times within one millisecond, and to make an instant is what takes time of it.
        number = time.time_ns() // 1_000_000
        last, instant = self._last
        if number != last:
            instant = datetime.fromtimestamp(number / 1000, UTC)
            self._last = (number, instant)
        return instant

    def monotonic(self) -> float:
        """Return seconds on a clock that nobody sets, and that counts suspension where the system can."""
        return time.clock_gettime(_MONOTONIC)
