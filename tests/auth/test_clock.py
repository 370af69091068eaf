from datetime import UTC

from auth.clock import SystemClock


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_the_system_clock_counts_whole_milliseconds() -> None:
    assert {SystemClock().now().microsecond % 1000 for _ in range(100)} == {0}


def test_the_monotonic_clock_goes_forward() -> None:
    clock = SystemClock()

    assert clock.monotonic() <= clock.monotonic()
