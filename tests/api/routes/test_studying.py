from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.callers import PASSWORD, Caller
from tests.clocks import ManualClock


def next_of(caller: Caller, deck: str = "MyFirstDeck") -> Any:
    return caller.ask("GET", f"/v1/decks/{caller.deck(deck)}/next").json


def answer(caller: Caller, card: dict[str, Any], rating: str = "good", **changes: Any) -> Any:
    body = {"rating": rating, "duration_ms": 1200, "review_count": card["review_count"], **changes}
    return caller.ask("POST", f"/v1/cards/{card['id']}/reviews", body)


def test_an_empty_deck_has_nothing_to_study(anna: Caller) -> None:
    assert next_of(anna) == {"card": None, "outcomes": None, "counts": {"new": 0, "learning": 0, "due": 0}}


def test_asking_twice_shows_the_same_card(anna: Caller) -> None:
    assert next_of(anna, "Verbal Tenses") == next_of(anna, "Verbal Tenses")


@pytest.mark.parametrize("rating", ["again", "hard", "good", "easy"])
def test_what_was_promised_is_what_answering_gives(anna: Caller, rating: str) -> None:
    anna.add_card()
    shown = next_of(anna)

    reviewed = answer(anna, shown["card"], rating)

    assert reviewed.status_code == 201
    assert reviewed.json["card"]["due"] == shown["outcomes"][rating]["due"]


def test_a_review_is_told_with_the_card_as_it_now_is(anna: Caller) -> None:
    card = anna.add_card()

    reviewed = answer(anna, card).json

    assert reviewed["card"]["review_count"] == 1
    assert reviewed["card"]["state"] == "learning"
    assert reviewed["card"]["due"] == "2026-11-23T12:10:00Z"
    assert reviewed["review"].pop("id") > card["id"]
    assert reviewed["review"] == {
        "card_id": card["id"],
        "rating": "good",
        "reviewed_at": "2026-11-23T12:00:00Z",
        "duration_ms": 1200,
    }


def test_a_second_answer_to_one_showing_changes_nothing_and_gets_the_card(anna: Caller) -> None:
    card = anna.add_card()
    now = answer(anna, card, "easy").json["card"]

    second = answer(anna, card, "again")

    assert second.status_code == 409
    assert second.json["type"] == "urn:javumbo:problem:stale-review"
    assert second.json["card"] == now == anna.ask("GET", f"/v1/cards/{card['id']}").json


@pytest.mark.parametrize(
    "change",
    [
        {"rating": "Good"},
        {"rating": 3},
        {"duration_ms": -1},
        {"duration_ms": 86_400_001},
        {"duration_ms": 1.5},
        {"review_count": -1},
        {"review_count": None},
        {"review_count": False},
        {"review_count": "0"},
        {"duration_ms": "5"},
        {"ease": 3},
    ],
)
def test_what_is_no_review_is_refused(anna: Caller, change: dict[str, Any]) -> None:
    card = anna.add_card()

    assert answer(anna, card, **change).status_code == 422
    assert anna.ask("GET", f"/v1/cards/{card['id']}").json == card


def test_a_card_in_learning_comes_back_when_it_is_due_and_before_new_ones(anna: Caller, clock: ManualClock) -> None:
    first, second = anna.add_card("first"), anna.add_card("second")
    answer(anna, first)

    assert next_of(anna)["card"]["id"] == second["id"]
    assert next_of(anna)["counts"] == {"new": 1, "learning": 1, "due": 0}

    answer(anna, second, "easy")
    anna.add_card("third")
    clock.advance(timedelta(minutes=10))
    anna = sign_in_again(anna)
    assert next_of(anna)["card"]["id"] == first["id"]


def test_a_learnt_card_is_due_on_its_day_at_four_in_the_morning(anna: Caller, clock: ManualClock) -> None:
    card = answer(anna, anna.add_card(), "easy").json["card"]
    assert card["state"] == "review"
    due = datetime.fromisoformat(card["due"])
    assert due.isoformat().endswith("T04:00:00+00:00")
    assert timedelta(days=6) < due - clock.now() < timedelta(days=11)

    clock.advance(due - clock.now() - timedelta(minutes=1))
    anna = sign_in_again(anna)
    assert next_of(anna)["card"] is None

    clock.advance(timedelta(minutes=1))
    assert next_of(anna)["card"]["id"] == card["id"]
    assert next_of(anna)["counts"] == {"new": 0, "learning": 0, "due": 1}


def test_a_deck_gives_20_new_cards_a_day(anna: Caller, clock: ManualClock) -> None:
    for left in range(20, 0, -1):
        shown = next_of(anna, "Verbal Tenses")
        assert shown["counts"]["new"] == left
        answer(anna, shown["card"], "easy")

    assert next_of(anna, "Verbal Tenses")["card"] is None

    clock.advance(timedelta(days=1))
    anna = sign_in_again(anna)
    assert next_of(anna, "Verbal Tenses")["counts"] == {"new": 20, "learning": 0, "due": 0}


def test_a_forgotten_card_is_learnt_again_and_its_lapse_counted(anna: Caller, clock: ManualClock) -> None:
    card = answer(anna, anna.add_card(), "easy").json["card"]
    clock.advance(timedelta(days=9))
    anna = sign_in_again(anna)

    forgotten = answer(anna, card, "again").json["card"]

    assert forgotten["state"] == "relearning"
    assert forgotten["lapses"] == 1


def sign_in_again(caller: Caller) -> Caller:
    """The clock has moved past the token's life."""
    session = caller.client.post("/v1/sessions", json={"username": "anna", "password": PASSWORD})
    return Caller(caller.client, caller.user_id, session.json["access_token"])  # type: ignore[index]
