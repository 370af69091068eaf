"""Who sends tokens that are refused, over HTTP: what they are told, and that nobody else is kept out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.app import create_app
from api.authenticator import Authenticator
from api.refused_tokens import RefusedTokens
from api.services import Services, build_services
from api.settings import Settings
from auth.amortised_limiter import AmortisedLimiter
from auth.passwords import Passwords
from auth.policies import Policy
from auth.reports import Reports
from tests.api.test_metrics import numbers
from tests.callers import Caller, sign_up
from tests.clocks import ManualClock
from tests.limits import limited

GARBAGE = "garbage"


@pytest.fixture
def settings(tmp_path: Path, clock: ManualClock) -> Settings:
    return limited(tmp_path, clock, limit_refused="2/1m", trusted_proxies="127.0.0.1")


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def services(
    settings: Settings, clock: ManualClock, cheap_passwords: Passwords, waits: list[float]
) -> Iterator[Services]:
    """Services in which nobody sleeps who is made to wait."""
    built = build_services(settings, clock, cheap_passwords)
    built.follower.start()
    assert isinstance(built.authenticate, Authenticator)
    limiter = AmortisedLimiter(Policy("refused", settings.limit_refused), None, clock, Reports())
    refused = RefusedTokens(limiter, 8, waits.append)
    yield replace(built, authenticate=replace(built.authenticate, refused=refused))
    built.close()


@pytest.fixture
def client(services: Services) -> FlaskClient:
    return create_app(services).test_client()


@pytest.fixture
def anna(client: FlaskClient) -> Caller:
    return sign_up(client, "anna")


def ask(client: FlaskClient, token: str, address: str = "192.0.2.1") -> TestResponse:
    return client.get("/v1/decks", headers={"Authorization": f"Bearer {token}", "X-Forwarded-For": address})


def test_who_sends_garbage_is_told_to_stop(client: FlaskClient, waits: list[float]) -> None:
    answers = [ask(client, GARBAGE) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[-1].get_json()["violated-policies"] == ["refused"]
    assert answers[-1].headers["Retry-After"] == "31"
    assert "WWW-Authenticate" not in answers[-1].headers
    assert waits == [0.5]


def test_after_the_wait_they_are_told_that_it_is_garbage(client: FlaskClient, clock: ManualClock) -> None:
    refused = [ask(client, GARBAGE) for _ in range(3)][-1]

    clock.advance(timedelta(seconds=int(refused.headers["Retry-After"])))

    assert ask(client, GARBAGE).status_code == 401


def test_somebody_with_a_good_token_at_the_same_address_is_served(
    client: FlaskClient, anna: Caller, waits: list[float]
) -> None:
    for _ in range(3):
        ask(client, GARBAGE)

    assert ask(client, anna.token).status_code == 200
    assert waits == [0.5]


def test_another_address_is_told_that_its_token_is_garbage(client: FlaskClient) -> None:
    for _ in range(3):
        ask(client, GARBAGE)

    assert ask(client, GARBAGE, "192.0.2.2").status_code == 401


def test_a_client_whose_token_expires_hears_so_whoever_floods_from_its_address(
    client: FlaskClient, anna: Caller, clock: ManualClock, waits: list[float]
) -> None:
    clock.advance(timedelta(minutes=11))
    for _ in range(3):
        ask(client, GARBAGE)

    answers = [ask(client, anna.token) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [401] * 4
    assert 'error="invalid_token"' in answers[-1].headers["WWW-Authenticate"]
    assert len(waits) == 3


def test_a_token_that_was_revoked_is_always_a_401_and_costs_its_address_nothing(
    client: FlaskClient, anna: Caller, waits: list[float]
) -> None:
    anna.ask("DELETE", "/v1/sessions/current")

    answers = [ask(client, anna.token) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [401] * 4
    assert len(waits) == 2
    assert ask(client, GARBAGE).status_code == 401


def test_a_refresh_token_in_its_place_is_garbage(client: FlaskClient, anna: Caller) -> None:
    assert [ask(client, anna.refresh_token).status_code for _ in range(3)] == [401, 401, 429]


def test_every_refusal_is_counted_by_its_reason(client: FlaskClient, services: Services, anna: Caller) -> None:
    anna.ask("DELETE", "/v1/sessions/current")

    for token in (GARBAGE, GARBAGE, GARBAGE, anna.token):
        ask(client, token)

    counted = numbers(services.metrics)
    assert counted['javumbo_refused_tokens_total{code="malformed_token"}'] == 3
    assert counted['javumbo_refused_tokens_total{code="revoked_token"}'] == 1


def test_while_nobody_knows_what_is_revoked_a_good_token_is_not_charged(
    client: FlaskClient, services: Services, anna: Caller, clock: ManualClock
) -> None:
    clock.advance(services.settings.revocation_max_age + timedelta(seconds=1))

    assert [ask(client, anna.token).status_code for _ in range(4)] == [503] * 4
    assert numbers(services.metrics)['javumbo_refused_tokens_total{code="revocations_unknown"}'] == 4


def test_what_has_no_token_is_not_charged(client: FlaskClient) -> None:
    for _ in range(4):
        assert client.get("/v1/decks", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 401

    assert ask(client, GARBAGE).status_code == 401
