"""The arithmetic, against what it promises: never more than burst + quota * t / window, and never less."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.gcra import Rate

RATES = st.builds(Rate, st.integers(1, 40), st.integers(1, 3000), st.integers(1, 12))
PAUSES = st.one_of(st.just(0), st.integers(0, 50), st.integers(0, 5000))
HISTORIES = st.lists(st.tuples(PAUSES, st.integers(1, 4)), max_size=40)
# One request drains in 6 ms.
RATE = Rate(quota=10, window=60, burst=4)


class Bucket:
    """One bucket, driven by the arithmetic alone, and what it admitted: when, and how many at once."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self.now = 0
        self.admitted: list[tuple[int, int]] = []
        self._level = 0
        self._as_of = 0

    @property
    def level(self) -> int:
        return self.rate.drained(self._level, self.now - self._as_of)

    def ask(self, pause: int, cost: int) -> bool:
        self.now += pause
        if not self.rate.admits(self.level, cost):
            return False
        self._level, self._as_of = self.rate.charged(self.level, cost), self.now
        self.admitted.append((self.now, cost))
        return True


def keeps(rate: Rate, admitted: Sequence[tuple[int, int]], end: int) -> bool:
    """Whether no interval that ends now holds more than burst + quota * t / window, in whole numbers."""
    total = 0
    for instant, cost in reversed(admitted):
        total += cost
        if total * rate.window > rate.burst * rate.window + rate.quota * (end - instant):
            return False
    return True


@given(RATES, HISTORIES)
def test_no_interval_holds_more_than_the_burst_and_what_drains_meanwhile(
    rate: Rate, history: list[tuple[int, int]]
) -> None:
    bucket = Bucket(rate)

    for pause, cost in history:
        bucket.ask(pause, cost)

    for place, (end, _) in enumerate(bucket.admitted):
        assert keeps(rate, bucket.admitted[: place + 1], end)


@given(RATES, HISTORIES)
def test_nobody_is_refused_who_would_not_have_exceeded_it(rate: Rate, history: list[tuple[int, int]]) -> None:
    bucket = Bucket(rate)

    for pause, cost in history:
        before = list(bucket.admitted)
        is_admitted = bucket.ask(pause, cost)

        assert is_admitted == keeps(rate, [*before, (bucket.now, cost)], bucket.now)


@given(RATES, HISTORIES)
def test_what_remains_is_admitted_at_once_and_no_more(rate: Rate, history: list[tuple[int, int]]) -> None:
    bucket = Bucket(rate)
    for pause, cost in history:
        bucket.ask(pause, cost)

    remaining, _ = rate.outlook(bucket.level)

    assert remaining == 0 or rate.admits(bucket.level, remaining)
    assert not rate.admits(bucket.level, remaining + 1)


@given(RATES, st.integers(1, 60_000))
def test_the_wait_is_to_the_millisecond(rate: Rate, level: int) -> None:
    remaining, wait = rate.outlook(level)

    before, _ = rate.outlook(rate.drained(level, wait - 1))
    after, _ = rate.outlook(rate.drained(level, wait))

    assert wait > 0
    assert before == remaining
    assert after > remaining or remaining == rate.burst


@given(RATES)
def test_who_has_a_whole_burst_gets_one_more_after_the_wait_if_they_take_it_now(rate: Rate) -> None:
    full = rate.charged(0, rate.burst)

    _, wait = rate.outlook(0)

    assert rate.outlook(full) == (0, wait)
    assert rate.admits(rate.drained(full, wait))
    assert not rate.admits(rate.drained(full, wait - 1))


@given(RATES, st.integers(0, 60_000), st.integers(1, 20))
def test_taking_back_undoes_a_charge(rate: Rate, level: int, cost: int) -> None:
    assert rate.charged(rate.charged(level, cost), -cost) == level
    assert rate.charged(0, -cost) == 0


@given(RATES, st.integers(0, 20_000), st.integers(0, 500), st.integers(0, 500))
def test_draining_in_two_steps_is_draining_in_one(rate: Rate, level: int, first: int, second: int) -> None:
    assert rate.drained(rate.drained(level, first), second) == rate.drained(level, first + second)


@given(RATES)
def test_after_its_memory_a_full_bucket_is_empty(rate: Rate) -> None:
    assert rate.drained(rate.capacity, rate.memory) == 0
    assert rate.memory >= rate.window
    assert rate.memory == rate.window or rate.drained(rate.capacity, rate.memory - 1) > 0


@given(RATES, st.integers(1, 50))
def test_the_shares_of_all_workers_are_the_whole_or_one_each(rate: Rate, workers: int) -> None:
    share = rate.share(workers)

    assert (share.quota, share.burst) == (max(1, rate.quota // workers), max(1, rate.burst // workers))
    assert share.quota * workers <= max(rate.quota, workers)
    assert share.burst * workers <= max(rate.burst, workers)
    assert share.window == rate.window


def test_one_worker_has_all_of_it() -> None:
    assert RATE.share(1) == RATE


def test_a_scaled_rate_is_so_many_times_as_much_in_so_much_longer() -> None:
    assert RATE.scaled(5) == Rate(50, 60, 20)
    assert RATE.scaled(5, 3) == Rate(50, 180, 20)


@pytest.mark.parametrize(
    ("level", "remaining", "wait"),
    [(0, 4, 6), (1, 3, 1), (59, 3, 6), (60, 3, 6), (61, 2, 1), (180, 1, 6), (181, 0, 1), (240, 0, 6), (300, 0, 12)],
)
def test_what_remains_of_some_levels(level: int, remaining: int, wait: int) -> None:
    assert RATE.outlook(level) == (remaining, wait)


def test_a_rate_is_written_as_its_three_numbers() -> None:
    assert str(RATE) == "10/60ms/4"
