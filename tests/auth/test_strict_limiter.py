"""The strict limiter: all or nothing, shared while Redis is there and in shares while it is not."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.buckets import Charge, Charged
from auth.errors import LIMITED, CapacityReduced, LimitReached, QuotaExceeded, RedisDown, RedisRefused
from auth.gcra import Rate
from auth.own_buckets import OwnBuckets
from auth.policies import Policy, Standing
from auth.reports import Reports
from auth.strict_limiter import StrictLimiter
from tests.auth.limiting import Ticks

FEW = Policy("few", Rate(quota=4, window=4000, burst=4))
MANY = Policy("many", Rate(quota=10, window=10_000, burst=10))
SECRET = Policy("secret", Rate(quota=1, window=60_000, burst=1), is_told=False)
SLOW = Policy("slow", Rate(quota=1, window=60_000, burst=1))
REQUEST = 4000  # What one adds to a level of FEW.
WORKERS = 3


class Shared(OwnBuckets):
    """Buckets that all limiters of a test share, and that can be away."""

    away: Exception | None = None

    def charge(self, charges: Sequence[Charge]) -> Charged:
        self._answer()
        return super().charge(charges)

    def take_back(self, charges: Sequence[Charge]) -> Charged:
        self._answer()
        return super().take_back(charges)

    def _answer(self) -> None:
        if self.away is not None:
            raise self.away


@dataclass
class Place:
    """A worker's limiter, what it shares with others, and what it has told."""

    ticks: Ticks = field(default_factory=Ticks)
    workers: int = WORKERS
    standings: list[list[Standing]] = field(default_factory=list)
    refused: list[LimitReached] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shared = Shared(self.ticks)
        self.limiter = self.another()

    def another(self) -> StrictLimiter:
        own = OwnBuckets(self.ticks)
        reports = Reports(lambda told: self.standings.append(list(told)), self.refused.append)
        return StrictLimiter(self.shared, own, self.workers, reports)

    def level(self, policy: Policy = FEW, bucket: str = "a") -> int:
        """The level of a shared bucket."""
        return OwnBuckets.charge(self.shared, [Charge(policy, bucket, 0)]).levels[0]


@pytest.fixture
def here() -> Place:
    return Place()


def admits(limiter: StrictLimiter, *charges: Charge) -> bool:
    try:
        limiter.charge(charges)
    except LIMITED:
        return False
    return True


def admitted(limiter: StrictLimiter, policy: Policy = FEW) -> int:
    """How many are admitted at once."""
    return [admits(limiter, Charge(policy, "a")) for _ in range(50)].count(True)


class Failed(Exception):
    pass


class FailedAgain(Failed):
    pass


def test_all_policies_are_charged_or_none(here: Place) -> None:
    here.limiter.charge([Charge(FEW, "a"), Charge(MANY, "a")])
    here.limiter.charge([Charge(FEW, "a")])
    assert admitted(here.limiter) == 2

    with pytest.raises(QuotaExceeded) as refused:
        here.limiter.charge([Charge(MANY, "a"), Charge(FEW, "a"), Charge(MANY, "b")])

    assert (refused.value.policies, refused.value.wait) == (("few",), 1)
    assert (here.level(MANY), here.level(MANY, "b")) == (10_000, 0)


def test_every_standing_is_told_and_every_refusal(here: Place) -> None:
    for _ in range(5):
        admits(here.limiter, Charge(FEW, "a"))

    assert here.standings == [[Standing(FEW, REQUEST * min(number, 4))] for number in range(1, 6)]
    assert [error.policies for error in here.refused] == [("few",)]


def test_a_policy_that_is_not_for_everybody_to_know_is_told_only_when_it_refuses(here: Place) -> None:
    charges = [Charge(FEW, "a"), Charge(SECRET, "a")]
    with here.limiter.attempt(charges, Failed):
        pass
    admits(here.limiter, *charges)

    assert not admits(here.limiter, *charges)

    assert here.standings == [[Standing(FEW, level)] for level in (REQUEST, 0, REQUEST)] + [[Standing(SECRET, 60_000)]]


