import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from api.account.accounts import Confirmation, NewAccount, PasswordChange
from api.account.api_tokens import NewApiToken
from api.account.recovery import Recovery
from api.account.sessions import SignIn
from api.errors import AccountGone, ResetRefused, WrongCredentials
from api.services import Services
from auth.passwords import Passwords
from tests.callers import PASSWORD
from tests.clocks import ManualClock
from tests.files import query

ANOTHER = "another password"
HERE = "192.0.2.1"
GOOD_FOR = timedelta(hours=1)


@pytest.fixture
def recovery(services: Services) -> Recovery:
    for name in ("anna", "ben"):
        services.accounts.create(NewAccount(name, name, PASSWORD))
    return services.recovery


def signs_in(services: Services, password: str) -> bool:
    try:
        services.sessions.sign_in(SignIn("anna", password, "web", "192.0.2.1"))
    except WrongCredentials:
        return False
    return True


def test_a_code_is_128_bits_in_groups_that_a_person_can_type(recovery: Recovery) -> None:
    codes = {recovery.issue(1).text for _ in range(20)}

    assert len(codes) == 20
    assert all(re.fullmatch("([A-Z2-7]{4}-){6}[A-Z2-7]{2}", code) for code in codes)


def test_a_code_is_kept_as_its_digest_only_and_shown_in_no_repr(recovery: Recovery, services: Services) -> None:
    code = recovery.issue(1)

    (row,) = query(services.settings.accounts_file, "SELECT * FROM reset_codes")
    assert re.fullmatch("[0-9a-f]{64}", row["digest"])
    assert code.text not in repr(code) + str(row)


def test_a_code_sets_another_password_once(recovery: Recovery, services: Services) -> None:
    code = recovery.issue(1).text

    recovery.reset("anna", code, ANOTHER, HERE)

    assert (signs_in(services, ANOTHER), signs_in(services, PASSWORD)) == (True, False)
    with pytest.raises(ResetRefused):
        recovery.reset("anna", code, "a third password", HERE)


@pytest.mark.parametrize(
    "typed",
    [str.lower, lambda code: code.replace("-", ""), lambda code: f"  {code.replace('-', ' - ')}\n"],
    ids=["in small letters", "without dashes", "with spaces"],
)
def test_how_a_code_is_typed_does_not_matter(
    recovery: Recovery, services: Services, typed: Callable[[str], str]
) -> None:
    recovery.reset("anna", typed(recovery.issue(1).text), ANOTHER, HERE)

    assert signs_in(services, ANOTHER)


def test_a_code_is_good_for_an_hour(recovery: Recovery, services: Services, clock: ManualClock) -> None:
    early, late = recovery.issue(1), recovery.issue(2)
    clock.advance(GOOD_FOR - timedelta(milliseconds=1))
    recovery.reset("anna", early.text, ANOTHER, HERE)
    clock.advance(timedelta(milliseconds=1))

    with pytest.raises(ResetRefused):
        recovery.reset("ben", late.text, ANOTHER, HERE)


def test_a_new_code_takes_the_place_of_the_one_before(recovery: Recovery) -> None:
    first, second = recovery.issue(1).text, recovery.issue(1).text

    with pytest.raises(ResetRefused):
        recovery.reset("anna", first, ANOTHER, HERE)
    recovery.reset("anna", second, ANOTHER, HERE)


@pytest.mark.parametrize("name", ["ben", "Anna", "nobody", ""])
def test_a_code_of_another_account_is_refused_and_stays_good(recovery: Recovery, services: Services, name: str) -> None:
    code = recovery.issue(1).text

    with pytest.raises(ResetRefused):
        recovery.reset(name, code, ANOTHER, HERE)

    recovery.reset("anna", code, ANOTHER, HERE)
    assert signs_in(services, ANOTHER)


