import time
from datetime import UTC

import pytest

from auth.clock import SystemClock


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_the_system_clock_counts_whole_milliseconds() -> None:
    assert {SystemClock().now().microsecond % 1000 for _ in range(100)} == {0}


def test_the_system_clock_goes_as_the_machine_does_and_back_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, told = SystemClock(), []

    for nanoseconds in (1_000_000_000, 1_000_999_999, 1_001_000_000, 996_000_000):
        monkeypatch.setattr(time, "time_ns", lambda found=nanoseconds: found)
        told.append(clock.now().timestamp())

    assert told == [1.0, 1.0, 1.001, 0.996]


def test_the_monotonic_clock_goes_forward() -> None:
    clock = SystemClock()

    assert clock.monotonic() <= clock.monotonic()
