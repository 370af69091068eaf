"""Which buckets each of what is limited strictly is charged to."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest

from api.account.limits import Limits, Policies
from api.errors import PasswordNotConfirmed, ResetRefused, WrongCredentials
from api.settings import Settings
from auth.buckets import Charge, Charged
from auth.errors import CapacityReduced
from auth.own_buckets import OwnBuckets
from auth.policies import rate
from auth.reports import Reports
from auth.strict_limiter import StrictLimiter
from tests.clocks import ManualClock

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"
SETTINGS = {f"JAVUMBO_LIMIT_{name}": "2/1m" for name in ("SIGN_UP", "SIGN_IN", "REFRESH", "PASSWORD", "RESET")}


class Noting(OwnBuckets):
    """Buckets that say what they were charged."""

    def __init__(self) -> None:
        super().__init__(ManualClock())
        self.noted: list[Charge] = []

    def charge(self, charges: Sequence[Charge]) -> Charged:
        self.noted += charges
        return super().charge(charges)


@pytest.fixture
def buckets() -> Noting:
    return Noting()


@pytest.fixture
def limits(buckets: Noting) -> Limits:
    policies = Policies.of(Settings.from_environ(SETTINGS))
    return Limits(policies, StrictLimiter(None, buckets, 1, Reports()))


def sign_up(limits: Limits, address: str) -> None:
    limits.sign_up(address)


def sign_in(limits: Limits, address: str = HERE, name: str = "anna", device: str | None = None) -> None:
    with suppress(WrongCredentials), limits.sign_in(name, address, device):
        raise WrongCredentials


def refresh(limits: Limits, session_id: str) -> None:
    limits.refresh(session_id)


def refused_refresh(limits: Limits, address: str) -> None:
    limits.refused_refresh(address)


def password(limits: Limits, session_id: str) -> None:
    with suppress(PasswordNotConfirmed), limits.password(session_id):
        raise PasswordNotConfirmed


def reset(limits: Limits, address: str) -> None:
    with suppress(ResetRefused), limits.reset(address):
        raise ResetRefused


def refuses(does: Callable[[], object]) -> tuple[str, ...]:
    """Return the policies that refuse it, if any does."""
    try:
        does()
    except CapacityReduced as error:
        return error.policies
    return ()


def names(buckets: Noting) -> set[str]:
    return {charge.policy.name for charge in buckets.noted}


def test_the_rates_of_sign_ins_follow_from_one_setting() -> None:
    policies = Policies.of(Settings.from_environ({"JAVUMBO_LIMIT_SIGN_IN": "10/1m/3"}))

    assert policies.sign_in.rate == rate("10/1m/3")
    assert policies.sign_in_address.rate == rate("100/1m/30")
    assert policies.sign_in_name.rate == rate("50/1h/15")
    assert policies.sign_in_devices.rate == rate("200/1h/60")
    assert policies.sign_ins.rate == rate("60/1m/18")


@pytest.mark.parametrize("does", [sign_up, refresh, password, reset], ids=lambda does: does.__name__)
def test_each_is_charged_to_one_bucket_of_its_own_policy(
    limits: Limits, buckets: Noting, does: Callable[[Limits, str], None]
) -> None:
    does(limits, HERE)
    does(limits, HERE)

    assert names(buckets) == {does.__name__.replace("_", "-")}
    assert refuses(lambda: does(limits, HERE)) == (does.__name__.replace("_", "-"),)
    assert refuses(lambda: does(limits, ELSEWHERE)) == ()


@pytest.mark.parametrize("does", [sign_up, refused_refresh, reset, sign_in], ids=lambda does: does.__name__)
def test_an_ipv6_address_is_charged_with_its_64_bits(limits: Limits, does: Callable[[Limits, str], None]) -> None:
    for host in range(2):
        does(limits, f"2001:db8:1:2::{host}")

    assert refuses(lambda: does(limits, "2001:db8:1:2:ffff:ffff:ffff:ffff"))
    assert not refuses(lambda: does(limits, "2001:db8:1:3::"))


def test_an_ipv4_address_is_the_same_within_ipv6(limits: Limits) -> None:
    limits.sign_up(HERE)
    limits.sign_up(f"::ffff:{HERE}")

    assert refuses(lambda: limits.sign_up(HERE)) == ("sign-up",)


def test_a_sign_in_is_charged_to_the_name_at_the_address_and_to_both(limits: Limits, buckets: Noting) -> None:
    sign_in(limits)

    charged = {charge.policy.name: charge.bucket for charge in buckets.noted}
    assert charged.keys() == {"sign-in", "sign-in-address", "sign-in-name", "sign-ins"}
    assert charged["sign-in-address"] == HERE
    assert charged["sign-in"] == charged["sign-ins"] == f"{charged['sign-in-name']}@{HERE}"


def test_no_bucket_holds_the_name_that_was_typed(limits: Limits, buckets: Noting) -> None:
    sign_in(limits, name="my password")
    sign_in(limits, name="my password", device="D" * 22)

    assert not any("password" in charge.bucket or " " in charge.bucket for charge in buckets.noted)


def test_names_and_addresses_are_charged_apart(limits: Limits) -> None:
    for _ in range(2):
        sign_in(limits)

    assert refuses(lambda: sign_in(limits)) == ("sign-in",)
    assert refuses(lambda: sign_in(limits, ELSEWHERE)) == ()
    assert refuses(lambda: sign_in(limits, name="Anna")) == ()


def test_many_names_are_one_address(limits: Limits) -> None:
    for number in range(20):
        sign_in(limits, name=f"name {number}")

    assert refuses(lambda: sign_in(limits, name="another")) == ("sign-in-address",)
    assert refuses(lambda: sign_in(limits, ELSEWHERE, "another")) == ()


def test_many_addresses_are_one_name(limits: Limits) -> None:
    for number in range(10):
        sign_in(limits, f"198.51.100.{number}")

    assert refuses(lambda: sign_in(limits)) == ("sign-in-name",)
    assert refuses(lambda: sign_in(limits, name="ben")) == ()


def test_a_device_is_charged_by_itself_wherever_it_is(limits: Limits, buckets: Noting) -> None:
    for address in (HERE, ELSEWHERE):
        sign_in(limits, address, device="first")

    assert names(buckets) == {"sign-in", "sign-in-name", "sign-in-devices", "sign-ins"}
    buckets.noted.clear()
    sign_in(limits, "192.0.2.3", device="first")
    assert "sign-in-address" in names(buckets)
    assert refuses(lambda: sign_in(limits, device="second")) == ()
    assert refuses(lambda: sign_in(limits)) == ()


def test_a_device_is_not_kept_out_by_strangers(limits: Limits) -> None:
    for number in range(10):
        sign_in(limits, f"198.51.100.{number}")
    for number in range(20):
        sign_in(limits, name=f"name {number}")

    assert refuses(lambda: sign_in(limits)) == ("sign-in-address", "sign-in-name")
    assert refuses(lambda: sign_in(limits, device="first")) == ()


def test_a_device_is_another_for_another_name(limits: Limits) -> None:
    for _ in range(2):
        sign_in(limits, device="first")

    assert refuses(lambda: sign_in(limits, name="ben", device="first")) == ()


def test_beyond_what_all_devices_of_a_name_have_each_is_charged_as_a_stranger(limits: Limits, buckets: Noting) -> None:
    for number in range(40):
        sign_in(limits, device=f"device {number}".replace(" ", "-"))

    buckets.noted.clear()
    sign_in(limits, device="another")
    assert [charge.policy.name for charge in buckets.noted if charge.bucket == HERE] == ["sign-in-address"]
    assert refuses(lambda: sign_in(limits, name="ben", device="another")) == ()


def test_a_device_is_refused_where_a_stranger_is_too(limits: Limits) -> None:
    for _ in range(4):
        sign_in(limits, device="first")

    assert refuses(lambda: sign_in(limits, device="first")) == ("sign-in",)
    assert refuses(lambda: sign_in(limits)) == ("sign-in",)
    assert refuses(lambda: sign_in(limits, ELSEWHERE, device="first")) == ()


def test_a_device_that_is_refused_is_charged_nothing(limits: Limits, buckets: Noting) -> None:
    for _ in range(4):
        sign_in(limits, device="first")
    charged = {(charge.policy, charge.bucket) for charge in buckets.noted}

    def levels() -> list[int]:
        return [buckets.charge([Charge(policy, bucket, 0)]).levels[0] for policy, bucket in sorted(charged, key=str)]

    before = levels()

    assert refuses(lambda: sign_in(limits, device="first")) == ("sign-in",)
    assert levels() == before


ATTEMPTS: list[tuple[Callable[[Limits], Any], type[Exception], int]] = [
    (lambda limits: limits.sign_in("anna", HERE, None), WrongCredentials, 2),
    (lambda limits: limits.sign_in("anna", HERE, "first"), WrongCredentials, 2 + 2),
    (lambda limits: limits.password("session"), PasswordNotConfirmed, 2),
    (lambda limits: limits.reset(HERE), ResetRefused, 2),
]
"""What is limited, the failure that is charged, and how often it may fail."""


@pytest.mark.parametrize(("attempt", "failure", "most"), ATTEMPTS)
def test_what_succeeds_costs_nothing(
    limits: Limits, attempt: Callable[[Limits], Any], failure: type[Exception], most: int
) -> None:
    for _ in range(9):
        with attempt(limits):
            pass

    assert refuses(lambda: fail(attempt(limits), failure)) == ()


@pytest.mark.parametrize(("attempt", "failure", "most"), ATTEMPTS)
def test_only_its_own_failure_costs_something(
    limits: Limits, attempt: Callable[[Limits], Any], failure: type[Exception], most: int
) -> None:
    for _ in range(9):
        fail(attempt(limits), OSError)
    for _ in range(most):
        fail(attempt(limits), failure)

    assert len(refuses(lambda: fail(attempt(limits), failure))) == 1


def fail(attempt: Any, error: type[Exception]) -> None:
    with suppress(error), attempt:
        raise error
