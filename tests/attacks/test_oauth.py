"""What attackers send to the OAuth routes (RFC 6749 §5.2, RFC 7009, RFC 7662)."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.services import Services
from tests.attacks.forge import REFRESH_TYPE, Forge
from tests.callers import Caller, sign_in
from tests.files import query
from tests.oauth import introspect, is_signed_in, revoke

ROUTES = ["/oauth/token", "/oauth/revoke", "/oauth/introspect"]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DESCRIPTION = re.compile(r"[ !#-\[\]-~]+")  # RFC 6749 §5.2
GRANT = {"grant_type": "refresh_token"}


def bearer(caller: Caller) -> dict[str, str]:
    return {"Authorization": f"Bearer {caller.token}"}


def post(caller: Caller, path: str, **request: Any) -> TestResponse:
    headers = request.pop("headers", {}) | (bearer(caller) if path == "/oauth/introspect" else {})
    return caller.client.post(path, headers=headers, **request)


def assert_oauth_error(answer: TestResponse, error: str, status: int = 400) -> None:
    body = answer.get_json()
    assert (answer.status_code, answer.content_type, body["error"]) == (status, "application/json", error), answer.text
    assert DESCRIPTION.fullmatch(body["error_description"])
    assert answer.headers["Cache-Control"] == "no-store"
    assert (body["status"], body["request_id"]) == (status, answer.headers["X-Request-ID"])
    assert body["type"].startswith("urn:javumbo:problem:")
    assert body["title"]
    assert body["detail"]


MALFORMED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "json": {"json": {"token": "x", "grant_type": "refresh_token", "refresh_token": "x"}},
    "json called a form": {"data": '{"token": "x"}', "headers": FORM},
    "a form called text": {"data": "token=x", "headers": {"Content-Type": "text/plain"}},
    "a form called nothing": {"data": "token=x", "headers": {"Content-Type": ""}},
    "multipart": {"data": {"token": "x", **GRANT, "refresh_token": "x"}, "content_type": "multipart/form-data"},
    "no value": {"data": "token=&grant_type=refresh_token&refresh_token=", "headers": FORM},
    "no parameter of ours": {"data": "tokens=x", "headers": FORM},
    "twice": {"data": "token=x&token=x&grant_type=refresh_token&refresh_token=x&refresh_token=x", "headers": FORM},
    "another twice": {"data": "token=x&grant_type=refresh_token&refresh_token=x&a=1&a=2", "headers": FORM},
    "not UTF-8": {"data": b"token=\xff&grant_type=refresh_token&refresh_token=x", "headers": FORM},
    "not UTF-8, escaped": {"data": "token=%ff&grant_type=refresh_token&refresh_token=x", "headers": FORM},
    "very many": {"data": "&".join(f"a{number}=1" for number in range(1000)) + "&token=x", "headers": FORM},
    "in the query": {"query_string": {"token": "x", **GRANT, "refresh_token": "x"}},
}


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_proper_form_is_an_invalid_request(anna: Caller, path: str, sent: dict[str, Any]) -> None:
    answer = post(anna, path, **sent)

    assert_oauth_error(answer, "invalid_request")
    assert "WWW-Authenticate" not in answer.headers


@pytest.mark.parametrize("path", ROUTES)
def test_too_large_a_form_is_not_read(anna: Caller, path: str) -> None:
    assert_oauth_error(post(anna, path, data="token=" + "x" * 1024 * 1024, headers=FORM), "invalid_request", 413)


@pytest.mark.parametrize("path", ROUTES)
def test_a_parameter_that_is_not_known_is_ignored(anna: Caller, path: str) -> None:
    known = {**GRANT, "refresh_token": anna.refresh_token, "token": "x"}

    assert post(anna, path, data={**known, "resource": "https://api.example", "x": "\0'\"\\"}).status_code == 200


@pytest.mark.parametrize("kind", ["password", "client_credentials", "authorization_code", "REFRESH_TOKEN", "\"'\\\0é"])
def test_no_other_grant_is_supported(client: FlaskClient, anna: Caller, kind: str) -> None:
    form = {"grant_type": kind, "username": "anna", "password": "correct horse battery", "client_id": "x"}

    answer = client.post("/oauth/token", data={**form, "refresh_token": anna.refresh_token})

    assert_oauth_error(answer, "unsupported_grant_type")
    assert "access_token" not in answer.text


def test_an_access_token_an_old_one_and_garbage_refresh_nothing(client: FlaskClient, anna: Caller) -> None:
    for token in (anna.token, "x", "a.b.c", "\0", "eyJ" * 100_000):
        answer = client.post("/oauth/token", data={**GRANT, "refresh_token": token})

        assert_oauth_error(answer, "invalid_grant")
        assert "WWW-Authenticate" not in answer.headers


def test_a_cookie_refreshes_nothing(client: FlaskClient, anna: Caller) -> None:
    sign_in(client, "anna", refresh="cookie")
    client.set_cookie("javumbo_refresh", anna.refresh_token, path="/")

    answer = client.post("/oauth/token", data=GRANT)

    assert_oauth_error(answer, "invalid_request")
    assert "Set-Cookie" not in answer.headers


def test_another_users_token_is_told_of_like_garbage(anna: Caller, ben: Caller) -> None:
    answers = [
        post(anna, "/oauth/introspect", data={"token": token}) for token in (ben.token, ben.refresh_token, "garbage")
    ]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert [answer.get_json() for answer in answers] == [{"active": False}] * 3


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "id_token", "\"'\\\0é"])
def test_a_hint_that_lies_changes_nothing(client: FlaskClient, anna: Caller, hint: str) -> None:
    phone = sign_in(client, "anna")

    for token in (phone.token, phone.refresh_token):
        assert introspect(anna, token, token_type_hint=hint)["active"]
    assert revoke(client, phone.refresh_token, token_type_hint=hint).status_code == 200
    assert not is_signed_in(phone)
    assert revoke(client, anna.token, token_type_hint=hint).status_code == 200
    assert not is_signed_in(anna)


@pytest.mark.parametrize("place", ["no token", "refresh token", "garbage"])
def test_who_asks_must_be_signed_in(client: FlaskClient, anna: Caller, place: str) -> None:
    headers = {
        "no token": {},
        "refresh token": {"Authorization": f"Bearer {anna.refresh_token}"},
        "garbage": {"Authorization": "Bearer garbage"},
    }[place]

    answer = client.post("/oauth/introspect", data={"token": anna.token}, headers=headers)

    assert_oauth_error(answer, "invalid_client" if place == "no token" else "invalid_token", 401)
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="javumbo"')


def test_who_has_ended_asks_nothing(client: FlaskClient, anna: Caller) -> None:
    revoke(client, anna.refresh_token)

    assert_oauth_error(post(anna, "/oauth/introspect", data={"token": anna.token}), "invalid_token", 401)


def test_the_token_asked_about_is_no_credential(client: FlaskClient, anna: Caller) -> None:
    form = {"token": anna.token, "access_token": anna.token, "client_id": "web"}

    assert_oauth_error(client.post("/oauth/introspect", data=form), "invalid_client", 401)
    assert_oauth_error(client.post(f"/oauth/introspect?access_token={anna.token}", data=form), "invalid_request")


def forged(forge: Forge, anna: Caller, ben: Caller) -> dict[str, str]:
    """Return tokens that name a session of somebody's and were not made by the service."""
    header, payload, signature = anna.token.split(".")
    return {
        "another signature": f"{header}.{payload}.{'A' * len(signature)}",
        "another user": forge.with_claims(sub=str(ben.user_id)),
        "another typ": forge.with_header(typ="JWT"),
        "an access token called a refresh token": forge.with_header(typ=REFRESH_TYPE),
        "for another service": forge.with_claims(aud="another"),
        "from another issuer": forge.with_claims(iss="https://evil.example"),
        "no algorithm": forge.with_header(alg="none"),
        "HMAC with the public key": forge.hmac("HS256", forge.private.public_key().public_bytes_raw()),
        "expired": forge.with_claims(exp=1),
    }


