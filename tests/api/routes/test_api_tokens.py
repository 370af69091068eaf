"""API tokens: made with the password, shown once, good for collections only, and revoked like any session."""

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from api.account.api_tokens import MOST, MOST_REMEMBERED
from api.services import Services
from auth.passwords import Passwords
from tests.callers import PASSWORD, Caller
from tests.clocks import ManualClock
from tests.files import query

ASKED = {"password": PASSWORD, "name": "backup", "scopes": ["collection:read"]}


def create(caller: Caller, **more: Any) -> TestResponse:
    return caller.ask("POST", "/v1/api-tokens", {**ASKED, **more})


def program(caller: Caller, **more: Any) -> Caller:
    answer = create(caller, **more)
    assert answer.status_code == 201, answer.text
    return Caller(caller.client, caller.user_id, answer.get_json()["token"])


def listed(caller: Caller) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = caller.ask("GET", "/v1/api-tokens").get_json()["items"]
    return items


def test_it_is_shown_once_and_listed_without_itself(anna: Caller, services: Services) -> None:
    created = create(anna).get_json()

    token = created.pop("token")
    assert listed(anna) == [created]
    assert created == {
        "id": 1,
        "name": "backup",
        "scopes": ["collection:read"],
        "last_characters": token[-4:],
        "created_at": "2026-11-23T12:00:00Z",
        "expires_at": "2027-02-21T12:00:00Z",
        "last_used_on": None,
    }
    assert token not in str(query(services.settings.accounts_file, "SELECT * FROM api_tokens"))


def test_it_opens_what_its_scope_says_and_nothing_else(anna: Caller) -> None:
    reader, writer = program(anna), program(anna, scopes=["collection:read", "collection:write"])

    assert reader.ask("GET", "/v1/decks").status_code == 200
    assert reader.ask("POST", "/v1/decks", {"name": "new"}).status_code == 403
    assert writer.ask("POST", "/v1/decks", {"name": "new"}).status_code == 201
    for method, path in (("GET", "/v1/accounts/me"), ("GET", "/v1/api-tokens"), ("DELETE", "/v1/sessions/current")):
        assert writer.ask(method, path).status_code == 403


def test_it_lives_as_long_as_its_owner_has_chosen(anna: Caller, clock: ManualClock) -> None:
    reader = program(anna, expires_in_days=2)

    clock.advance(timedelta(days=2) - timedelta(seconds=1))
    assert reader.ask("GET", "/v1/decks").status_code == 200
    clock.advance(timedelta(seconds=1))

    assert reader.ask("GET", "/v1/decks").status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"scopes": ["account"]},
        {"scopes": ["collection:read", "account"]},
        {"scopes": "collection:read"},
        {"expires_in_days": 0},
        {"expires_in_days": 366},
        {"expires_in_days": "7"},
        {"name": ""},
        {"name": "x" * 51},
        {"scope": "collection:read"},
    ],
)
def test_what_cannot_be_asked_for_is_a_422(anna: Caller, wrong: dict[str, Any]) -> None:
    assert create(anna, **wrong).status_code == 422
    assert listed(anna) == []


def test_without_the_password_none_is_made(anna: Caller) -> None:
    assert create(anna, password="a wrong password").status_code == 403
    assert listed(anna) == []


def test_a_deleted_one_is_refused_at_once_and_its_id_not_given_again(anna: Caller) -> None:
    reader, other = program(anna), program(anna)

    assert anna.ask("DELETE", "/v1/api-tokens/1").status_code == 204
    assert reader.ask("GET", "/v1/decks").status_code == 401
    assert other.ask("GET", "/v1/decks").status_code == 200
    assert anna.ask("DELETE", "/v1/api-tokens/1").status_code == 404
    assert create(anna).get_json()["id"] == 3


def test_nobody_sees_or_deletes_those_of_another(anna: Caller, ben: Caller) -> None:
    program(anna)

    assert listed(ben) == []
    assert ben.ask("DELETE", "/v1/api-tokens/1").status_code == 404
    assert len(listed(anna)) == 1


def test_a_deleted_accounts_api_token_stays_refused(anna: Caller, services: Services) -> None:
    reader = program(anna, expires_in_days=365)

    anna.ask("DELETE", "/v1/accounts/me", {"password": PASSWORD})

    assert reader.ask("GET", "/v1/decks").status_code == 401
    (entry,) = query(services.settings.accounts_file, "SELECT until - ended_at AS left FROM revocations WHERE seq = 2")
    assert entry == {"left": 365 * 86_400_000}


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_password_change_ends_them_unless_they_are_kept(anna: Caller, is_kept: bool) -> None:
    reader = program(anna)
    change = {"password": PASSWORD, "new_password": "another good one", "keep_api_tokens": is_kept}

    assert anna.ask("PUT", "/v1/accounts/me/password", change).status_code == 204

    assert (reader.ask("GET", "/v1/decks").status_code == 200) == is_kept
    assert len(listed(anna)) == int(is_kept)


def test_none_slips_in_behind_a_password_change(
    anna: Caller, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = Passwords.verify

    def slow_verify(self: Passwords, password: str, stored: str | None) -> str | None:
        better = verify(self, password, stored)
        query(services.settings.accounts_file, "UPDATE accounts SET version = version + 1")
        return better

    monkeypatch.setattr(Passwords, "verify", slow_verify)

    assert create(anna).status_code == 403
    assert listed(anna) == []


def test_there_is_an_end_to_how_many_one_account_can_have(anna: Caller, services: Services) -> None:
    program(anna)
    columns = "sid, user_id, name, scope, last_characters, created_at, expires_at"
    for number in range(MOST - 1):
        query(
            services.settings.accounts_file,
            f"INSERT INTO api_tokens ({columns}) SELECT '{number}', user_id, name, scope, last_characters, "
            "created_at, expires_at FROM api_tokens WHERE id = 1",
        )

    answer = create(anna)

    assert answer.status_code == 409
    assert answer.get_json()["type"] == "urn:javumbo:problem:too-many-api-tokens"


def test_deleting_and_making_them_again_has_an_end_too(anna: Caller, services: Services) -> None:
    program(anna)
    columns = "sid, user_id, name, scope, last_characters, created_at, expires_at"
    query(
        services.settings.accounts_file,
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MOST_REMEMBERED - 1}) "
        f"INSERT INTO api_tokens ({columns}, deleted_at) SELECT i, user_id, name, scope, last_characters, "
        "created_at, expires_at, created_at FROM n, api_tokens WHERE id = 1",
    )

    assert len(listed(anna)) == 1
    assert create(anna).status_code == 409


def test_they_come_in_pages(anna: Caller) -> None:
    for _ in range(3):
        program(anna)

    first = anna.ask("GET", "/v1/api-tokens?limit=2").get_json()
    second = anna.ask("GET", f"/v1/api-tokens?limit=2&cursor={first['next_cursor']}").get_json()

    assert [item["id"] for item in first["items"] + second["items"]] == [1, 2, 3]
    assert second["next_cursor"] is None


def test_the_day_of_its_last_use_is_written_by_and_by(anna: Caller, services: Services, clock: ManualClock) -> None:
    reader = program(anna)
    clock.advance(timedelta(days=1))
    reader.ask("GET", "/v1/decks")

    services.token_uses.write()

    assert query(services.settings.accounts_file, "SELECT last_used_day FROM api_tokens") == [{"last_used_day": 20781}]