@pytest.mark.parametrize("code", ["", "-", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AA", "\ud800", "\0"])
def test_what_is_no_code_is_refused(recovery: Recovery, services: Services, code: str) -> None:
    recovery.issue(1)

    with pytest.raises(ResetRefused):
        recovery.reset("anna", code, ANOTHER, HERE)
    assert signs_in(services, PASSWORD)


def test_a_reset_ends_every_session_and_api_token_of_that_account_alone(recovery: Recovery, services: Services) -> None:
    assert all([signs_in(services, PASSWORD), signs_in(services, PASSWORD)])
    services.sessions.sign_in(SignIn("ben", PASSWORD, "web", "192.0.2.1"))
    services.api_tokens.create(
        Confirmation(1, "", PASSWORD), NewApiToken("a program", frozenset({"collection:read"}), timedelta(days=1))
    )

    recovery.reset("anna", recovery.issue(1).text, ANOTHER, HERE)

    rows = query(services.settings.accounts_file, "SELECT user_id, ended_why FROM sessions ORDER BY user_id")
    assert [tuple(row.values()) for row in rows] == [(1, "password-reset"), (1, "password-reset"), (2, None)]
    assert services.api_tokens.page(1, 0, 10) == []
    assert len(services.revocations) == 3


def test_a_sign_in_begun_before_a_reset_does_not_slip_in_behind_it(recovery: Recovery, services: Services) -> None:
    before = services.accounts.get(1).version

    recovery.reset("anna", recovery.issue(1).text, ANOTHER, HERE)

    assert services.accounts.get(1).version > before


def test_of_two_uses_of_a_code_at_once_exactly_one_works(recovery: Recovery, services: Services) -> None:
    """Both find the code good, and both have hashed their password before either writes."""
    code = recovery.issue(1).text
    together = Barrier(2)

    class Slow(Passwords):
        def hash(self, password: str) -> str:
            together.wait(10)
            return services.recovery.passwords.hash(password)

    slow = replace(recovery, passwords=Slow(2, 2))

    def use(password: str) -> bool:
        try:
            slow.reset("anna", code, password, HERE)
        except ResetRefused:
            return False
        return True

    passwords = [f"the password of {number}" for number in range(2)]
    with ThreadPoolExecutor() as pool:
        worked = list(pool.map(use, passwords))

    assert sorted(worked) == [False, True]
    assert [signs_in(services, password) for password in passwords] == worked


def test_a_code_does_not_enable_an_account_and_is_good_once_it_is(recovery: Recovery, services: Services) -> None:
    services.accounts.disable(1)
    code = recovery.issue(1).text

    with pytest.raises(ResetRefused):
        recovery.reset("anna", code, ANOTHER, HERE)
    assert not signs_in(services, ANOTHER)

    services.accounts.enable(1)
    recovery.reset("anna", code, ANOTHER, HERE)
    assert signs_in(services, ANOTHER)


def test_an_account_disabled_while_the_password_is_hashed_stays_so(recovery: Recovery, services: Services) -> None:
    class Slow(Passwords):
        def hash(self, password: str) -> str:
            query(services.settings.accounts_file, "UPDATE accounts SET disabled_at = 1")
            return f"a hash of {password}"

    slow, code = replace(recovery, passwords=Slow(1, 1)), recovery.issue(1).text

    with pytest.raises(ResetRefused):
        slow.reset("anna", code, ANOTHER, HERE)

    assert not services.accounts.named("anna").password_hash.startswith("a hash")
    assert len(query(services.settings.accounts_file, "SELECT * FROM reset_codes")) == 1, "nothing of it was done"


@pytest.mark.parametrize(
    "change",
    [
        lambda services: services.accounts.change_password(
            Confirmation(1, "", PASSWORD), PasswordChange(ANOTHER, True)
        ),
        lambda services: services.accounts.disable(1),
        lambda services: services.accounts.end_everything(1),
    ],
    ids=["another password", "disabling", "ending everything"],
)
def test_a_code_is_forgotten_by(recovery: Recovery, services: Services, change: Callable[[Services], None]) -> None:
    code = recovery.issue(1).text

    change(services)
    services.accounts.enable(1)

    with pytest.raises(ResetRefused):
        recovery.reset("anna", code, "a third password", HERE)


def test_nobody_has_no_code(recovery: Recovery) -> None:
    with pytest.raises(AccountGone):
        recovery.issue(77)


def test_no_password_is_hashed_for_a_wrong_code_or_a_disabled_account(recovery: Recovery, services: Services) -> None:
    class Counting(Passwords):
        hashed = 0

        def hash(self, password: str) -> str:
            Counting.hashed += 1
            return password

    counting = replace(recovery, passwords=Counting(1, 1))
    services.accounts.disable(2)
    codes = {"anna": "AAAA", "nobody": recovery.issue(1).text, "ben": recovery.issue(2).text}

    for name, code in codes.items():
        with pytest.raises(ResetRefused):
            counting.reset(name, code, ANOTHER, HERE)

    assert Counting.hashed == 0


def test_the_log_tells_of_resets_without_code_and_password(
    recovery: Recovery, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "javumbo"):
        code = recovery.issue(1).text
        for name, password in (("anna's secret", ANOTHER), ("anna", ANOTHER)):
            with suppress(ResetRefused):
                recovery.reset(name, code, password, HERE)

    said = [(record.message, vars(record).get("user_id")) for record in caplog.records if record.message != "revoked"]
    assert said == [("password reset refused", None), ("password reset", 1)]
    everything = " ".join(str(vars(record)) for record in caplog.records)
    assert not any(secret in everything for secret in (code, ANOTHER, "secret"))
