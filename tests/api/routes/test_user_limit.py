"""The limit of a user: over all their tokens, and nobody else's."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.authentication import Access, access_of
from api.services import Services
from api.settings import Settings
from tests import oauth
from tests.api.test_authentication import operations, path_of
from tests.api.test_metrics import numbers
from tests.callers import PASSWORD, Caller, sign_in
from tests.clocks import ManualClock
from tests.limits import limited

LIMITED = 'javumbo_limited_requests_total{code="quota_exceeded",policy="user"}'


@pytest.fixture
def settings(tmp_path: Path, clock: ManualClock) -> Settings:
    return limited(tmp_path, clock, limit_api="6/1m/3")


def use_up(caller: Caller) -> None:
    answers = [caller.ask("GET", "/v1/decks") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3


def use_up_account(caller: Caller) -> None:
    answers = [caller.ask("GET", "/v1/sessions") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3


def test_beyond_it_a_user_is_told_how_long_to_wait(anna: Caller) -> None:
    use_up(anna)

    answer = anna.ask("GET", "/v1/decks")

    body = answer.get_json()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "11")
    assert body["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert (body["violated-policies"], answer.content_type) == (["user"], "application/problem+json")


def test_it_is_over_every_token_that_the_user_has(client: FlaskClient, anna: Caller) -> None:
    program = oauth.api_token(anna)
    another = sign_in(client, "anna")

    answers = [caller.ask("GET", "/v1/decks").status_code for caller in (program, another, anna, program, another)]

    assert answers == [200, 200, 200, 429, 429]


def test_it_is_over_every_address_of_the_user(client: FlaskClient, anna: Caller) -> None:
    use_up(anna)

    client.environ_base["REMOTE_ADDR"] = "192.0.2.7"

    assert anna.ask("GET", "/v1/decks").status_code == 429


def test_it_is_nobody_elses(anna: Caller, ben: Caller) -> None:
    use_up(anna)

    assert ben.ask("GET", "/v1/decks").status_code == 200


def test_signing_in_again_gains_nothing(client: FlaskClient, anna: Caller) -> None:
    use_up(anna)

    again = sign_in(client, "anna")

    assert again.ask("GET", "/v1/decks").status_code == 429


def test_of_a_request_beyond_it_nothing_comes(anna: Caller, clock: ManualClock) -> None:
    use_up(anna)

    anna.ask("POST", "/v1/decks", {"name": "beyond"})

    clock.advance(timedelta(seconds=10))
    assert "beyond" not in anna.ask("GET", "/v1/decks").text


def test_after_the_wait_one_request_is_admitted_and_a_refused_one_costs_nothing(
    anna: Caller, clock: ManualClock
) -> None:
    use_up(anna)
    refused = [anna.ask("GET", "/v1/decks") for _ in range(5)]

    clock.advance(timedelta(seconds=int(refused[-1].headers["Retry-After"])))

    assert {answer.status_code for answer in refused} == {429}
    assert [anna.ask("GET", "/v1/decks").status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/cards/7", 404), ("POST", "/v1/decks", 422), ("DELETE", "/v1/accounts/me", 422)],
)
def test_what_goes_wrong_is_counted_too(anna: Caller, method: str, path: str, status: int) -> None:
    answers = [anna.ask(method, path, {}).status_code for _ in range(4)]

    assert answers == [status] * 3 + [429]


def test_a_token_without_the_scope_is_counted_too(anna: Caller) -> None:
    program = oauth.api_token(anna)

    answers = [program.ask("GET", "/v1/accounts/me").status_code for _ in range(4)]

    assert answers == [403, 403, 403, 429]


def test_who_has_stolen_a_session_cannot_keep_its_owner_from_ending_it(client: FlaskClient, anna: Caller) -> None:
    stolen = sign_in(client, "anna")
    use_up(stolen)
    flood = {stolen.ask("GET", "/v1/sessions").status_code for _ in range(10)}

    ended = anna.ask("DELETE", f"/v1/sessions/{stolen.session_id}", {"password": PASSWORD})

    assert flood == {200, 429}
    assert ended.status_code == 204


def test_who_has_stolen_a_session_cannot_keep_its_owner_from_signing_out_of_it(anna: Caller) -> None:
    use_up_account(anna)
    refused = anna.ask("GET", "/v1/sessions")

    answer = anna.ask("DELETE", "/v1/sessions/current")

    assert refused.status_code == 429
    assert answer.status_code == 204
    assert anna.ask("GET", "/v1/sessions").status_code == 401


def test_beyond_it_every_other_route_is_refused(anna: Caller) -> None:
    use_up(anna)
    use_up_account(anna)
    app = anna.client.application

    for method, rule, endpoint in operations(app):
        if access_of(app.view_functions[endpoint]) != Access(None) and endpoint != "sessions.sign_out":
            answer = anna.ask(method, path_of(rule), {})
            assert answer.status_code == 429, (method, rule, answer.text)


def test_signing_out_is_counted_for_a_token_that_is_not_good_for_it(anna: Caller) -> None:
    program = oauth.api_token(anna)

    answers = [program.ask("DELETE", "/v1/sessions/current").status_code for _ in range(4)]

    assert answers == [403, 403, 403, 429]


def test_an_oauth_client_is_told_so_in_words_it_knows(anna: Caller) -> None:
    use_up(anna)

    answer = anna.client.post(
        "/oauth/introspect", data={"token": anna.token}, headers={"Authorization": f"Bearer {anna.token}"}
    )

    assert (answer.status_code, answer.content_type) == (429, "application/json")
    assert answer.get_json()["error"] == "temporarily_unavailable"


def test_what_needs_no_token_is_not_counted(client: FlaskClient, anna: Caller) -> None:
    use_up(anna)

    assert client.post("/v1/sessions/refresh", json={"refresh_token": anna.refresh_token}).status_code == 200
    assert client.get("/healthz").status_code == 200


def test_refusals_are_counted(services: Services, anna: Caller) -> None:
    use_up(anna)

    for _ in range(2):
        anna.ask("GET", "/v1/decks")

    assert numbers(services.metrics)[LIMITED] == 2
