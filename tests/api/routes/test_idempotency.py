from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from api.services import Services
from tests.api.routes.test_studying import sign_in_again
from tests.callers import Caller
from tests.clocks import ManualClock


def ask(caller: Caller, key: str, method: str, path: str, json: Any = None) -> TestResponse:
    headers = {"Authorization": f"Bearer {caller.token}", "Idempotency-Key": key}
    return caller.client.open(path, method=method, json=json, headers=headers)


def cards_path(caller: Caller) -> str:
    return f"/v1/decks/{caller.deck('MyFirstDeck')}/cards"


NOTE = {"front": "one", "back": "eins"}


def test_a_request_repeated_with_its_key_is_done_once_and_answered_alike(anna: Caller) -> None:
    first, second = (ask(anna, "k1", "POST", cards_path(anna), NOTE) for _ in range(2))

    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert len(anna.ask("GET", cards_path(anna)).json["items"]) == 1  # type: ignore[index]


def test_without_a_key_a_request_is_done_as_often_as_it_is_sent(anna: Caller) -> None:
    for _ in range(2):
        anna.ask("POST", cards_path(anna), NOTE)

    assert len(anna.ask("GET", cards_path(anna)).json["items"]) == 2  # type: ignore[index]


@pytest.mark.parametrize("other", [("POST", "", {"front": "two", "back": "zwei"}), ("POST", "/batch", NOTE)])
def test_a_key_used_for_another_request_is_refused(anna: Caller, other: tuple[str, str, Any]) -> None:
    method, path, body = other
    ask(anna, "k1", "POST", cards_path(anna), NOTE)

    refused = ask(anna, "k1", method, cards_path(anna) + path, body)

    assert refused.status_code == 422
    assert len(anna.ask("GET", cards_path(anna)).json["items"]) == 1  # type: ignore[index]


def test_another_request_of_the_right_form_is_told_so(anna: Caller) -> None:
    ask(anna, "k1", "POST", cards_path(anna), NOTE)

    refused = ask(anna, "k1", "POST", cards_path(anna), {**NOTE, "back": "uno"})

    assert refused.json["type"].endswith("idempotency-key-reused")  # type: ignore[index]


def test_a_refused_request_leaves_its_key_free(anna: Caller) -> None:
    assert ask(anna, "k1", "POST", "/v1/decks", {"name": "MyFirstDeck"}).status_code == 409

    assert ask(anna, "k1", "POST", "/v1/decks", {"name": "Norwegian"}).status_code == 201


def test_a_deletion_repeated_is_answered_as_the_first_time(anna: Caller) -> None:
    path = f"/v1/cards/{anna.add_card()['id']}"

    assert [ask(anna, "k1", "DELETE", path).status_code for _ in range(2)] == [204, 204]
    assert anna.ask("DELETE", path).status_code == 404


def test_a_review_repeated_is_given_once(anna: Caller) -> None:
    path = f"/v1/cards/{anna.add_card()['id']}/reviews"
    body = {"rating": "good", "duration_ms": 1, "review_count": 0}

    first, second = (ask(anna, "k1", "POST", path, body) for _ in range(2))

    assert first.status_code == second.status_code == 201
    assert first.data == second.data


def test_two_users_do_not_share_keys(anna: Caller, ben: Caller) -> None:
    assert ask(anna, "k1", "POST", cards_path(anna), NOTE).status_code == 201
    assert ask(ben, "k1", "POST", cards_path(ben), NOTE).status_code == 201


def test_an_answer_is_kept_for_a_day(anna: Caller, clock: ManualClock) -> None:
    path = cards_path(anna)
    first = ask(anna, "k1", "POST", path, NOTE)

    clock.advance(timedelta(hours=23, minutes=59))
    anna = sign_in_again(anna)
    assert ask(anna, "k1", "POST", path, NOTE).data == first.data

    clock.advance(timedelta(minutes=2))
    anna = sign_in_again(anna)
    again = ask(anna, "k1", "POST", path, NOTE)
    assert again.status_code == 201
    assert again.data != first.data
    assert ask(anna, "k1", "POST", path, NOTE).data == again.data


def test_answers_and_deleted_text_are_removed_in_time(anna: Caller, clock: ManualClock, services: Services) -> None:
    deleted = anna.add_card("a buried secret")
    ask(anna, "k1", "DELETE", f"/v1/cards/{deleted['id']}")

    clock.advance(timedelta(hours=25))
    anna = sign_in_again(anna)
    anna.add_card("another")

    with services.collections.reading(anna.user_id) as collection:
        left = {
            table: collection.connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
            for table in ("answers", "deletions")
        }
        notes = collection.connection.execute(
            "SELECT COUNT(*) FROM notes WHERE fields LIKE '%buried secret%'"
        ).fetchone()[0]
    assert (left, notes) == ({"answers": 0, "deletions": 0}, 0)


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ä", "\x7f"])
def test_what_cannot_be_a_key_is_refused(anna: Caller, key: str) -> None:
    refused = ask(anna, key, "POST", cards_path(anna), NOTE)

    assert refused.status_code == 422
    assert refused.json["errors"][0]["location"] == "header"  # type: ignore[index]


@pytest.mark.parametrize("length", [64, 65, 255])
def test_a_key_counts_to_its_last_character(anna: Caller, length: int) -> None:
    key, other = "x" * length, "x" * (length - 1) + "y"

    first, again, another = (ask(anna, each, "POST", cards_path(anna), NOTE) for each in (key, key, other))

    assert first.status_code == another.status_code == 201
    assert again.data == first.data != another.data