def test_a_share_of_such_a_policy_is_not_told_either(here: Place) -> None:
    here.shared.away = RedisDown("gone")

    admits(here.limiter, Charge(SECRET, "a"))

    assert here.standings == [[]]


def test_workers_grant_it_together(here: Place) -> None:
    assert admitted(here.limiter) + admitted(here.another()) == 4


def test_an_attempt_that_succeeds_costs_nothing(here: Place) -> None:
    with here.limiter.attempt([Charge(FEW, "a"), Charge(MANY, "a")], Failed):
        assert (here.level(), here.level(MANY)) == (REQUEST, 10_000)

    assert (here.level(), here.level(MANY)) == (0, 0)
    assert here.standings[-1] == [Standing(FEW, 0), Standing(MANY, 0)]


@pytest.mark.parametrize("error", [Failed, FailedAgain])
def test_an_attempt_that_fails_as_named_stays_charged(here: Place, error: type[Exception]) -> None:
    with pytest.raises(error), here.limiter.attempt([Charge(FEW, "a")], Failed):
        raise error

    assert here.level() == REQUEST
    assert here.standings == [[Standing(FEW, REQUEST)]]


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt])
def test_an_attempt_that_ends_otherwise_is_taken_back(here: Place, error: type[BaseException]) -> None:
    with pytest.raises(error), here.limiter.attempt([Charge(FEW, "a")], Failed):
        raise error

    assert here.level() == 0


def test_what_is_kept_stays_charged_whatever_comes_of_it(here: Place) -> None:
    with here.limiter.attempt([Charge(FEW, "a"), Charge(MANY, "a", is_kept=True)], Failed):
        pass

    assert (here.level(), here.level(MANY)) == (0, 10_000)


def test_where_the_first_is_refused_the_other_is_charged_and_the_first_is_not(here: Place) -> None:
    admitted(here.limiter)
    here.standings.clear()

    with (
        pytest.raises(Failed),
        here.limiter.attempt([Charge(FEW, "a"), Charge(MANY, "a")], Failed, instead=[Charge(FEW, "b")]),
    ):
        raise Failed

    assert (here.level(), here.level(FEW, "b"), here.level(MANY)) == (4 * REQUEST, REQUEST, 0)
    assert here.standings == [[Standing(FEW, REQUEST)]]
    assert len(here.refused) == 46  # those before: this one was none


def test_the_other_is_taken_back_from_who_succeeds(here: Place) -> None:
    admitted(here.limiter)

    with here.limiter.attempt([Charge(FEW, "a")], Failed, instead=[Charge(FEW, "b")]):
        pass

    assert (here.level(), here.level(FEW, "b")) == (4 * REQUEST, 0)


def test_the_other_is_not_charged_while_the_first_admits(here: Place) -> None:
    with pytest.raises(Failed), here.limiter.attempt([Charge(FEW, "a")], Failed, instead=[Charge(FEW, "b")]):
        raise Failed

    assert (here.level(), here.level(FEW, "b")) == (REQUEST, 0)


@pytest.mark.parametrize("ways", [(FEW, SLOW), (SLOW, FEW)])
def test_who_is_refused_by_both_is_told_of_the_one_that_admits_sooner_and_charged_by_none(
    here: Place, ways: tuple[Policy, Policy]
) -> None:
    for policy in ways:
        admitted(here.limiter, policy)
    here.refused.clear()
    first, other = ([Charge(policy, "a"), Charge(MANY, "a")] for policy in ways)

    with pytest.raises(QuotaExceeded) as refused, here.limiter.attempt(first, Failed, instead=other):
        pytest.fail("both are over the quota")

    assert (refused.value.policies, refused.value.wait) == (("few",), 1)
    assert here.refused == [refused.value]
    assert here.level(MANY) == 0


