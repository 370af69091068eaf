from datetime import timedelta

import pytest

from api.refused_tokens import RefusedTokens
from auth.amortised_limiter import AmortisedLimiter
from auth.errors import BadSignature, ExpiredToken, QuotaExceeded, RevokedToken, TokenRefused
from auth.policies import Policy, rate
from auth.reports import Reports
from tests.clocks import ManualClock

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"
GARBAGE = BadSignature("garbage")
SESSION, ANOTHER = "S" * 22, "A" * 22
SPENT = [ExpiredToken("expired", SESSION), RevokedToken("revoked", SESSION)]


class Refusals(RefusedTokens):
    """Two tokens a minute. Nobody sleeps; how often somebody would have is counted."""

    def __init__(self, clock: ManualClock, waiting: int = 8) -> None:
        super().__init__(AmortisedLimiter(Policy("refused", rate("2/1m")), None, clock, Reports()), waiting, self.wait)
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)

    def admits(self, error: TokenRefused, address: str = HERE) -> bool:
        try:
            self.charge(error, address)
        except QuotaExceeded:
            return False
        return True

    def use_up(self, error: TokenRefused = GARBAGE, address: str = HERE) -> None:
        assert [self.admits(error, address) for _ in range(2)] == [True, True]
        assert self.waits == []


@pytest.fixture
def refused(clock: ManualClock) -> Refusals:
    return Refusals(clock)


def test_tokens_that_were_never_ours_are_limited_by_address(refused: Refusals) -> None:
    refused.use_up()

    assert not refused.admits(GARBAGE)
    assert refused.admits(GARBAGE, ELSEWHERE)


def test_an_ipv6_address_is_charged_with_its_64_bits(refused: Refusals) -> None:
    refused.use_up(address="2001:db8::1")

    assert not refused.admits(GARBAGE, "2001:db8::2")
    assert refused.admits(GARBAGE, "2001:db8:0:1::1")


@pytest.mark.parametrize("spent", SPENT, ids=["expired", "revoked"])
def test_a_token_that_was_good_once_is_never_more_than_refused(refused: Refusals, spent: TokenRefused) -> None:
    assert all(refused.admits(spent) for _ in range(9))


@pytest.mark.parametrize("spent", SPENT, ids=["expired", "revoked"])
def test_a_token_that_was_good_once_is_counted_for_its_session(refused: Refusals, spent: TokenRefused) -> None:
    refused.use_up(spent)

    refused.admits(spent, ELSEWHERE)

    assert len(refused.waits) == 1
    assert refused.admits(ExpiredToken("expired", ANOTHER))
    assert refused.admits(GARBAGE)
    assert len(refused.waits) == 1


def test_who_goes_on_beyond_the_limit_is_made_to_wait_each_time(refused: Refusals, clock: ManualClock) -> None:
    refused.use_up()

    for _ in range(3):
        refused.admits(GARBAGE)

    assert refused.waits == [0.5] * 3
    clock.advance(timedelta(seconds=30))
    assert refused.admits(GARBAGE)
    assert len(refused.waits) == 3


class Crowd(Refusals):
    """While one is made to wait, the next one comes, up to so many."""

    def __init__(self, clock: ManualClock, waiting: int, of: int) -> None:
        super().__init__(clock, waiting)
        self.use_up()
        self.to_come = of

    def wait(self, seconds: float) -> None:
        super().wait(seconds)
        self.come()

    def come(self) -> None:
        if self.to_come:
            self.to_come -= 1
            assert not self.admits(GARBAGE)


@pytest.mark.parametrize(("waiting", "waits"), [(0, 0), (1, 1), (3, 3), (9, 5)])
def test_only_so_many_are_made_to_wait_at_once_and_the_others_are_refused_at_once(
    clock: ManualClock, waiting: int, waits: int
) -> None:
    crowd = Crowd(clock, waiting, of=5)

    crowd.come()

    assert len(crowd.waits) == waits


def test_who_has_waited_leaves_the_place_to_others(clock: ManualClock) -> None:
    refused = Refusals(clock, waiting=1)
    refused.use_up()

    for _ in range(3):
        refused.admits(GARBAGE)

    assert len(refused.waits) == 3


def test_a_place_is_left_even_if_the_wait_breaks_off(clock: ManualClock) -> None:
    class Broken(Refusals):
        def wait(self, seconds: float) -> None:
            super().wait(seconds)
            raise KeyboardInterrupt

    refused = Broken(clock, waiting=1)
    refused.use_up()

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            refused.admits(GARBAGE)

    assert len(refused.waits) == 2
