"""Refreshing and revoking as OAuth clients do (RFC 6749 §6, RFC 7009). What attackers send is in attacks/."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from api.errors import StorageFull, StoreError, StoreUnavailable
from api.services import Services
from api.store.accounts_file import AccountsFile
from auth.errors import RevocationsUnknown
from tests.callers import PASSWORD, Caller, sign_in
from tests.clocks import ManualClock
from tests.files import query
from tests.oauth import AT_NOON, SCOPE, api_token, is_signed_in, refresh, revoke


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, error: StoreError) -> Iterator[None]:
    """Let every write to the accounts fail."""

    def fail(self: AccountsFile) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(AccountsFile, "writing", fail)
        yield


def test_refreshing_answers_as_rfc_6749_wants_it(client: FlaskClient, anna: Caller) -> None:
    answer = refresh(client, anna.refresh_token, client_id="whoever", scope="collection:write account collection:read")

    body = answer.get_json()
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")
    assert {body.pop("access_token"), body.pop("refresh_token")}.isdisjoint({anna.token, anna.refresh_token})
    assert body == {"token_type": "Bearer", "expires_in": 600, "scope": SCOPE}


def test_it_is_the_same_session_and_the_same_tokens_as_of_the_other_route(client: FlaskClient, anna: Caller) -> None:
    here = refresh(client, anna.refresh_token).get_json()
    there = client.post("/v1/sessions/refresh", json={"refresh_token": anna.refresh_token}).get_json()

    assert here == {name: there[name] for name in here}
    assert there["session_id"] == anna.session_id


@pytest.mark.parametrize("scope", ["collection:read", SCOPE + " more", "admin", SCOPE.upper(), "\n"])
def test_a_scope_that_is_not_the_sessions_is_refused_and_nothing_is_rotated(
    client: FlaskClient, anna: Caller, services: Services, scope: str
) -> None:
    answer = refresh(client, anna.refresh_token, scope=scope)

    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_scope")
    assert query(services.settings.accounts_file, "SELECT generation FROM sessions") == [{"generation": 1}]


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_revoking_either_token_ends_the_session_with_both(client: FlaskClient, anna: Caller, kind: str) -> None:
    phone = sign_in(client, "anna")

    answer = revoke(client, anna.token if kind == "access" else anna.refresh_token)

    assert (answer.status_code, answer.data) == (200, b"")
    assert not is_signed_in(anna)
    assert refresh(client, anna.refresh_token).get_json()["error"] == "invalid_grant"
    assert is_signed_in(phone)


def test_a_revocation_is_recorded_with_its_reason(client: FlaskClient, anna: Caller, services: Services) -> None:
    revoke(client, anna.refresh_token)

    (row,) = query(services.settings.accounts_file, "SELECT ended_at, ended_why FROM sessions")
    assert row == {"ended_at": AT_NOON * 1000, "ended_why": "revocation-request"}
    assert services.revocations.includes(anna.session_id)


def test_a_refresh_token_that_was_rotated_out_still_names_its_session(
    client: FlaskClient, anna: Caller, clock: ManualClock
) -> None:
    refresh(client, anna.refresh_token)
    clock.advance(timedelta(minutes=5))

    assert revoke(client, anna.refresh_token).status_code == 200
    assert not is_signed_in(anna)


def test_revoking_an_api_token_deletes_it_and_ends_no_session(client: FlaskClient, anna: Caller) -> None:
    program = api_token(anna)

    assert revoke(client, program.token).status_code == 200
    assert not is_signed_in(program)
    assert anna.ask("GET", "/v1/api-tokens").get_json()["items"] == []
    assert is_signed_in(anna)


def test_revoking_twice_is_done_once(client: FlaskClient, anna: Caller, services: Services) -> None:
    first, second = revoke(client, anna.token), revoke(client, anna.token)

    assert (first.status_code, second.status_code, second.data) == (200, 200, b"")
    assert query(services.settings.accounts_file, "SELECT COUNT(*) AS n FROM revocations") == [{"n": 1}]


def test_an_expired_token_revokes_nothing(client: FlaskClient, anna: Caller, clock: ManualClock) -> None:
    clock.advance(timedelta(minutes=10))

    assert revoke(client, anna.token).status_code == 200
    assert refresh(client, anna.refresh_token).status_code == 200


def test_a_token_of_a_deleted_account_is_a_200(client: FlaskClient, anna: Caller) -> None:
    assert anna.ask("DELETE", "/v1/accounts/me", {"password": PASSWORD}).status_code == 204

    assert revoke(client, anna.refresh_token).status_code == 200
    assert revoke(client, anna.token).status_code == 200


def test_a_worker_that_does_not_know_what_is_revoked_can_revoke(
    client: FlaskClient, anna: Caller, services: Services, clock: ManualClock
) -> None:
    clock.advance(timedelta(minutes=5))
    with pytest.raises(RevocationsUnknown):
        services.revocations.check(anna.session_id)

    answer = revoke(client, anna.token)

    assert answer.status_code == 200
    assert services.revocations.includes(anna.session_id)


@pytest.mark.parametrize("error", [StoreUnavailable("accounts.db", "I/O error"), StorageFull("accounts.db", "full")])
def test_a_revocation_that_cannot_be_stored_is_a_503_and_the_token_lives(
    client: FlaskClient, anna: Caller, monkeypatch: pytest.MonkeyPatch, error: StoreError
) -> None:
    with failing(monkeypatch, error):
        answer = revoke(client, anna.token)

    assert (answer.status_code, answer.get_json()["error"]) == (503, "temporarily_unavailable")
    assert answer.headers["Retry-After"] == "2"
    assert answer.get_json()["status"] == 503
    assert is_signed_in(anna)
    assert revoke(client, anna.token).status_code == 200
    assert not is_signed_in(anna)
