import unicodedata
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.errors import StoreUnavailable
from api.services import Services
from api.store import accounts
from tests.callers import PASSWORD, Caller, sign_up


def post(client: FlaskClient, **changes: Any) -> TestResponse:
    return client.post("/v1/accounts", json={"username": "anna", "name": "Anna", "password": PASSWORD, **changes})


def test_signing_up_makes_an_account(client: FlaskClient) -> None:
    answer = post(client)

    assert answer.status_code == 201
    assert answer.json == {
        "user_id": 1,
        "username": "anna",
        "name": "Anna",
        "created_at": "2026-11-23T12:00:00Z",
    }


def test_a_new_account_has_its_two_decks(anna: Caller) -> None:
    decks = anna.ask("GET", "/v1/decks").json["items"]  # type: ignore[index]

    assert [deck["name"] for deck in decks] == ["MyFirstDeck", "Verbal Tenses"]
    assert decks[0]["counts"] == {"new": 0, "learning": 0, "due": 0}
    assert decks[1]["counts"] == {"new": 20, "learning": 0, "due": 0}


def test_a_username_is_taken_once(client: FlaskClient) -> None:
    post(client)

    again = post(client, name="Another Anna")

    assert again.status_code == 409
    assert again.json["type"] == "urn:javumbo:problem:username-taken"  # type: ignore[index]


def test_usernames_are_case_sensitive(client: FlaskClient) -> None:
    assert post(client).status_code == 201
    assert post(client, username="Anna").status_code == 201


def test_a_username_is_trimmed_and_normalised(client: FlaskClient) -> None:
    decomposed = unicodedata.normalize("NFD", "  José ")

    answer = post(client, username=decomposed)

    assert answer.json["username"] == "José"  # type: ignore[index]
    signed_in = client.post("/v1/sessions", json={"username": decomposed, "password": PASSWORD})
    assert signed_in.status_code == 201


@pytest.mark.parametrize(
    "username",
    [
        "a",
        "a" * 20,
        "Anna B. Carter",
        "日本語",
        "山田\u3000太郎",
        "می\u200cخواهم",
        "👩\u200d🚀 Ann",
        "😀",
        "O'Neill",
        "../../etc/passwd",
        "' OR 1=1 --",
    ],
)
def test_any_printable_username_goes(client: FlaskClient, username: str) -> None:
    assert post(client, username=username).status_code == 201


@pytest.mark.parametrize("username", ["", "   ", "a" * 21, "a\nb", "a\x00b", "a\u202eb", "\ud800", 5, None, ["a"]])
def test_any_other_username_is_refused(client: FlaskClient, username: object) -> None:
    answer = post(client, username=username)

    assert answer.status_code == 422
    assert {error["field"] for error in answer.json["errors"]} == {"username"}  # type: ignore[index]


@pytest.mark.parametrize(("length", "status"), [(9, 422), (10, 201), (128, 201), (129, 422)])
def test_a_new_password_has_10_to_128_characters(client: FlaskClient, length: int, status: int) -> None:
    assert post(client, password="ü" * length).status_code == status


@pytest.mark.parametrize(("length", "status"), [(0, 422), (1, 201), (50, 201), (51, 422)])
def test_a_display_name_has_1_to_50_characters(client: FlaskClient, length: int, status: int) -> None:
    assert post(client, name="n" * length).status_code == status


def test_the_password_is_not_kept(anna: Caller, services: Services) -> None:
    files = services.settings.data.rglob("*")

    assert all(PASSWORD.encode() not in path.read_bytes() for path in files if path.is_file())


def test_an_account_is_read_by_its_owner(anna: Caller, ben: Caller) -> None:
    assert anna.ask("GET", "/v1/accounts/me").json["username"] == "anna"  # type: ignore[index]
    assert ben.ask("GET", "/v1/accounts/me").json["username"] == "ben"  # type: ignore[index]


def test_the_display_name_can_be_changed(anna: Caller) -> None:
    answer = anna.ask("PATCH", "/v1/accounts/me", {"name": " Ann "})

    assert answer.json["name"] == "Ann"  # type: ignore[index]
    assert anna.ask("GET", "/v1/accounts/me").json["name"] == "Ann"  # type: ignore[index]


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"username": "other"}, {"name": "a", "user_id": 2}])
def test_nothing_else_of_an_account_can_be_changed(anna: Caller, body: dict[str, Any]) -> None:
    assert anna.ask("PATCH", "/v1/accounts/me", body).status_code == 422


def test_deleting_an_account_asks_for_the_password(anna: Caller) -> None:
    assert anna.ask("DELETE", "/v1/accounts/me", {}).status_code == 422
    assert anna.ask("DELETE", "/v1/accounts/me", {"password": "wrong password"}).status_code == 403
    assert anna.ask("GET", "/v1/accounts/me").status_code == 200


def test_a_deleted_account_is_gone_with_everything_of_it(anna: Caller, services: Services) -> None:
    anna.add_card()

    answer = anna.ask("DELETE", "/v1/accounts/me", {"password": PASSWORD})

    assert answer.status_code == 204
    assert answer.data == b""
    assert list(services.settings.collections_folder.iterdir()) == []
    assert anna.client.post("/v1/sessions", json={"username": "anna", "password": PASSWORD}).status_code == 401


def test_a_deletion_that_fails_half_way_says_so_and_can_be_repeated(
    anna: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise StoreUnavailable("accounts.db", "I/O error")

    with monkeypatch.context() as context:
        context.setattr(accounts, "delete", fail)
        unfinished = anna.ask("DELETE", "/v1/accounts/me", {"password": PASSWORD})

    assert unfinished.status_code == 503
    assert unfinished.get_json()["type"] == "urn:javumbo:problem:deletion-unfinished"
    assert anna.ask("GET", "/v1/decks").status_code == 401
    assert anna.ask("DELETE", "/v1/accounts/me", {"password": PASSWORD}).status_code == 204
    assert anna.ask("GET", "/v1/accounts/me").status_code == 401


def test_a_file_that_cannot_be_removed_is_told_to_the_operators(
    anna: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise PermissionError("not allowed")

    monkeypatch.setattr(Path, "unlink", fail)

    answer = anna.ask("DELETE", "/v1/accounts/me", {"password": PASSWORD})

    assert answer.status_code == 204
    assert anna.ask("GET", "/v1/accounts/me").status_code == 401
    assert [record.levelname for record in caplog.records if record.name == "javumbo.accounts"] == ["CRITICAL"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/accounts/me"), ("PATCH", "/v1/accounts/me"), ("DELETE", "/v1/accounts/me"), ("GET", "/v1/decks")],
)
def test_the_token_of_a_deleted_account_is_a_401(anna: Caller, method: str, path: str) -> None:
    anna.ask("DELETE", "/v1/accounts/me", {"password": PASSWORD})
    body = {"PATCH": {"name": "Ann"}, "DELETE": {"password": PASSWORD}}.get(method)

    answer = anna.ask(method, path, body)

    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


def test_the_name_of_a_deleted_account_is_free_and_its_id_is_not(anna: Caller) -> None:
    anna.ask("DELETE", "/v1/accounts/me", {"password": PASSWORD})

    again = sign_up(anna.client, "anna")

    assert again.user_id == anna.user_id + 1