def test_what_is_refused_is_not_attempted_and_not_taken_back(here: Place) -> None:
    admitted(here.limiter)

    with pytest.raises(QuotaExceeded), here.limiter.attempt([Charge(FEW, "a")], Failed):
        pytest.fail("this is over the quota")

    assert here.level() == 4 * REQUEST


@pytest.mark.parametrize(("workers", "share"), [(1, 4), (2, 2), (3, 1), (4, 1), (100, 1)])
def test_without_redis_each_worker_grants_its_share_and_at_least_one(workers: int, share: int) -> None:
    here = Place(workers=workers)
    here.shared.away = RedisDown("gone")

    assert admitted(here.limiter) == share
    with pytest.raises(CapacityReduced):
        here.limiter.charge([Charge(FEW, "a")])
    here.ticks.go(FEW.rate.window)
    assert admitted(here.limiter) == share


@pytest.mark.parametrize(("away", "outcome"), [(RedisDown("gone"), "down"), (RedisRefused("no memory"), "refused")])
def test_once_redis_is_back_the_quota_is_shared_again_and_both_are_logged(
    here: Place, away: Exception, outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    here.shared.away = away
    for _ in range(3):
        admits(here.limiter, Charge(FEW, "a"))
    assert [vars(line)["outcome"] for line in caplog.records] == [outcome]

    here.shared.away = None

    assert admitted(here.limiter) == 4
    assert [line.message.split()[-1] for line in caplog.records] == ["them", "again"]
    assert isinstance(here.refused[-1], QuotaExceeded)


def test_where_there_is_no_redis_there_are_only_shares() -> None:
    limiter = StrictLimiter(None, OwnBuckets(Ticks()), 2, Reports())

    assert admitted(limiter) == 2
    with pytest.raises(CapacityReduced), limiter.attempt([Charge(FEW, "a")], Failed):
        pytest.fail("this is over the share")


def test_what_was_charged_here_is_taken_back_here_though_redis_has_come_back(here: Place) -> None:
    admits(here.limiter, Charge(FEW, "a"))
    here.shared.away = RedisDown("gone")

    with here.limiter.attempt([Charge(FEW, "a")], Failed):
        here.shared.away = None

    assert here.level() == REQUEST
    here.shared.away = RedisDown("gone")
    assert admitted(here.limiter) == 1


@pytest.mark.parametrize("away", [RedisDown("gone"), RedisRefused("no memory")])
def test_what_was_charged_there_stays_charged_when_redis_goes_meanwhile(
    here: Place, away: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with here.limiter.attempt([Charge(FEW, "a")], Failed):
        here.shared.away = away

    assert [vars(line)["reason"] for line in caplog.records] == [str(away)]
    assert here.level() == REQUEST
    assert admitted(here.limiter) == 1


STEPS = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(0, WORKERS - 1), st.integers(1, 6), st.booleans()), max_size=60
)
RATES = st.builds(Rate, st.integers(1, 9), st.sampled_from([500, 4000]), st.integers(1, 9))


@given(RATES, STEPS)
def test_however_often_redis_goes_and_comes_no_more_is_granted_than_both_together(
    rate: Rate, steps: list[tuple[int, int, int, bool]]
) -> None:
    policy = Policy("some", rate)
    here = Place()
    limiters = [here.another() for _ in range(WORKERS)]
    granted: list[int] = []

    for pause, worker, attempts, is_away in steps:
        here.ticks.go(pause)
        here.shared.away = RedisDown("gone") if is_away else None
        now = int(here.ticks.monotonic() * 1000)
        granted += [now for _ in range(attempts) if admits(limiters[worker], Charge(policy, "a"))]

    burst, quota = (most + max(most, WORKERS) for most in (rate.burst, rate.quota))
    for first, start in enumerate(granted):
        for last in range(first, len(granted)):
            count, elapsed = last - first + 1, granted[last] - start
            assert count * rate.window <= burst * rate.window + quota * elapsed
