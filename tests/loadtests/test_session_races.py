"""What session files do when one person does two things at once; and the same sequence on tokens.

Each request loads the whole session, and writes the whole of it back when it ends: whatever another has written is
undone. No luck is needed: a request is held where it has read and has not yet written.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from flask import Flask, request, session
from flask.testing import FlaskClient

from api.app import create_app
from api.services import Services
from loadtests.baselines import files, redis_sessions
from tests import redis_process
from tests.loadtests.test_baselines import decks_of, signed_in
from tests.redis_process import RedisProcess

SLOW = "X-Slow"
"""A request with this header is held between reading the session and answering."""


class Held:
    """An application with one request that takes its time, and what that saw in the session when it went on."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.saw: Any = None
        self._begun, self._released = Event(), Event()
        app.before_request(self._hold)

    def _hold(self) -> None:
        if SLOW in request.headers:
            self._begun.set()
            assert self._released.wait(30)
            self.saw = session.get("last_card")

    @contextmanager
    def request(self, client: FlaskClient, headers: dict[str, str]) -> Iterator[None]:
        """Let a read begin before the block, and end after it."""
        another = self.app.test_client()
        cookie = client.get_cookie("session")
        if cookie is not None:
            another.set_cookie("session", cookie.value)
        with ThreadPoolExecutor(1) as threads:
            read = threads.submit(another.get, "/v1/decks", headers={**headers, SLOW: "1"})
            assert self._begun.wait(30)
            try:
                yield
            finally:
                self._released.set()
            assert read.result(30).status_code == 200


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisProcess]:
    with redis_process.running() as redis:
        yield redis


@pytest.fixture
def held(request: pytest.FixtureRequest, services: Services, redis: RedisProcess) -> Held:
    serve: Callable[[Services], Flask] = request.param
    return Held(serve(replace(services, settings=replace(services.settings, redis_url=redis.url))))


def add(client: FlaskClient, headers: dict[str, str]) -> int:
    deck = decks_of(client, headers)[0]["id"]
    added = client.post(f"/v1/decks/{deck}/cards", json={"front": "a", "back": "b"}, headers=headers)
    assert added.status_code == 201
    return int(added.get_json()["cards"][0]["id"])


def remembered(client: FlaskClient) -> int | None:
    with client.session_transaction() as kept:
        return kept.get("last_card")


@pytest.mark.parametrize("held", [files.serve, redis_sessions.serve], indirect=True)
def test_a_read_that_ends_later_undoes_what_an_add_has_written(held: Held) -> None:
    client, headers = signed_in(held.app, "anna")

    with held.request(client, headers):
        card = add(client, headers)
        assert remembered(client) == card

    assert remembered(client) is None


@pytest.mark.parametrize("held", [files.serve, redis_sessions.serve], indirect=True)
def test_who_asks_after_an_add_was_acknowledged_is_told_of_the_card_before(held: Held) -> None:
    client, headers = signed_in(held.app, "anna")
    first = add(client, headers)

    with held.request(client, headers):
        assert add(client, headers) != first

    assert held.saw == first


@pytest.mark.parametrize("held", [create_app], indirect=True)
def test_with_tokens_there_is_nothing_to_lose(held: Held) -> None:
    client, headers = signed_in(held.app, "anna")

    with held.request(client, headers):
        card = add(client, headers)

    assert held.saw is None
    assert client.get_cookie("session") is None
    assert client.get(f"/v1/cards/{card}", headers=headers).status_code == 200


@pytest.mark.parametrize("held", [files.serve], indirect=True)
def test_past_the_threshold_people_are_signed_out_by_others_who_sign_in(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held.app.session_interface.cache, "_threshold", 10)  # type: ignore[attr-defined]
    clients = [signed_in(held.app, f"user {number}")[0] for number in range(15)]

    answers = [client.get("/v1/decks").status_code for client in clients]

    assert 401 in answers
