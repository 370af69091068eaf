"""Listing sessions and ending them: this one, another, all others, all."""

from contextlib import closing

import pytest
from flask.testing import FlaskClient

from api.services import Services, build_services
from tests.callers import PASSWORD, Caller, sign_in

WITH_PASSWORD = {"password": PASSWORD}


def is_signed_in(caller: Caller) -> bool:
    statuses = {caller.ask("GET", "/v1/decks").status_code, caller.ask("GET", "/v1/accounts/me").status_code}
    assert statuses in ({200}, {401})
    return statuses == {200}


def can_refresh(caller: Caller) -> bool:
    answer = caller.client.post("/v1/sessions/refresh", json={"refresh_token": caller.refresh_token})
    return answer.status_code == 200


def test_a_user_sees_their_sessions_and_nobody_elses(client: FlaskClient, anna: Caller, ben: Caller) -> None:
    phone = sign_in(client, "anna", kind="cli")

    items = phone.ask("GET", "/v1/sessions").get_json()["items"]

    shown = {item["session_id"]: item for item in items}
    assert set(shown) == {anna.session_id, phone.session_id}
    assert shown[phone.session_id] == {
        "session_id": phone.session_id,
        "client": "cli",
        "address": "127.0.0.1",
        "created_at": "2026-11-23T12:00:00Z",
        "last_used_at": "2026-11-23T12:00:00Z",
        "expires_at": "2026-12-23T12:00:00Z",
        "replayed_from": None,
        "is_current": True,
    }
    assert not shown[anna.session_id]["is_current"]


def test_sessions_come_in_pages(client: FlaskClient, anna: Caller) -> None:
    sids = {anna.session_id} | {sign_in(client, "anna").session_id for _ in range(4)}

    pages = [anna.ask("GET", "/v1/sessions?limit=2").get_json()]
    while cursor := pages[-1]["next_cursor"]:
        pages.append(anna.ask("GET", f"/v1/sessions?limit=2&cursor={cursor}").get_json())

    assert [len(page["items"]) for page in pages] == [2, 2, 1]
    assert {item["session_id"] for page in pages for item in page["items"]} == sids


def test_signing_out_ends_this_session_and_no_other(client: FlaskClient, anna: Caller) -> None:
    phone = sign_in(client, "anna")

    answer = anna.ask("DELETE", "/v1/sessions/current")

    assert answer.status_code == 204
    assert answer.headers["Set-Cookie"].startswith("javumbo_refresh=;")
    assert not is_signed_in(anna)
    assert not can_refresh(anna)
    assert is_signed_in(phone)


def test_signing_out_twice_is_a_401(anna: Caller) -> None:
    anna.ask("DELETE", "/v1/sessions/current")

    assert anna.ask("DELETE", "/v1/sessions/current").status_code == 401


def test_another_session_is_ended_with_the_password(client: FlaskClient, anna: Caller) -> None:
    phone = sign_in(client, "anna")
    path = f"/v1/sessions/{phone.session_id}"

    refused = anna.ask("DELETE", path, {"password": "a wrong password"})
    assert (refused.status_code, is_signed_in(phone)) == (403, True)
    assert anna.ask("DELETE", path, {}).status_code == 422

    assert anna.ask("DELETE", path, WITH_PASSWORD).status_code == 204
    assert not is_signed_in(phone)
    assert is_signed_in(anna)
    assert anna.ask("DELETE", path, WITH_PASSWORD).status_code == 404


def test_nobody_ends_the_session_of_another(anna: Caller, ben: Caller) -> None:
    answer = anna.ask("DELETE", f"/v1/sessions/{ben.session_id}", WITH_PASSWORD)

    assert answer.status_code == 404
    assert answer.get_json()["type"] == "urn:javumbo:problem:session-not-found"
    assert is_signed_in(ben)


@pytest.mark.parametrize("path", ["/v1/sessions/1", "/v1/sessions/current/x", "/v1/sessions/" + "é" * 22])
def test_what_cannot_be_an_id_is_a_path_that_does_not_exist(anna: Caller, path: str) -> None:
    assert anna.ask("DELETE", path, WITH_PASSWORD).status_code in (404, 405)


