"""Where a token stands in a request, and what is kept of it (RFC 6750)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.attacks.forge import Forge, ask, assert_refused
from tests.callers import Caller


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_scheme_may_be_spelt_in_any_case(client: FlaskClient, anna: Caller, scheme: str) -> None:
    assert ask(client, f"{scheme} {anna.token}").status_code == 200


@pytest.mark.parametrize("authorization", ["", "Basic YTpi", "Token abc", "Bearer"])
def test_no_token_is_told_apart_from_a_bad_one(client: FlaskClient, authorization: str) -> None:
    answer = ask(client, authorization)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="javumbo"')
    if authorization != "Bearer":
        assert "error" not in answer.headers["WWW-Authenticate"]


def in_query(client: FlaskClient, token: str) -> TestResponse:
    return client.get(f"/v1/accounts/me?access_token={token}")


def in_both(client: FlaskClient, token: str) -> TestResponse:
    return client.get(f"/v1/accounts/me?access_token={token}", headers={"Authorization": f"Bearer {token}"})


def twice(client: FlaskClient, token: str) -> TestResponse:
    return ask(client, f"Bearer {token}, Bearer {token}")


@pytest.mark.parametrize("place", [in_query, in_both, twice])
def test_a_token_in_the_wrong_place_or_in_two(
    client: FlaskClient, anna: Caller, place: Callable[[FlaskClient, str], TestResponse]
) -> None:
    answer = place(client, anna.token)

    assert answer.status_code == 400
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="javumbo", error="invalid_request"'


def test_the_reason_is_in_the_log_and_the_token_is_not(
    client: FlaskClient, forge: Forge, caplog: pytest.LogCaptureFixture
) -> None:
    token = forge.with_claims(aud="another")
    caplog.set_level("INFO", "javumbo")

    assert_refused(client, token)

    logged = " ".join(str(vars(record)) for record in caplog.records if record.name.startswith("javumbo"))
    assert "names another audience" in logged
    assert token not in logged
    assert token.split(".")[2] not in logged
