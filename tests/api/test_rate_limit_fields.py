"""The two fields, read with a parser of structured fields that is not ours."""

from contextvars import Context
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from http_sfv.list import List
from werkzeug.test import TestResponse

from api import rate_limit_fields
from api.app import create_app
from api.services import Services
from api.settings import Settings
from auth.policies import Policy, Standing, rate
from tests import oauth
from tests.callers import PASSWORD, Caller
from tests.clocks import ManualClock
from tests.limits import limited

Fields = dict[str, dict[str, Any]]


@pytest.fixture
def settings(tmp_path: Path, clock: ManualClock) -> Settings:
    return limited(
        tmp_path,
        clock,
        limit_api="60/1m/5",
        limit_sign_in="4/1m",
        limit_password="2/1m",
        limit_refused="9/1m",
        cors_origins="https://cards.example",
    )


@pytest.fixture
def client(services: Services) -> FlaskClient:
    return create_app(services).test_client()


def parsed(text: str) -> Fields:
    """Return the parameters of each item of a list by the item, which must be a string, and there once."""
    items = List()
    items.parse(text.encode())
    assert all(type(item.value) is str for item in items)
    found = {item.value: dict(item.params) for item in items}
    assert len(found) == len(items)
    return found


def policies(answer: TestResponse) -> Fields:
    return parsed(answer.headers["RateLimit-Policy"])


def standings(answer: TestResponse) -> Fields:
    """Return what the other field says, once it is sure that it speaks of the same policies."""
    found = parsed(answer.headers["RateLimit"])
    assert found.keys() == policies(answer).keys()
    return found


def sign_in(client: FlaskClient, password: str = PASSWORD, address: str = "127.0.0.1") -> TestResponse:
    body = {"username": "anna", "password": password}
    return client.post("/v1/sessions", json=body, environ_overrides={"REMOTE_ADDR": address})


def test_an_answer_says_what_is_admitted_and_what_is_left(anna: Caller) -> None:
    answer = anna.ask("GET", "/v1/decks")

    assert policies(answer) == {"user": {"q": 60, "w": 60, "javumbo-burst": 5}}
    assert standings(answer) == {"user": {"r": 4, "t": 1}}


def test_what_is_left_goes_down_with_each_request_and_up_with_time(anna: Caller, clock: ManualClock) -> None:
    left = [standings(anna.ask("GET", "/v1/decks"))["user"]["r"] for _ in range(3)]

    clock.advance(timedelta(seconds=2))

    assert left == [4, 3, 2]
    assert standings(anna.ask("GET", "/v1/decks"))["user"]["r"] == 3


@pytest.mark.parametrize(("passed", "admitted"), [(14.999, 2), (15, 3)])
def test_within_t_seconds_no_more_is_admitted_than_what_is_left(
    client: FlaskClient, anna: Caller, clock: ManualClock, passed: float, admitted: int
) -> None:
    stranger = client.application.test_client()
    answers = [sign_in(stranger, "a guess") for _ in range(2)]
    assert standings(answers[-1])["sign-in"] == {"r": 2, "t": 15}

    clock.advance(timedelta(seconds=passed))

    statuses = [sign_in(stranger, "a guess").status_code for _ in range(admitted + 1)]
    assert statuses == [401] * admitted + [503]


def test_several_policies_are_one_list(client: FlaskClient, anna: Caller) -> None:
    answer = sign_in(client.application.test_client(), "a guess")

    assert policies(answer) == {
        "sign-in": {"q": 4, "w": 60},
        "sign-in-address": {"q": 40, "w": 60},
        "sign-ins": {"q": 24, "w": 60},
    }
    assert standings(answer) == {
        "sign-in": {"r": 3, "t": 15},
        "sign-in-address": {"r": 39, "t": 2},
        "sign-ins": {"r": 22, "t": 3},  # one was good
    }
    assert [len(answer.headers.getlist(name)) for name in rate_limit_fields.FIELDS] == [1, 1]


def test_a_request_that_is_counted_twice_tells_of_both(anna: Caller) -> None:
    answer = anna.ask("DELETE", "/v1/accounts/me", {"password": "a guess"})

    assert answer.status_code == 403
    assert standings(answer) == {"user": {"r": 4, "t": 1}, "password": {"r": 1, "t": 30}}


def test_what_was_taken_back_is_told_as_left(client: FlaskClient, anna: Caller) -> None:
    answer = sign_in(client.application.test_client())

    assert answer.status_code == 201
    assert standings(answer)["sign-in"]["r"] == 4


def test_a_browser_that_is_known_is_told_of_its_own_limits(client: FlaskClient, anna: Caller) -> None:
    answer = sign_in(client, "a guess")

    assert answer.status_code == 401
    assert standings(answer).keys() == {"sign-in", "sign-ins"}