def test_all_others_are_ended_and_this_one_is_kept(client: FlaskClient, anna: Caller, ben: Caller) -> None:
    others = [sign_in(client, "anna") for _ in range(3)]

    answer = anna.ask("DELETE", "/v1/sessions?keep=current", WITH_PASSWORD)

    assert answer.status_code == 204
    assert "Set-Cookie" not in answer.headers
    assert not any(map(is_signed_in, others))
    assert is_signed_in(anna)
    assert is_signed_in(ben)
    assert can_refresh(anna)


def test_all_are_ended(client: FlaskClient, anna: Caller) -> None:
    phone = sign_in(client, "anna")

    answer = anna.ask("DELETE", "/v1/sessions", WITH_PASSWORD)

    assert answer.status_code == 204
    assert not is_signed_in(anna)
    assert not is_signed_in(phone)


@pytest.mark.parametrize("query", ["", "?keep=current"])
def test_ending_many_asks_for_the_password(client: FlaskClient, anna: Caller, query: str) -> None:
    phone = sign_in(client, "anna")

    assert anna.ask("DELETE", f"/v1/sessions{query}", {"password": "a wrong password"}).status_code == 403
    assert anna.ask("DELETE", f"/v1/sessions{query}").status_code in (400, 415, 422)
    assert anna.ask("DELETE", "/v1/sessions?keep=all", WITH_PASSWORD).status_code == 422
    assert is_signed_in(phone)


def test_a_password_change_ends_all_others(client: FlaskClient, anna: Caller) -> None:
    phone = sign_in(client, "anna")
    change = {"password": PASSWORD, "new_password": "another good one"}

    answer = anna.ask("PUT", "/v1/accounts/me/password", change)

    assert answer.status_code == 204
    assert is_signed_in(anna)
    assert can_refresh(anna)
    assert not is_signed_in(phone)
    assert not can_refresh(phone)


def test_within_the_second_of_a_password_change_old_tokens_are_refused_and_new_ones_accepted(
    client: FlaskClient, anna: Caller
) -> None:
    phone = sign_in(client, "anna")
    anna.ask("PUT", "/v1/accounts/me/password", {"password": PASSWORD, "new_password": "another good one"})

    again = client.post("/v1/sessions", json={"username": "anna", "password": "another good one"}).get_json()

    assert not is_signed_in(phone)
    assert is_signed_in(Caller(client, anna.user_id, again["access_token"]))
    assert client.post("/v1/sessions", json={"username": "anna", "password": PASSWORD}).status_code == 401


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"password": "a wrong password", "new_password": "another good one"}, 403),
        ({"password": PASSWORD, "new_password": "short"}, 422),
        ({"password": PASSWORD}, 422),
    ],
)
def test_a_password_change_that_is_refused_ends_nothing(
    client: FlaskClient, anna: Caller, change: dict[str, str], status: int
) -> None:
    phone = sign_in(client, "anna")

    assert anna.ask("PUT", "/v1/accounts/me/password", change).status_code == status
    assert is_signed_in(phone)
    assert sign_in(client, "anna").token


def test_a_deleted_accounts_tokens_stay_refused_when_its_worker_is_born_again(
    client: FlaskClient, anna: Caller, services: Services
) -> None:
    anna.ask("DELETE", "/v1/accounts/me", WITH_PASSWORD)

    with closing(build_services(services.settings, services.clock)) as reborn:
        reborn.follower.start()

        assert reborn.revocations.includes(anna.session_id)


def test_disabling_an_account_ends_everything_and_enabling_it_brings_nothing_back(
    client: FlaskClient, anna: Caller, services: Services
) -> None:
    services.accounts.disable(anna.user_id)
    assert not is_signed_in(anna)

    services.accounts.enable(anna.user_id)

    assert not is_signed_in(anna)
    assert is_signed_in(sign_in(client, "anna"))
