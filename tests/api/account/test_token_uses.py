from dataclasses import replace
from datetime import timedelta

import pytest

from api.account.accounts import Confirmation
from api.account.api_tokens import NewApiToken
from api.account.token_uses import MOST_NOTED, TokenUses
from api.errors import StoreUnavailable
from api.services import Services
from auth.claims import Claims
from auth.tokens import AccessTokens
from tests.callers import PASSWORD, Caller
from tests.clocks import ManualClock
from tests.files import query
from tests.grants import grant


@pytest.fixture
def uses(services: Services, clock: ManualClock) -> TokenUses:
    return TokenUses(services.accounts.file, clock)


@pytest.fixture
def claims(anna: Caller, services: Services, clock: ManualClock) -> Claims:
    new = NewApiToken("a program", frozenset({"collection:read"}), timedelta(days=30))
    _, token = services.api_tokens.create(Confirmation(anna.user_id, anna.session_id, PASSWORD), new)
    return AccessTokens(services.keystore, services.settings, clock).verify(token)


def days(services: Services) -> list[int | None]:
    rows = query(services.settings.accounts_file, "SELECT last_used_day FROM api_tokens")
    return [row["last_used_day"] for row in rows]


def test_a_day_is_written_once_whatever_is_used(
    uses: TokenUses, claims: Claims, services: Services, clock: ManualClock
) -> None:
    uses.note(claims)
    uses.write()
    query(services.settings.accounts_file, "UPDATE api_tokens SET last_used_day = NULL")

    uses.note(claims)
    uses.write()
    assert days(services) == [None]

    clock.advance(timedelta(days=1))
    uses.note(claims)
    uses.write()
    assert days(services) == [20781]


def test_an_earlier_day_never_takes_the_place_of_a_later_one(
    uses: TokenUses, claims: Claims, services: Services
) -> None:
    query(services.settings.accounts_file, "UPDATE api_tokens SET last_used_day = 30000")

    uses.note(claims)
    uses.write()

    assert days(services) == [30000]


def test_sessions_are_not_noted(uses: TokenUses, services: Services, clock: ManualClock) -> None:
    issued = AccessTokens(services.keystore, services.settings, clock).issue(grant())

    uses.note(issued.claims)

    assert uses.noted == 0


def test_what_could_not_be_written_is_written_the_next_time(
    uses: TokenUses, claims: Claims, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    uses.note(claims)

    def fail(*arguments: object) -> None:
        raise StoreUnavailable("accounts.db", "I/O error")

    with monkeypatch.context() as context:
        context.setattr("api.store.api_tokens.note_use", fail)
        with pytest.raises(StoreUnavailable):
            uses.write()
    uses.write()

    assert days(services) == [20780]


def test_there_is_an_end_to_what_is_noted(uses: TokenUses, services: Services, clock: ManualClock) -> None:
    tokens = AccessTokens(services.keystore, services.settings, clock)
    template = tokens.issue(grant(client_id="api:1")).claims

    for number in range(MOST_NOTED + 10):
        uses.note(replace(template, session_id=f"{number:022d}"))

    assert uses.noted == MOST_NOTED
