"""A stranger who guesses at a name, from wherever, and the browser of its owner, which goes on signing in."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.account.accounts import NewAccount
from api.app import create_app
from api.services import Services
from api.settings import Settings
from auth.device_tokens import DeviceTokens
from tests.callers import PASSWORD
from tests.clocks import ManualClock
from tests.limits import limited

COOKIE = "javumbo_device"


@pytest.fixture
def settings(tmp_path: Path, clock: ManualClock) -> Settings:
    return limited(tmp_path, clock, limit_sign_in="2/1m", trusted_proxies="127.0.0.1")


@pytest.fixture
def app(services: Services) -> Flask:
    for name in ("anna", "ben"):
        services.accounts.create(NewAccount(name, name, PASSWORD))
    return create_app(services)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """One that anna has signed in with before."""
    client = app.test_client()
    assert sign_in(client).status_code == 201
    return client


def sign_in(
    client: FlaskClient, password: str = PASSWORD, name: str = "anna", address: str = "192.0.2.1"
) -> TestResponse:
    body = {"username": name, "password": password}
    return client.post("/v1/sessions", json=body, headers={"X-Forwarded-For": address})


def flood(app: Flask, name: str = "anna") -> None:
    """Guess at a name from one address after the other, until no stranger is let try any more."""
    stranger = app.test_client()
    answers = [sign_in(stranger, "a guess", name, f"198.51.100.{number}") for number in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [503]
    assert answers[-1].get_json()["violated-policies"] == ["sign-in-name"]


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie(COOKIE, path="/v1/sessions")
    assert cookie is not None
    return cookie.value


def device_of(services: Services, client: FlaskClient, name: str = "anna") -> str | None:
    tokens = DeviceTokens(services.keystore, services.settings, services.clock)
    account = services.accounts.named(name)
    return tokens.device_of(cookie_of(client), f"{account.user_id} {account.version}")


def test_a_flood_on_a_name_keeps_strangers_out_and_not_the_browser_of_its_owner(
    app: Flask, browser: FlaskClient
) -> None:
    flood(app)

    assert sign_in(app.test_client()).status_code == 503
    assert sign_in(browser).status_code == 201


def test_a_flood_from_the_address_of_the_browser_does_not_keep_it_out_either(app: Flask, browser: FlaskClient) -> None:
    for number in range(20):
        sign_in(app.test_client(), "a guess", f"name {number}", "192.0.2.1")

    assert sign_in(app.test_client(), name="ben").status_code == 503
    assert sign_in(browser).status_code == 201


def test_a_browser_that_is_known_guesses_no_faster_than_with_the_cookie_and_without(
    app: Flask, browser: FlaskClient
) -> None:
    guesses = [sign_in(browser, "a guess") for _ in range(5)]

    assert [answer.status_code for answer in guesses] == [401] * 4 + [503]
    assert sign_in(browser).get_json()["violated-policies"] == ["sign-in"]
    assert sign_in(app.test_client(), address="192.0.2.2").status_code == 201


def refresh_as_another_device(client: FlaskClient, refresh_token: str) -> str:
    client.set_cookie(COOKIE, "garbage", path="/v1/sessions")
    assert client.post("/v1/sessions/refresh", json={"refresh_token": refresh_token}).status_code == 200
    return cookie_of(client)


def test_a_session_is_one_device_however_often_it_is_refreshed_without_its_cookie(
    services: Services, app: Flask, browser: FlaskClient
) -> None:
    stolen = sign_in(browser).get_json()["refresh_token"]
    thief = app.test_client()

    devices = set()
    for _ in range(3):
        refresh_as_another_device(thief, stolen)
        devices.add(device_of(services, thief))

    # And not that of its owner's browser, whose limits are its own.
    assert len(devices) == 1
    assert devices.isdisjoint({None, device_of(services, browser)})


def test_each_session_is_a_device_of_its_own(services: Services, app: Flask, browser: FlaskClient) -> None:
    thief = app.test_client()

    devices = set()
    for _ in range(2):
        refresh_as_another_device(thief, sign_in(browser).get_json()["refresh_token"])
        devices.add(device_of(services, thief))

    assert len(devices) == 2


def test_a_stolen_session_does_not_keep_the_browsers_of_its_owner_out(app: Flask, browser: FlaskClient) -> None:
    stolen = sign_in(browser).get_json()
    thief = app.test_client()
    for number in range(25):
        refresh_as_another_device(thief, stolen["refresh_token"])
        for _ in range(2):
            sign_in(thief, "a guess", address=f"198.51.100.{number}")
    browser.delete("/v1/sessions/current", headers={"Authorization": f"Bearer {stolen['access_token']}"})

    answer = sign_in(browser)

    assert answer.status_code == 201
    assert "sign-in-address" not in answer.headers["RateLimit-Policy"]


def test_what_all_devices_have_used_up_does_not_keep_out_who_would_be_let_in_without_the_cookie(
    app: Flask, browser: FlaskClient
) -> None:
    for number in range(20):
        collected = app.test_client()
        sign_in(collected, address=f"198.51.100.{number}")
        for _ in range(2):
            sign_in(collected, "a guess", address=f"198.51.100.{number}")

    answer = sign_in(browser)

    assert answer.status_code == 201
    assert "sign-in-address" in answer.headers["RateLimit-Policy"]


def test_a_browser_that_is_known_for_another_name_is_a_stranger(app: Flask) -> None:
    of_ben = app.test_client()
    sign_in(of_ben, name="ben")
    flood(app)

    assert sign_in(of_ben).status_code == 503


@pytest.mark.parametrize("forged", ["", "garbage", "eyJhbGciOiJub25lIn0.e30.", "{cookie}x", "{token}"])
def test_a_cookie_that_is_forged_helps_nobody(app: Flask, browser: FlaskClient, forged: str) -> None:
    token = sign_in(browser).get_json()["access_token"]
    forger = app.test_client()
    forger.set_cookie(COOKIE, forged.format(cookie=cookie_of(browser), token=token), path="/v1/sessions")
    flood(app)

    assert sign_in(forger).status_code == 503


def test_a_cookie_opens_nothing_by_itself(browser: FlaskClient) -> None:
    cookie = cookie_of(browser)

    assert sign_in(browser, "a guess").status_code == 401
    assert browser.get("/v1/sessions", headers={"Authorization": f"Bearer {cookie}"}).status_code == 401
    assert browser.post("/v1/sessions/refresh", json={"refresh_token": cookie}).status_code == 401


def test_every_sign_in_renews_the_cookie_of_the_same_device(
    services: Services, browser: FlaskClient, clock: ManualClock
) -> None:
    first, device = cookie_of(browser), device_of(services, browser)
    clock.advance(services.settings.refresh_idle - timedelta(seconds=1))

    sign_in(browser)

    assert cookie_of(browser) != first
    clock.advance(timedelta(seconds=2))
    assert device is not None
    assert device_of(services, browser) == device


def test_refreshing_renews_the_cookie_of_the_same_device(
    services: Services, browser: FlaskClient, clock: ManualClock
) -> None:
    signed_in = sign_in(browser).get_json()
    first, device = cookie_of(browser), device_of(services, browser)
    clock.advance(timedelta(minutes=1))

    refreshed = browser.post("/v1/sessions/refresh", json={"refresh_token": signed_in["refresh_token"]})

    assert refreshed.status_code == 200
    assert cookie_of(browser) != first
    assert device_of(services, browser) == device


def test_refreshing_without_the_cookie_brings_none(app: Flask, browser: FlaskClient) -> None:
    signed_in = sign_in(browser).get_json()

    refreshed = app.test_client().post("/v1/sessions/refresh", json={"refresh_token": signed_in["refresh_token"]})

    assert "Set-Cookie" not in refreshed.headers


def test_with_the_password_devices_end_until_their_session_is_refreshed(
    services: Services, app: Flask, browser: FlaskClient
) -> None:
    others = app.test_client()
    sign_in(others)
    mine = sign_in(browser).get_json()
    change = {"password": PASSWORD, "new_password": "another password"}
    browser.put("/v1/accounts/me/password", json=change, headers={"Authorization": f"Bearer {mine['access_token']}"})

    ended = [device_of(services, client) for client in (others, browser)]
    browser.post("/v1/sessions/refresh", json={"refresh_token": mine["refresh_token"]})
    flood(app)

    assert ended == [None, None]
    assert sign_in(others, "another password").status_code == 503
    assert sign_in(browser, "another password").status_code == 201


def test_each_browser_is_a_device_of_its_own(services: Services, app: Flask, browser: FlaskClient) -> None:
    another = app.test_client()

    sign_in(another)

    assert device_of(services, another) not in (None, device_of(services, browser))


def test_somebody_else_at_the_same_browser_is_another_device(services: Services, browser: FlaskClient) -> None:
    of_anna = device_of(services, browser)

    sign_in(browser, name="ben")

    assert device_of(services, browser, "ben") not in (None, of_anna)
    assert device_of(services, browser) is None


def test_a_sign_in_that_fails_sets_no_cookie_and_takes_none(app: Flask, browser: FlaskClient) -> None:
    before = cookie_of(browser)

    answers = [sign_in(app.test_client(), "a guess"), sign_in(browser, "a guess")]

    assert not any("Set-Cookie" in answer.headers for answer in answers)
    assert cookie_of(browser) == before


def test_after_the_time_of_its_cookie_a_browser_is_a_stranger_again(
    app: Flask, browser: FlaskClient, services: Services, clock: ManualClock
) -> None:
    # Put back as it was: the test client forgets cookies by the clock on the wall.
    kept = cookie_of(browser)
    clock.advance(services.settings.refresh_idle)
    browser.set_cookie(COOKIE, kept, path="/v1/sessions")
    flood(app)

    assert sign_in(browser).status_code == 503
