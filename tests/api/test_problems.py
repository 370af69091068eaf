import json
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import Gone

from api import errors, problems
from api.app import MAX_BODY, create_app
from api.authentication import public
from api.services import Services
from api.store.collections import SqliteCollections
from auth import errors as auth_errors
from tests.callers import Caller

JSON = {"Content-Type": "application/json"}


def problem(answer: Any) -> dict[str, Any]:
    assert answer.content_type == "application/problem+json"
    document: dict[str, Any] = json.loads(answer.data)
    assert document["status"] == answer.status_code
    assert document["request_id"] == answer.headers["X-Request-ID"]
    assert document["type"].startswith("urn:javumbo:problem:")
    return document


@pytest.mark.parametrize("body", ["", "{", "{'a': 1}", '{"a":1', '{"front": ' + "[" * 100_000])
def test_a_body_that_is_not_json_is_a_400(anna: Caller, body: str) -> None:
    headers = {**JSON, "Authorization": f"Bearer {anna.token}"}

    answer = anna.client.post("/v1/decks", data=body, headers=headers)

    assert problem(answer)["type"].endswith("malformed-request")
    assert answer.status_code == 400


def test_bytes_that_are_not_utf_8_are_a_400(client: FlaskClient) -> None:
    assert problem(client.post("/v1/sessions", data=b'{"a":"\xff"}', headers=JSON))["status"] == 400


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_a_415(client: FlaskClient, content_type: str) -> None:
    answer = client.post("/v1/sessions", data="{}", headers={"Content-Type": content_type})

    assert problem(answer)["status"] == 415


def test_an_unknown_path_is_a_404(client: FlaskClient) -> None:
    assert problem(client.get("/v1/nothing"))["status"] == 404


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("deck_id", ["0", "-1", "01", "9007199254740992", "9" * 100, "1.5", "abc", "%00", "\u0661"])
def test_an_id_that_none_can_have_is_a_404(anna: Caller, method: str, deck_id: str) -> None:
    assert problem(anna.ask(method, f"/v1/decks/{deck_id}"))["status"] == 404


def test_a_wrong_method_is_a_405_that_says_which_are_right(client: FlaskClient) -> None:
    answer = client.put("/v1/sessions/refresh")

    assert problem(answer)["status"] == 405
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_too_large_a_body_is_a_413(client: FlaskClient) -> None:
    answer = client.post("/v1/sessions", data=b'"' + b"a" * MAX_BODY + b'"', headers=JSON)

    assert problem(answer)["status"] == 413


@pytest.mark.parametrize(("size", "status"), [(MAX_BODY, 413), (100, 422)])
def test_a_body_in_chunks_is_measured_too(client: FlaskClient, size: int, status: int) -> None:
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    body = BytesIO(b'"' + b"a" * size + b'"')

    answer = client.post("/v1/sessions", input_stream=body, headers=JSON, environ_overrides=chunked)

    assert problem(answer)["status"] == status


def test_a_wrong_member_is_a_422_that_names_each(client: FlaskClient) -> None:
    document = problem(client.post("/v1/accounts", json={"username": 5, "password": "short", "admin": True}))

    assert document["status"] == 422
    assert {error["field"] for error in document["errors"]} == {"username", "name", "password", "admin"}
    assert {error["location"] for error in document["errors"]} == {"body"}


def test_what_was_sent_is_not_repeated(client: FlaskClient) -> None:
    answer = client.post("/v1/accounts", json={"username": "u", "name": "n", "password": "hunter2"})

    assert answer.status_code == 422
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("member", ["username", "password"])
def test_half_a_surrogate_pair_is_a_422(client: FlaskClient, anna: Caller, member: str) -> None:
    credentials = {"username": "anna", "password": "a password", member: "\ud800"}

    assert problem(client.post("/v1/sessions", json=credentials))["status"] == 422
    assert problem(anna.ask("DELETE", "/v1/accounts/me", {"password": "\ud800"}))["status"] == 422