def test_a_forged_token_is_inactive_and_revokes_nothing(
    client: FlaskClient, forge: Forge, anna: Caller, ben: Caller
) -> None:
    for name, token in forged(forge, anna, ben).items():
        assert introspect(anna, token) == {"active": False}, name
        answer = revoke(client, token)
        assert (answer.status_code, answer.data) == (200, b""), name
        assert is_signed_in(anna), name


def test_a_token_ends_no_session_of_another_user(
    client: FlaskClient, forge: Forge, anna: Caller, ben: Caller, services: Services
) -> None:
    revoke(client, forge.with_claims(sub=str(ben.user_id), user_id=ben.user_id))

    assert is_signed_in(anna)
    assert query(services.settings.accounts_file, "SELECT ended_at FROM sessions WHERE ended_at IS NOT NULL") == []


def test_the_name_of_an_operator_is_not_taken_from_the_token(anna: Caller, ben: Caller, forge: Forge) -> None:
    caller = Caller(anna.client, anna.user_id, forge.with_claims(is_operator=True, scope="collection:read operator"))

    assert introspect(caller, anna.token)["active"]
    assert introspect(caller, ben.token) == {"active": False}


def test_who_was_an_operator_is_none_any_more(anna: Caller, ben: Caller, services: Services) -> None:
    query(services.settings.accounts_file, "UPDATE accounts SET is_operator = 1 WHERE user_id = ?", anna.user_id)
    assert introspect(anna, ben.token)["active"]

    query(services.settings.accounts_file, "UPDATE accounts SET is_operator = 0")

    assert introspect(anna, ben.token) == {"active": False}


def test_no_token_is_in_the_log(client: FlaskClient, anna: Caller, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")

    for path in ROUTES:
        post(anna, path, data={"token": anna.token, "grant_type": "refresh_token", "refresh_token": anna.refresh_token})
        post(anna, path, data={"token": anna.token + "x", **GRANT, "refresh_token": anna.refresh_token + "x"})

    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert not any(token.split(".")[part] in logged for token in (anna.token, anna.refresh_token) for part in (1, 2))
