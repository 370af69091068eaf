from typing import Any

import pytest
from flask.testing import FlaskClient

from api.services import Services
from auth.errors import HashingBusy
from auth.passwords import Passwords
from tests.callers import PASSWORD, Caller, sign_up
from tests.clocks import NOON
from tests.files import query


def sessions(services: Services) -> list[dict[str, Any]]:
    return query(services.settings.accounts_file, "SELECT * FROM sessions")


def test_signing_in_gives_a_token_for_ten_minutes(client: FlaskClient, anna: Caller) -> None:
    answer = client.post("/v1/sessions", json={"username": "anna", "password": PASSWORD, "client": "cli"})

    assert answer.status_code == 201
    body = dict(answer.json or {})
    assert body.pop("access_token").count(".") == 2
    assert body.pop("refresh_token").count(".") == 2
    assert len(body.pop("session_id")) == 22
    assert body == {
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": "account collection:read collection:write",
        "user": {"user_id": 1, "username": "anna", "name": "Anna", "created_at": "2026-11-23T12:00:00Z"},
    }


def test_a_session_is_recorded_whole(anna: Caller, services: Services) -> None:
    (row,) = sessions(services)

    now = int(NOON.timestamp() * 1000)
    sid = row.pop("sid")
    assert len(sid) == 22
    assert row == {
        "user_id": anna.user_id,
        "client": "web",
        "generation": 1,
        "rotated_at": now,
        "rotations": "[]",
        "access_until": now + 600_000,
        "refresh_until": now + 30 * 86_400_000,
        "created_at": now,
        "last_used_at": now,
        "address": "127.0.0.1",
        "replayed_from": None,
        "expires_at": now + 90 * 86_400_000,
        "ended_at": None,
        "ended_why": None,
    }


def test_each_sign_in_is_a_session_of_its_own(client: FlaskClient, anna: Caller) -> None:
    credentials = {"username": "anna", "password": PASSWORD}

    ids = {client.post("/v1/sessions", json=credentials).json["session_id"] for _ in range(3)}  # type: ignore[index]

    assert len(ids) == 3


@pytest.mark.parametrize(
    "credentials",
    [
        {"username": "anna", "password": "wrong password"},
        {"username": "anna", "password": ""},
        {"username": "Anna", "password": PASSWORD},
        {"username": "nobody", "password": PASSWORD},
        {"username": "", "password": PASSWORD},
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(
    client: FlaskClient, anna: Caller, credentials: dict[str, str]
) -> None:
    answer = client.post("/v1/sessions", json=credentials)

    body = dict(answer.json or {})
    body.pop("request_id")
    assert answer.status_code == 401
    assert body == {
        "type": "urn:javumbo:problem:wrong-credentials",
        "title": "Username and password do not match",
        "status": 401,
        "detail": "There is no account with this username and this password.",
    }


def test_a_disabled_account_cannot_sign_in_nor_read_or_change_itself(
    client: FlaskClient, anna: Caller, services: Services
) -> None:
    query(services.settings.accounts_file, "UPDATE accounts SET disabled_at = 1")

    assert client.post("/v1/sessions", json={"username": "anna", "password": PASSWORD}).status_code == 401
    assert anna.ask("GET", "/v1/accounts/me").status_code == 401
    assert anna.ask("PATCH", "/v1/accounts/me", {"name": "Ann"}).status_code == 401
    assert query(services.settings.accounts_file, "SELECT name FROM accounts") == [{"name": "Anna"}]


def test_sign_ins_and_refusals_are_logged_without_what_was_typed(
    client: FlaskClient, anna: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "javumbo")

    client.post("/v1/sessions", json={"username": "anna", "password": PASSWORD})
    client.post("/v1/sessions", json={"username": "anna", "password": "a wrong one"})
    client.post("/v1/sessions", json={"username": "a wrong one", "password": PASSWORD})

    lines = [vars(record) for record in caplog.records if record.name == "javumbo.sessions"]
    assert [(line["msg"], line["user_id"]) for line in lines] == [
        ("session opened", anna.user_id),
        ("sign-in refused", anna.user_id),
        ("sign-in refused", None),
    ]
    logged = str([vars(record) for record in caplog.records])
    assert "there is no such account" in logged
    assert "a wrong one" not in logged
    assert PASSWORD not in logged


@pytest.mark.parametrize("body", [{}, {"username": "anna"}, {"username": 5, "password": "a"}])
def test_a_sign_in_without_credentials_is_a_422(client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.post("/v1/sessions", json=body).status_code == 422


@pytest.mark.parametrize("kind", ["api:1", "compat", "", "WEB"])
def test_nobody_signs_in_as_a_client_of_another_kind(client: FlaskClient, anna: Caller, kind: str) -> None:
    credentials = {"username": "anna", "password": PASSWORD, "client": kind}

    assert client.post("/v1/sessions", json=credentials).status_code == 422


def test_a_sign_in_that_an_account_change_overtakes_comes_to_nothing(
    client: FlaskClient, anna: Caller, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = Passwords.verify

    def slow_verify(self: Passwords, password: str, stored: str | None) -> str | None:
        better = verify(self, password, stored)
        query(services.settings.accounts_file, "UPDATE accounts SET version = version + 1")
        return better

    before = len(sessions(services))
    monkeypatch.setattr(Passwords, "verify", slow_verify)

    answer = client.post("/v1/sessions", json={"username": "anna", "password": PASSWORD})

    assert answer.status_code == 401
    assert len(sessions(services)) == before


def test_a_better_hash_replaces_the_old_one(
    client: FlaskClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(client, "anna")
    verify = Passwords.verify

    def verify_and_improve(self: Passwords, password: str, stored: str | None) -> str | None:
        verify(self, password, stored)
        return "a better hash"

    monkeypatch.setattr(Passwords, "verify", verify_and_improve)

    assert client.post("/v1/sessions", json={"username": "anna", "password": PASSWORD}).status_code == 201
    assert query(services.settings.accounts_file, "SELECT password_hash FROM accounts") == [
        {"password_hash": "a better hash"}
    ]


def test_a_machine_that_can_hash_no_more_says_so(
    client: FlaskClient, anna: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*arguments: object) -> None:
        raise HashingBusy("no turn")

    monkeypatch.setattr(Passwords, "verify", busy)

    answer = client.post("/v1/sessions", json={"username": "anna", "password": PASSWORD})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