class BrokenChunks(BytesIO):
    def read(self, *_: object) -> bytes:
        raise OSError("Invalid chunk size")

    readinto = readline = read  # type: ignore[assignment]


def test_chunks_that_are_none_are_a_400(client: FlaskClient) -> None:
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}

    answer = client.post("/v1/sessions", input_stream=BrokenChunks(), headers=JSON, environ_overrides=chunked)

    assert problem(answer)["status"] == 400


def test_who_calls_is_asked_before_what_is_sent(client: FlaskClient) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    assert problem(client.post("/v1/decks", data="a=b", headers=form))["status"] == 401
    assert problem(client.post("/v1/nope", data="a=b", headers=form))["status"] == 404


@pytest.mark.parametrize("body", [[], "text", 5, True])
def test_a_body_that_is_no_object_is_a_422(client: FlaskClient, body: object) -> None:
    assert problem(client.post("/v1/sessions", json=body))["status"] == 422


def test_a_wrong_query_parameter_is_a_422(anna: Caller) -> None:
    document = problem(anna.ask("GET", "/v1/decks?limit=0&order=up"))

    assert {(error["location"], error["field"]) for error in document["errors"]} == {
        ("query", "limit"),
        ("query", "order"),
    }


@pytest.mark.parametrize(
    "cursor", ["x", "e30", "bnVsbA", "IiI=", "%F0%9F%98%80", "W10", "MQ", "LTE", "dHJ1ZQ", "Ilx1ZDgwMCI"]
)
def test_a_made_up_cursor_is_a_422(anna: Caller, cursor: str) -> None:
    documents = [problem(anna.ask("GET", f"/v1/decks?cursor={cursor}"))]
    if cursor != "MQ":  # which stands for the id 1
        documents.append(problem(anna.ask("GET", f"/v1/decks/{anna.deck()}/cards?cursor={cursor}")))

    assert [document["errors"][0]["field"] for document in documents] == ["cursor"] * len(documents)


STORE_ERRORS = [
    (errors.StoreMissing("user_1.db", "gone"), 503),
    (errors.StoreDamaged("user_1.db", "malformed"), 503),
    (errors.StoreBusy("user_1.db", "locked"), 503),
    (errors.StoreTooNew("user_1.db", "schema 2001"), 503),
    (errors.StoreUnavailable("user_1.db", "I/O error"), 503),
    (errors.StorageFull("user_1.db", "disk is full"), 507),
    (auth_errors.HashingBusy("no turn"), 503),
    (auth_errors.NoSigningKey("none"), 503),
]


@pytest.mark.parametrize(("error", "status"), STORE_ERRORS)
def test_what_fails_below_is_told_without_its_cause(
    anna: Caller, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(SqliteCollections, "reading", fail)

    answer = anna.ask("GET", "/v1/decks")

    assert problem(answer)["status"] == status
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert "user_1" not in answer.text


def test_an_unexpected_error_is_a_500_whose_cause_goes_to_the_log(
    anna: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("the secret cause")

    monkeypatch.setattr(SqliteCollections, "reading", fail)

    answer = anna.ask("GET", "/v1/decks")

    assert problem(answer)["type"].endswith("internal-error")
    assert "secret cause" not in answer.text
    assert "the secret cause" in caplog.text


def test_every_error_of_the_service_has_a_problem() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.JavumboError)]

    described = [problems._problem_of(kind) for kind in kinds if kind is not errors.JavumboError]

    assert len(described) >= 16


def test_an_http_error_without_a_text_of_ours_keeps_its_own(services: Services) -> None:
    app: Flask = create_app(services)

    @public
    def gone() -> None:
        raise Gone

    app.add_url_rule("/gone", view_func=gone)

    assert problem(app.test_client().get("/gone"))["title"] == "Gone"


def test_a_redirect_is_not_a_problem(client: FlaskClient) -> None:
    answer = client.get("/docs")

    assert answer.status_code == 308
    assert answer.headers["Location"].endswith("/docs/")
