from datetime import timedelta

import pytest
from flask import Flask, Request, Response, request
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder

from api import device_cookie, refresh_cookie
from api.settings import Settings
from auth.device_tokens import DeviceToken, DeviceTokens
from auth.key_folder import KeyFolder
from auth.keystore import KeyStore
from tests.clocks import ManualClock

TOKEN = DeviceToken("ey.ey.ey", "D" * 22, timedelta(days=30))


def written(issuer: str) -> str:
    response = Response()
    device_cookie.put(response, TOKEN, Settings.from_environ({"JAVUMBO_ISSUER": issuer}))
    return response.headers["Set-Cookie"]


def request_with(cookies: str) -> Request:
    return Request(EnvironBuilder(path="/v1/sessions", headers=[("Cookie", cookies)]).get_environ())


@pytest.fixture
def browser(settings: Settings) -> FlaskClient:
    """Somebody who has got a device token, and is told at every path what they have sent there."""
    app = Flask(__name__)

    @app.route("/", defaults={"path": ""})
    @app.route("/<path:path>")
    def sent(path: str) -> str:
        return device_cookie.read(request) or ""

    @app.post("/v1/sessions")
    def sign_in() -> Response:
        response = Response()
        device_cookie.put(response, TOKEN, settings)
        return response

    client = app.test_client()
    client.post("/v1/sessions")
    return client


def test_no_script_and_no_other_site_gets_at_it_while_it_lasts() -> None:
    pair, *attributes = written("http://127.0.0.1:8000").split("; ")

    assert pair == "javumbo_device=ey.ey.ey"
    assert {"HttpOnly", "SameSite=Strict", "Path=/v1/sessions", "Max-Age=2592000"} <= set(attributes)


@pytest.mark.parametrize(("issuer", "is_secure"), [("https://cards.example", True), ("http://cards.example", False)])
def test_it_is_sent_by_https_alone_where_the_issuer_is(issuer: str, is_secure: bool) -> None:
    assert ("Secure" in written(issuer).split("; ")) == is_secure


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/v1/sessions", "ey.ey.ey"),
        ("/v1/sessions/refresh", "ey.ey.ey"),
        ("/v1/sessionsx", ""),
        ("/v1/decks", ""),
        ("/", ""),
    ],
)
def test_a_browser_sends_it_to_sessions_and_nowhere_else(browser: FlaskClient, path: str, sent: str) -> None:
    assert browser.get(path).text == sent


@pytest.mark.parametrize("cookies", ["", "javumbo_refresh=x", "Javumbo_Device=x"])
def test_without_it_there_is_none(cookies: str) -> None:
    assert device_cookie.read(request_with(cookies)) is None


def test_it_is_no_refresh_token() -> None:
    assert device_cookie.NAME != refresh_cookie.NAME
    assert device_cookie.read(request_with("javumbo_refresh=x; javumbo_device=y")) == "y"


@pytest.mark.parametrize(
    "value", ["", '"', pytest.param("x" * 10**6, id="absurd"), "\xff\xfe", "%00", '"\\377\\000"', "a=b=c"]
)
def test_whatever_comes_as_the_cookie_is_of_no_device(settings: Settings, clock: ManualClock, value: str) -> None:
    device_tokens = DeviceTokens(KeyStore(KeyFolder(settings.key_folder)), settings, clock)

    text = device_cookie.read(request_with(f"javumbo_device={value}"))

    assert device_tokens.device_of(text, "anna") is None