def test_a_stranger_is_not_told_whether_others_mistype_at_a_name(client: FlaskClient, anna: Caller) -> None:
    stranger = client.application.test_client()
    before = sign_in(stranger, "a guess", "192.0.2.1")
    sign_in(stranger, "a guess", "192.0.2.2")
    sign_in(client, "a guess", "192.0.2.3")

    after = sign_in(stranger, "a guess", "192.0.2.4")

    assert before.status_code == after.status_code == 401
    assert [after.headers[name] for name in rate_limit_fields.FIELDS] == [
        before.headers[name] for name in rate_limit_fields.FIELDS
    ]


def test_who_is_refused_for_a_name_is_told_so(client: FlaskClient, anna: Caller) -> None:
    stranger = client.application.test_client()
    answers = [sign_in(stranger, "a guess", f"192.0.2.{number}") for number in range(21)]

    assert [answer.status_code for answer in answers] == [401] * 20 + [503]
    assert policies(answers[-1]) == {"sign-in-name": {"q": 20, "w": 3600}}
    assert standings(answers[-1]) == {"sign-in-name": {"r": 0, "t": int(answers[-1].headers["Retry-After"])}}


def test_nobody_is_told_to_retry_before_what_is_violated_admits_again(client: FlaskClient, anna: Caller) -> None:
    stranger = client.application.test_client()
    for _ in range(4):
        sign_in(stranger, "a guess")

    answer = sign_in(stranger)

    violated = answer.get_json()["violated-policies"]
    assert violated == [name for name, told in standings(answer).items() if told["r"] == 0] == ["sign-in"]
    assert standings(answer)["sign-in"]["t"] == int(answer.headers["Retry-After"]) == 15


def test_a_user_beyond_the_limit_is_told_the_same_by_both(anna: Caller) -> None:
    answers = [anna.ask("GET", "/v1/decks") for _ in range(6)]

    assert answers[-1].status_code == 429
    assert standings(answers[-1])["user"] == {"r": 0, "t": int(answers[-1].headers["Retry-After"])}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v1/decks", None, 200),
        ("POST", "/v1/decks", {"name": "new"}, 201),
        ("GET", "/v1/cards/7", None, 404),
        ("POST", "/v1/decks", {}, 422),
        ("GET", "/v1/decks?limit=0", None, 422),
        ("POST", "/oauth/introspect", {}, 400),
    ],
)
def test_an_answer_to_a_good_token_has_both_fields(
    anna: Caller, method: str, path: str, body: dict[str, Any] | None, status: int
) -> None:
    answer = anna.ask(method, path, body)

    assert answer.status_code == status
    assert standings(answer) == {"user": {"r": 4, "t": 1}}


def test_signing_out_is_not_counted_and_told_no_limit(anna: Caller) -> None:
    answer = anna.ask("DELETE", "/v1/sessions/current")

    assert answer.status_code == 204
    assert not set(rate_limit_fields.FIELDS) & set(answer.headers.keys())


def test_an_answer_to_a_token_without_the_scope_has_both_fields(anna: Caller) -> None:
    answer = oauth.api_token(anna).ask("GET", "/v1/accounts/me")

    assert answer.status_code == 403
    assert "user" in standings(answer)


def test_an_error_that_nobody_foresaw_has_both_fields(anna: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.collection.decks.page", lambda *_: 1 / 0)

    answer = anna.ask("GET", "/v1/decks")

    assert answer.status_code == 500
    assert "user" in standings(answer)


def test_a_token_that_is_refused_is_told_of_as_well(client: FlaskClient) -> None:
    answer = client.get("/v1/decks", headers={"Authorization": "Bearer garbage"})

    assert answer.status_code == 401
    assert standings(answer) == {"refused": {"r": 8, "t": 7}}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/v1/decks", 401),
        ("GET", "/nothing", 404),
        ("POST", "/v1/sessions", 422),
        ("POST", "/v1/sessions/refresh", 422),
        ("POST", "/oauth/revoke", 400),
    ],
)
def test_where_nothing_was_charged_there_are_no_fields(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method, json=None if method == "GET" else {})

    assert answer.status_code == status
    assert not set(rate_limit_fields.FIELDS) & set(answer.headers.keys())


def test_what_one_request_was_told_is_not_told_to_the_next(client: FlaskClient, anna: Caller) -> None:
    anna.ask("GET", "/v1/decks")

    assert "RateLimit" not in client.get("/healthz").headers


def test_before_and_after_a_request_there_is_nobody_to_tell(client: FlaskClient) -> None:
    def told() -> str | None:
        rate_limit_fields.note([Standing(Policy("test", rate("4/1m")), 0)])
        _, _, fields = rate_limit_fields.LimitedResponse().get_wsgi_response({"REQUEST_METHOD": "GET"})
        return dict(fields).get("RateLimit")

    assert Context().run(told) is None
    client.get("/healthz")
    assert told() is None


def test_scripts_of_other_origins_may_read_both(client: FlaskClient, anna: Caller) -> None:
    headers = {"Origin": "https://cards.example", "Authorization": f"Bearer {anna.token}"}

    answer = client.get("/v1/decks", headers=headers)

    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(exposed)
    assert "user" in standings(answer)
