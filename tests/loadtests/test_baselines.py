"""Each baseline is the whole application: it knows its callers, and refuses whoever is none."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_jwt_extended import decode_token

from api.app import create_app
from api.services import Services
from loadtests.baselines import files, flask_stack, floor, redis_sessions
from tests import redis_process
from tests.callers import PASSWORD
from tests.redis_process import RedisProcess

Baseline = Callable[[Services], Flask]


def serve_floor(services: Services) -> Flask:
    return create_app(floor.without_check(services))


BASELINES: list[Baseline] = [serve_floor, files.serve, redis_sessions.serve, flask_stack.serve]


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisProcess]:
    with redis_process.running() as redis:
        yield redis


@pytest.fixture
def app(request: pytest.FixtureRequest, services: Services, redis: RedisProcess) -> Flask:
    baseline: Baseline = request.param
    return baseline(replace(services, settings=replace(services.settings, redis_url=redis.url)))


def signed_in(app: Flask, name: str) -> tuple[FlaskClient, dict[str, str]]:
    """A client with an account, and what it sends with its requests: whichever of these the baseline looks at."""
    client = app.test_client()
    user = {"username": name, "password": PASSWORD}
    account: dict[str, Any] = client.post("/v1/accounts", json={**user, "name": name}).get_json()
    token = client.post("/v1/sessions", json=user).get_json()["access_token"]
    return client, {"Authorization": f"Bearer {token}", floor.HEADER: str(account["user_id"])}


def decks_of(client: FlaskClient, headers: dict[str, str]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get("/v1/decks", headers=headers).get_json()["items"]
    return items


@pytest.mark.parametrize("app", BASELINES, indirect=True)
def test_everybody_is_known_for_who_they_are(app: Flask) -> None:
    anna, ben = signed_in(app, "anna"), signed_in(app, "ben")
    deck = decks_of(*anna)[0]["id"]

    added = anna[0].post(f"/v1/decks/{deck}/cards", json={"front": "a", "back": "b"}, headers=anna[1])

    assert added.status_code == 201
    assert [decks_of(*caller)[0]["counts"]["new"] for caller in (anna, ben)] == [1, 0]


@pytest.mark.parametrize("app", BASELINES, indirect=True)
def test_who_is_not_signed_in_is_refused(app: Flask) -> None:
    assert app.test_client().get("/v1/decks").status_code == 401


@pytest.mark.parametrize("app", [files.serve, redis_sessions.serve], indirect=True)
def test_a_session_remembers_the_card_that_was_added_last(app: Flask) -> None:
    client, headers = signed_in(app, "anna")
    deck = decks_of(client, headers)[0]["id"]

    added = client.post(f"/v1/decks/{deck}/cards", json={"front": "a", "back": "b"}, headers=headers).get_json()

    with client.session_transaction() as session:
        assert session["last_card"] == added["cards"][0]["id"]


@pytest.mark.parametrize("app", [files.serve, redis_sessions.serve], indirect=True)
def test_a_cookie_with_another_signature_is_nobodys(app: Flask) -> None:
    client, _ = signed_in(app, "anna")
    cookie = client.get_cookie("session")
    assert cookie is not None

    client.set_cookie("session", cookie.value + "x")

    assert client.get("/v1/decks").status_code == 401


@pytest.mark.parametrize("app", [flask_stack.serve], indirect=True)
def test_a_token_on_the_blocklist_is_refused(app: Flask, redis: RedisProcess) -> None:
    client, headers = signed_in(app, "anna")

    block(app, headers, redis)

    assert client.get("/v1/decks", headers=headers).status_code == 401


@pytest.mark.parametrize("app", [flask_stack.serve], indirect=True)
def test_a_redis_that_forgets_makes_a_blocked_token_good_again(app: Flask, redis: RedisProcess) -> None:
    client, headers = signed_in(app, "anna")
    block(app, headers, redis)

    redis.client().flushall()

    assert client.get("/v1/decks", headers=headers).status_code == 200


@pytest.mark.parametrize("app", [redis_sessions.serve], indirect=True)
def test_a_redis_that_forgets_signs_everybody_out(app: Flask, redis: RedisProcess) -> None:
    client, headers = signed_in(app, "anna")

    redis.client().flushall()

    assert client.get("/v1/decks", headers=headers).status_code == 401


@pytest.mark.parametrize("app", [redis_sessions.serve, flask_stack.serve], indirect=True)
def test_while_redis_is_away_nobody_is_served(app: Flask, redis: RedisProcess) -> None:
    client, headers = signed_in(app, "anna")

    assert is_served(client, headers)
    redis.kill()

    try:
        assert not is_served(client, headers)
    finally:
        redis.start()


@pytest.mark.parametrize("app", [files.serve], indirect=True)
def test_where_session_files_cannot_be_written_a_sign_in_succeeds_and_nobody_is_signed_in(
    app: Flask, services: Services
) -> None:
    folder = services.settings.data / "sessions"
    shutil.rmtree(folder)
    folder.touch()  # as on a full disk, no file can be made in it

    client, headers = signed_in(app, "anna")

    assert "Authorization" in headers
    assert client.get("/v1/decks", headers=headers).status_code == 401


def is_served(client: FlaskClient, headers: dict[str, str]) -> bool:
    """Whether somebody gets what they ask for."""
    try:
        return client.get("/v1/decks", headers=headers).status_code == 200
    except AttributeError:
        # Sessions in Redis are loaded before the request has an id: what fails there has not even an answer.
        return False


def block(app: Flask, headers: dict[str, str], redis: RedisProcess) -> None:
    """Put the token of somebody on the blocklist."""
    with app.app_context():
        token_id = decode_token(headers["Authorization"].removeprefix("Bearer "))["jti"]
    redis.client().set(f"blocked:{token_id}", "")
