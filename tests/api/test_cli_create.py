"""Where nobody can sign up, operators make the accounts."""

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.app import create_app
from api.cli import main
from api.services import Services, build_services
from api.settings import SignUp
from auth.passwords import Passwords
from tests.api.operators import Operator
from tests.callers import PASSWORD, Caller, sign_in
from tests.files import query

NORA = {"username": "nora", "name": "Nora", "password": PASSWORD}


@pytest.fixture
def closed(services: Services) -> FlaskClient:
    """A service that takes nobody who is not there yet, as `settings` would close it."""
    return create_app(replace(services, accounts=replace(services.accounts, is_open=False))).test_client()


@pytest.fixture
def operator(operator: Operator) -> Operator:
    operator.environ["JAVUMBO_SIGN_UP"] = "closed"
    return operator


def post(client: FlaskClient, path: str, **body: Any) -> TestResponse:
    return client.post(path, json=body)


def names(services: Services) -> list[dict[str, Any]]:
    return query(services.settings.accounts_file, "SELECT username, name FROM accounts")


def test_a_closed_service_takes_nobody_and_says_whom_to_ask(closed: FlaskClient, services: Services) -> None:
    answer = post(closed, "/v1/accounts", **NORA)

    assert answer.status_code == 403
    assert answer.get_json()["type"] == "urn:javumbo:problem:sign-up-closed"
    assert "Ask whoever runs it" in answer.get_json()["detail"]
    assert names(services) == []
    assert list(services.settings.collections_folder.iterdir()) == []


def test_a_closed_service_does_not_tell_who_is_there(anna: Caller, closed: FlaskClient) -> None:
    answers = [post(closed, "/v1/accounts", **{**NORA, "username": name}) for name in ("anna", "nora")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].get_json()["detail"] == answers[1].get_json()["detail"]


def test_who_is_there_goes_on_at_a_closed_service(anna: Caller, closed: FlaskClient) -> None:
    assert sign_in(closed, "anna").add_card()["front"] == "front"


@pytest.mark.parametrize(("sign_up", "is_open"), [(SignUp.OPEN, True), (SignUp.CLOSED, False)])
def test_the_setting_says_who_makes_accounts(services: Services, sign_up: SignUp, *, is_open: bool) -> None:
    built = build_services(replace(services.settings, sign_up=sign_up), services.clock)
    built.close()

    assert built.accounts.is_open is is_open


def test_an_account_made_by_the_command_is_its_owners_after_a_reset(operator: Operator, closed: FlaskClient) -> None:
    code, *advice = operator.told("accounts", "create", "nora", "--name", "Nora B.").splitlines()

    assert "sets another password for nora (user 1), once, until 2026-11-23 13:00:00 UTC" in advice[0]
    reset = post(closed, "/v1/accounts/password-reset", username="nora", code=code, new_password=PASSWORD)
    assert reset.status_code == 204
    nora = sign_in(closed, "nora")
    assert nora.ask("GET", "/v1/accounts/me").get_json()["name"] == "Nora B."
    assert nora.deck("Verbal Tenses") > 0


def test_the_account_is_shown_under_its_username_unless_a_name_is_given(operator: Operator, services: Services) -> None:
    told = operator.data("accounts", "create", "nora")

    assert (told["username"], told["expires_at"]) == ("nora", "2026-11-23T13:00:00+00:00")
    assert names(services) == [{"username": "nora", "name": "nora"}]


def test_no_two_accounts_are_made_with_one_password(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    passwords: list[str] = []

    def remember(_: Passwords, password: str) -> str:
        passwords.append(password)
        return "a hash"

    monkeypatch.setattr(Passwords, "hash", remember)

    for username in ("nora", "nils"):
        operator.told("accounts", "create", username)

    assert len(set(passwords)) == 2
    assert min(map(len, passwords)) >= 43  # 256 bits


def test_a_name_that_is_taken_is_told_in_one_sentence_and_nothing_is_made(
    operator: Operator, services: Services, anna: Caller
) -> None:
    told = operator.refused("accounts", "create", "anna", "--name", "Another")

    assert told == "Another account is called 'anna'; choose another username.\n"
    assert names(services) == [{"username": "anna", "name": "Anna"}]
    assert len(list(services.settings.collections_folder.glob("*.db"))) == 1


def test_a_username_is_trimmed_and_normalised_as_over_http(operator: Operator) -> None:
    assert operator.data("accounts", "create", " zoe\u0308 ")["username"] == "zo\u00eb"


@pytest.mark.parametrize(
    "arguments",
    [[""], ["a" * 21], ["a\nb"], ["a\udcff"], ["nora", "--name", ""], ["nora", "--name", "n" * 51]],
    ids=repr,
)
def test_what_is_refused_over_http_is_refused_here(
    operator: Operator, services: Services, arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["accounts", "create", *arguments], operator.environ, operator.clock)

    assert ended.value.code == 2
    assert names(services) == []


def test_a_collection_that_cannot_be_made_is_told_by_its_own_name(operator: Operator, services: Services) -> None:
    services.settings.collections_folder.rename(services.settings.data / "elsewhere")

    told = operator.refused("accounts", "create", "nora")

    assert told.startswith(
        f"JAVUMBO_DATA: {services.settings.collections_folder}/user_1.db cannot be read or written; "
    )
    assert names(services) == []
