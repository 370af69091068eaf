"""Refreshing over HTTP: the token in the body, or as a cookie that no script can read."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import refresh_cookie
from api.app import create_app
from api.services import Services, build_services
from api.settings import Settings
from auth.passwords import Passwords
from tests.callers import PASSWORD, Caller, sign_in, sign_up
from tests.clocks import ManualClock
from tests.files import query

PATH = "/v1/sessions/refresh"
OWN = {"Origin": "http://127.0.0.1:8000"}


def refresh(client: FlaskClient, token: str | None = None, **more: Any) -> TestResponse:
    body = {} if token is None else {"refresh_token": token}
    return client.post(PATH, json=body | more)


def cookie(answer: TestResponse) -> str:
    return answer.headers.get("Set-Cookie", "")


@pytest.fixture
def browser(client: FlaskClient, anna: Caller) -> FlaskClient:
    """Somebody who has signed in with the refresh token as a cookie."""
    sign_in(client, "anna", refresh="cookie")
    return client


def test_refreshing_gives_other_tokens_of_the_same_session(client: FlaskClient, anna: Caller) -> None:
    answer = refresh(client, anna.refresh_token)

    body = answer.get_json()
    assert answer.status_code == 200
    assert body["session_id"] == anna.session_id
    assert {body["access_token"], body["refresh_token"]}.isdisjoint({anna.token, anna.refresh_token})
    assert (body["expires_in"], body["user"]["username"]) == (600, "anna")


def test_asking_twice_gives_the_same_answer_byte_for_byte(
    client: FlaskClient, anna: Caller, clock: ManualClock
) -> None:
    first = refresh(client, anna.refresh_token)
    clock.advance(timedelta(seconds=30))

    assert refresh(client, anna.refresh_token).data == first.data


def test_a_token_used_long_ago_ends_the_session_and_its_access_tokens(
    client: FlaskClient, anna: Caller, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    live = refresh(client, anna.refresh_token).get_json()
    clock.advance(timedelta(seconds=31))

    reused = refresh(client, anna.refresh_token)

    assert reused.status_code == 401
    assert reused.get_json()["type"] == "urn:javumbo:problem:invalid-grant"
    assert Caller(client, 1, live["access_token"]).ask("GET", "/v1/decks").status_code == 401
    assert refresh(client, live["refresh_token"]).status_code == 401
    (line,) = [vars(record) for record in caplog.records if "reused" in record.message and "sid" in vars(record)]
    assert (line["sid"], line["address"], line["last_address"]) == (anna.session_id, "127.0.0.1", "127.0.0.1")


def test_a_late_request_harms_nobody(client: FlaskClient, anna: Caller) -> None:
    second = refresh(client, anna.refresh_token).get_json()["refresh_token"]
    third = refresh(client, second).get_json()["refresh_token"]

    assert refresh(client, anna.refresh_token).status_code == 401
    assert refresh(client, third).status_code == 200


def test_a_repetition_from_another_address_is_shown_to_the_user(
    client: FlaskClient, anna: Caller, services: Services
) -> None:
    first = refresh(client, anna.refresh_token)

    again = client.post(
        PATH, json={"refresh_token": anna.refresh_token}, environ_overrides={"REMOTE_ADDR": "198.51.100.7"}
    )

    assert again.data == first.data
    (shown,) = anna.ask("GET", "/v1/sessions").get_json()["items"]
    assert shown["replayed_from"] == "198.51.100.7"


@pytest.mark.parametrize("token", ["x", "a.b.c", "x" * 5000])
def test_what_is_no_refresh_token_is_a_401(client: FlaskClient, token: str) -> None:
    answer = refresh(client, token)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="javumbo"'


def test_an_access_token_refreshes_nothing(client: FlaskClient, anna: Caller) -> None:
    assert refresh(client, anna.token).status_code == 401


def test_a_refresh_token_opens_no_deck(client: FlaskClient, anna: Caller) -> None:
    assert Caller(client, 1, anna.refresh_token).ask("GET", "/v1/decks").status_code == 401


@pytest.mark.parametrize("body", [{"refresh_token": ""}, {"refresh_token": 5}, {"refresh": "header"}, {"token": "x"}])
def test_a_body_of_another_form_is_a_422(client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.post(PATH, json=body).status_code == 422


def test_without_a_token_the_answer_says_what_is_missing(client: FlaskClient) -> None:
    answer = refresh(client)

    assert answer.status_code == 422
    assert answer.get_json()["errors"] == [
        {"location": "body", "field": "refresh_token", "message": "is missing, and there is no cookie with one"}
    ]


def test_a_disabled_account_refreshes_nothing(client: FlaskClient, anna: Caller, services: Services) -> None:
    services.accounts.disable(anna.user_id)

    assert refresh(client, anna.refresh_token).status_code == 401


def test_a_session_is_over_when_it_was_idle_too_long(client: FlaskClient, anna: Caller, clock: ManualClock) -> None:
    clock.advance(timedelta(days=30))

    assert refresh(client, anna.refresh_token).status_code == 401


def test_however_often_it_is_refreshed_a_session_ends_after_ninety_days(
    client: FlaskClient, anna: Caller, clock: ManualClock
) -> None:
    token = anna.refresh_token
    for _ in range(4):
        clock.advance(timedelta(days=20))
        token = refresh(client, token).get_json()["refresh_token"]

    clock.advance(timedelta(days=10))

    assert refresh(client, token).status_code == 401


def test_a_cookie_is_kept_from_scripts_and_sent_to_this_route_alone(client: FlaskClient, anna: Caller) -> None:
    credentials = {"username": "anna", "password": PASSWORD, "refresh": "cookie"}
    answer = client.post("/v1/sessions", json=credentials)

    name, _, attributes = cookie(answer).partition("; ")
    assert name.startswith("javumbo_refresh=ey")
    told = {part for part in attributes.split("; ") if not part.startswith("Expires=")}
    assert told == {"HttpOnly", "SameSite=Strict", f"Path={PATH}", "Max-Age=2592000"}
    assert "refresh_token" not in answer.get_json()


def test_over_https_a_cookie_is_never_sent_in_the_clear(
    settings: Settings, clock: ManualClock, cheap_passwords: Passwords
) -> None:
    environ = {"JAVUMBO_DATA": str(settings.data), "JAVUMBO_ISSUER": "https://cards.example"}
    services = build_services(Settings.from_environ(environ), clock, cheap_passwords)
    client = create_app(services).test_client()
    sign_up(client, "anna")

    answer = client.post("/v1/sessions", json={"username": "anna", "password": PASSWORD, "refresh": "cookie"})
    services.close()

    assert "; Secure" in cookie(answer)


def test_what_came_as_a_cookie_goes_back_as_one_and_never_into_the_body(browser: FlaskClient) -> None:
    answer = browser.post(PATH, json={}, headers=OWN)

    assert answer.status_code == 200
    assert cookie(answer).startswith("javumbo_refresh=ey")
    assert "refresh_token" not in answer.get_json()
    assert browser.post(PATH, json={"refresh": "body"}, headers=OWN).get_json().get("refresh_token") is None


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1:8001", "http://127.0.0.1"])
def test_a_cookie_that_no_page_of_ours_has_sent_is_refused(browser: FlaskClient, origin: str | None) -> None:
    answer = browser.post(PATH, json={}, headers={"Origin": origin} if origin else {})

    assert answer.status_code == 403
    assert answer.get_json()["type"] == "urn:javumbo:problem:origin-refused"


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "http://localhost"])
def test_own_pages_are_those_of_the_issuer_and_of_the_address_asked(browser: FlaskClient, origin: str) -> None:
    assert browser.post(PATH, json={}, headers={"Origin": origin}).status_code == 200


def test_pages_of_configured_origins_may_use_the_cookie(
    settings: Settings, clock: ManualClock, cheap_passwords: Passwords
) -> None:
    page = {"Origin": "https://app.example"}
    environ = {"JAVUMBO_DATA": str(settings.data), "JAVUMBO_CORS_ORIGINS": "https://app.example"}
    services = build_services(Settings.from_environ(environ), clock, cheap_passwords)
    client = create_app(services).test_client()
    sign_up(client, "anna")
    credentials = {"username": "anna", "password": PASSWORD, "refresh": "cookie"}
    signed_in = client.post("/v1/sessions", json=credentials, headers=page)

    answer = client.post(PATH, json={}, headers=page)
    elsewhere = client.get("/v1/decks", headers=page)
    services.close()

    assert answer.status_code == 200
    credentialed = "Access-Control-Allow-Credentials"
    assert signed_in.headers[credentialed] == answer.headers[credentialed] == "true"
    assert credentialed not in elsewhere.headers


def test_a_token_in_the_body_goes_before_the_cookie(browser: FlaskClient, anna: Caller) -> None:
    answer = refresh(browser, anna.refresh_token)

    assert answer.get_json()["session_id"] == anna.session_id
    # The cookie of the device is renewed; that of the refresh token stays as it is.
    assert "javumbo_refresh=" not in cookie(answer)


def test_a_client_may_change_over_to_the_cookie(client: FlaskClient, anna: Caller) -> None:
    answer = refresh(client, anna.refresh_token, refresh="cookie")

    assert cookie(answer).startswith("javumbo_refresh=ey")
    assert "refresh_token" not in answer.get_json()


def test_a_generation_that_was_never_handed_out_ends_the_session(
    client: FlaskClient, anna: Caller, services: Services
) -> None:
    """As after a restore of the accounts from a copy that is older than the token."""
    ahead = refresh(client, anna.refresh_token).get_json()["refresh_token"]
    query(services.settings.accounts_file, "UPDATE sessions SET generation = 1, rotations = '[]'")

    assert refresh(client, ahead).status_code == 401
    assert refresh(client, anna.refresh_token).status_code == 401
    assert anna.ask("GET", "/v1/decks").status_code == 401


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Cards.Example:443/", "https://cards.example"),
        ("http://cards.example:80", "http://cards.example"),
        ("https://cards.example:8443/app", "https://cards.example:8443"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_compared_as_browsers_write_it(url: str, origin: str) -> None:
    assert refresh_cookie.origin_of(url) == origin


def test_where_the_issuer_is_https_a_page_without_it_is_none_of_ours(
    settings: Settings, clock: ManualClock, cheap_passwords: Passwords
) -> None:
    environ = {"JAVUMBO_DATA": str(settings.data), "JAVUMBO_ISSUER": "https://cards.example"}
    services = build_services(Settings.from_environ(environ), clock, cheap_passwords)
    client = create_app(services).test_client()
    sign_up(client, "anna")
    token = sign_in(client, "anna").refresh_token
    client.set_cookie(refresh_cookie.NAME, token, path=PATH)

    plain = client.post(PATH, json={}, headers={"Origin": "http://localhost"})
    secure = client.post(PATH, json={}, headers={"Origin": "https://cards.example"})
    services.close()

    assert (plain.status_code, secure.status_code) == (403, 200)
