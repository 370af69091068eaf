from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.services import Services
from tests.callers import PASSWORD, Caller

ANOTHER = "another password"


def reset(client: FlaskClient, code: str, /, **changed: Any) -> TestResponse:
    body = {"username": "anna", "code": code, "new_password": ANOTHER} | changed
    return client.post("/v1/accounts/password-reset", json=body)


@pytest.fixture
def code(services: Services, anna: Caller) -> str:
    return services.recovery.issue(anna.user_id).text


def test_a_code_sets_another_password_and_signs_everybody_out(client: FlaskClient, anna: Caller, code: str) -> None:
    answer = reset(client, code)

    assert (answer.status_code, answer.data) == (204, b"")
    assert anna.ask("GET", "/v1/accounts/me").status_code == 401
    assert client.post("/v1/sessions", json={"username": "anna", "password": ANOTHER}).status_code == 201
    assert client.post("/v1/sessions", json={"username": "anna", "password": PASSWORD}).status_code == 401


def test_the_refresh_token_of_before_is_refused_too(client: FlaskClient, anna: Caller, code: str) -> None:
    reset(client, code)

    assert client.post("/v1/sessions/refresh", json={"refresh_token": anna.refresh_token}).status_code == 401


def test_every_refusal_is_the_same_but_for_the_request(
    client: FlaskClient, anna: Caller, ben: Caller, code: str
) -> None:
    refused = [
        reset(client, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AA"),
        reset(client, ""),
        reset(client, code, username="ben"),
        reset(client, code, username="nobody"),
    ]

    assert {answer.status_code for answer in refused} == {403}
    told = [{**answer.get_json(), "request_id": ""} for answer in refused]
    assert all(one == told[0] for one in told)
    assert told[0]["type"] == "urn:javumbo:problem:reset-refused"
    assert "Ask the operator for a new code" in told[0]["detail"]


@pytest.mark.parametrize(
    ("member", "value"),
    [("new_password", "short"), ("new_password", "x" * 129), ("code", "A" * 101), ("code", 7), ("another", "member")],
)
def test_what_is_wrong_in_form_is_told_and_uses_no_code_up(
    client: FlaskClient, code: str, member: str, value: Any
) -> None:
    answer = reset(client, code, **{member: value})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.get_json()["errors"]] == [member]
    assert reset(client, code).status_code == 204


def test_a_name_is_compared_as_for_signing_in(client: FlaskClient, code: str) -> None:
    assert reset(client, code, username=" anna ").status_code == 204


def test_half_a_surrogate_pair_is_refused_wherever_it_is(client: FlaskClient, code: str) -> None:
    assert reset(client, "\ud800").status_code in (403, 422)
    assert reset(client, code, username="\ud800").status_code == 422
    assert reset(client, code, new_password="\ud800" * 12).status_code == 422
