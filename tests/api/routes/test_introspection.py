"""What is told of a token, to whom, and of which none is (RFC 7662)."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from api.services import Services
from auth.errors import RevocationsUnknown
from tests.callers import Caller, sign_in
from tests.clocks import ManualClock
from tests.files import query
from tests.oauth import AT_NOON, SCOPE, api_token, introspect, is_active, refresh, revoke


def test_an_access_token_is_told_of_whole(anna: Caller, services: Services) -> None:
    body = introspect(anna, anna.token)

    assert len(body.pop("jti")) == 22
    assert body == {
        "active": True,
        "scope": SCOPE,
        "client_id": "web",
        "username": "anna",
        "token_type": "Bearer",
        "exp": AT_NOON + 600,
        "iat": AT_NOON,
        "sub": str(anna.user_id),
        "aud": "javumbo",
        "iss": services.settings.issuer,
        "sid": anna.session_id,
        "user_id": anna.user_id,
    }


def test_a_refresh_token_is_told_of_as_no_access_token(client: FlaskClient, anna: Caller, services: Services) -> None:
    phone = sign_in(client, "anna", kind="cli")

    body = introspect(anna, phone.refresh_token)

    assert (body["active"], body["token_type"], body["client_id"]) == (True, "N_A", "cli")
    assert body["aud"] == body["iss"] == services.settings.issuer
    assert (body["sid"], body["exp"]) == (phone.session_id, AT_NOON + 30 * 86_400)


def test_an_api_token_is_told_of_and_may_ask(anna: Caller) -> None:
    program = api_token(anna)

    body = introspect(program, program.token)

    assert (body["active"], body["scope"], body["client_id"]) == (True, "collection:read", "api:1")
    assert is_active(program, anna.token)


def test_a_token_that_was_ended_is_inactive(client: FlaskClient, anna: Caller) -> None:
    phone, program = sign_in(client, "anna"), api_token(anna)
    assert is_active(anna, phone.token)
    assert is_active(anna, phone.refresh_token)
    assert is_active(anna, program.token)

    revoke(client, phone.token)
    revoke(client, program.token)

    assert not is_active(anna, phone.token)
    assert not is_active(anna, phone.refresh_token)
    assert not is_active(anna, program.token)


def test_a_refresh_token_is_active_until_it_is_used(client: FlaskClient, anna: Caller) -> None:
    successor = refresh(client, anna.refresh_token).get_json()["refresh_token"]

    assert not is_active(anna, anna.refresh_token)
    assert is_active(anna, successor)


def test_an_expired_token_is_inactive(client: FlaskClient, anna: Caller, clock: ManualClock) -> None:
    clock.advance(timedelta(minutes=9, seconds=59))
    later = sign_in(client, "anna")
    assert is_active(later, anna.token)

    clock.advance(timedelta(seconds=1))

    assert not is_active(later, anna.token)


def test_an_operators_account_may_ask_about_any_token(anna: Caller, ben: Caller, services: Services) -> None:
    query(services.settings.accounts_file, "UPDATE accounts SET is_operator = 1 WHERE user_id = ?", anna.user_id)

    body = introspect(anna, ben.refresh_token)

    assert (body["active"], body["username"], body["user_id"]) == (True, "ben", ben.user_id)
    assert is_active(api_token(anna), ben.token)
    assert not is_active(ben, anna.token)


@pytest.mark.parametrize("change", ["UPDATE accounts SET disabled_at = 1", "DELETE FROM accounts"])
def test_a_token_of_an_account_that_is_disabled_or_gone_is_inactive(
    anna: Caller, ben: Caller, services: Services, change: str
) -> None:
    query(services.settings.accounts_file, "UPDATE accounts SET is_operator = 1 WHERE user_id = ?", anna.user_id)
    assert is_active(anna, ben.token)

    query(services.settings.accounts_file, f"{change} WHERE user_id = ?", ben.user_id)

    assert not is_active(anna, ben.token)
    assert not is_active(anna, ben.refresh_token)


def test_a_caller_whose_account_is_disabled_is_a_401(client: FlaskClient, anna: Caller, services: Services) -> None:
    query(services.settings.accounts_file, "UPDATE accounts SET disabled_at = 1")

    headers = {"Authorization": f"Bearer {anna.token}"}
    answer = client.post("/oauth/introspect", data={"token": anna.token}, headers=headers)

    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_worker_that_does_not_know_what_is_revoked_says_of_no_access_token_that_it_is_good(
    anna: Caller, services: Services, clock: ManualClock
) -> None:
    clock.advance(timedelta(minutes=5))

    with pytest.raises(RevocationsUnknown):
        services.introspection.introspect(anna.token, anna.user_id)
