"""What operators type about accounts, and what becomes of it while the service goes on."""

import io
import sys
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.account.accounts import NewAccount
from api.services import Services
from tests.api.operators import Operator, api_token
from tests.callers import PASSWORD, Caller, sign_in
from tests.files import query


def column(services: Services, name: str) -> Any:
    (row,) = query(services.settings.accounts_file, f"SELECT {name} FROM accounts WHERE username = 'anna'")
    return row[name]


def answer_with(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(line))


def test_an_account_can_be_made_an_operators_and_no_operators_again(
    operator: Operator, services: Services, anna: Caller
) -> None:
    told = operator.data("accounts", "operator", "anna", "on")
    assert told == {"user_id": anna.user_id, "username": "anna", "is_operator": True}
    assert column(services, "is_operator") == 1

    assert "like any other" in operator.told("accounts", "operator", "anna", "off")
    assert column(services, "is_operator") == 0


def test_a_disabled_account_is_signed_out_everywhere_and_nobody_can_sign_in_to_it(
    operator: Operator, services: Services, client: FlaskClient, anna: Caller
) -> None:
    program = Caller(client, anna.user_id, api_token(services, anna))

    told = operator.told("accounts", "disable", "anna", "--yes")

    assert "within a second" in told
    assert anna.ask("GET", "/v1/decks").status_code == 401
    assert program.ask("GET", "/v1/decks").status_code == 401
    assert client.post("/v1/sessions", json={"username": "anna", "password": PASSWORD}).status_code == 401


def test_who_is_enabled_again_can_sign_in_and_what_was_ended_stays_ended(
    operator: Operator, client: FlaskClient, anna: Caller
) -> None:
    operator.told("accounts", "disable", "anna", "--yes")

    assert operator.data("accounts", "enable", "anna")["is_disabled"] is False

    assert anna.ask("GET", "/v1/decks").status_code == 401
    assert sign_in(client, "anna").ask("GET", "/v1/decks").status_code == 200


def test_end_all_ends_sessions_and_api_tokens_and_says_how_many_there_were(
    operator: Operator, services: Services, client: FlaskClient, anna: Caller, ben: Caller
) -> None:
    program = Caller(client, anna.user_id, api_token(services, anna))

    told = operator.data("accounts", "end-all", "anna", "--yes")

    assert told["ended"] == 2
    assert [who.ask("GET", "/v1/decks").status_code for who in (anna, program, ben)] == [401, 401, 200]
    assert {row["ended_why"] for row in query(services.settings.accounts_file, "SELECT ended_why FROM sessions")} == {
        "operator",
        None,
    }


@pytest.mark.parametrize("command", ["disable", "end-all"])
def test_who_ends_everything_is_asked_first(
    operator: Operator, anna: Caller, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    for answer in ("", "n\n", "anna\n"):
        answer_with(monkeypatch, answer)
        told = operator.refused("accounts", command, "anna")
        assert f"of anna (user {anna.user_id})" in told
        assert told.endswith("nothing was changed.\n")
    assert anna.ask("GET", "/v1/decks").status_code == 200

    answer_with(monkeypatch, "yes\n")
    operator.told("accounts", command, "anna")
    assert anna.ask("GET", "/v1/decks").status_code == 401


def test_a_reset_prints_a_code_that_sets_a_password_and_how(
    operator: Operator, client: FlaskClient, anna: Caller
) -> None:
    code, *advice = operator.told("accounts", "reset", "anna").splitlines()

    reset = {"username": "anna", "code": code, "new_password": "another password"}
    assert "until 2026-11-23 13:00:00 UTC" in advice[0]
    assert f'POST http://127.0.0.1:8000/v1/accounts/password-reset  {{"username": "anna", "code": "{code}"' in advice[2]
    assert client.post("/v1/accounts/password-reset", json=reset).status_code == 204


def test_a_reset_says_that_it_does_not_enable_an_account(operator: Operator, anna: Caller) -> None:
    assert "disabled" not in operator.told("accounts", "reset", "anna")
    operator.told("accounts", "disable", "anna", "--yes")

    assert "does not enable it" in operator.told("accounts", "reset", "anna")
    assert operator.data("accounts", "reset", "anna")["expires_at"] == "2026-11-23T13:00:00+00:00"


def test_a_name_is_found_however_its_accents_are_typed(operator: Operator, services: Services) -> None:
    services.accounts.create(NewAccount("zo\u00eb", "Zoë", PASSWORD))

    assert operator.data("accounts", "enable", "zoe\u0308")["username"] == "zo\u00eb"
