"""What can be said of one card beside its note: its deck, and whether it is suspended, buried or flagged."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.routes.test_studying import next_of, sign_in_again
from tests.callers import Caller
from tests.clocks import ManualClock


def edit(caller: Caller, card: dict[str, Any], **change: Any) -> Any:
    return caller.ask("PATCH", f"/v1/cards/{card['id']}", change)


def test_a_suspended_card_is_not_shown_until_it_is_let_go(anna: Caller) -> None:
    card = anna.add_card()

    assert edit(anna, card, suspended=True).json["suspended"] is True
    assert next_of(anna) == {"card": None, "outcomes": None, "counts": {"new": 0, "learning": 0, "due": 0}}

    edit(anna, card, suspended=False)
    assert next_of(anna)["card"]["id"] == card["id"]


def test_a_buried_card_comes_back_tomorrow(anna: Caller, clock: ManualClock) -> None:
    card = anna.add_card()

    assert edit(anna, card, buried=True).json["buried"] is True
    assert next_of(anna)["card"] is None

    clock.advance(timedelta(hours=16))  # 2026-11-24, 04:00
    anna = sign_in_again(anna)
    assert next_of(anna)["card"]["id"] == card["id"]
    assert next_of(anna)["card"]["buried"] is False


def test_a_buried_card_can_be_dug_out(anna: Caller) -> None:
    card = anna.add_card()
    edit(anna, card, buried=True)

    edit(anna, card, buried=False)

    assert next_of(anna)["card"]["id"] == card["id"]


def test_a_flag_is_kept_and_taken_away(anna: Caller) -> None:
    card = anna.add_card()

    assert [edit(anna, card, flag=flag).json["flag"] for flag in (7, 0)] == [7, 0]


def test_one_card_moves_to_another_deck_and_its_siblings_stay(anna: Caller) -> None:
    note = {"note_type": "Basic (and reversed card)", "fields": {"Front": "x", "Back": "y"}}
    forth, back = anna.ask("POST", f"/v1/decks/{anna.deck('MyFirstDeck')}/cards", note).json["cards"]  # type: ignore[index]

    moved = edit(anna, back, deck_id=anna.deck("Verbal Tenses")).json

    assert moved["deck"]["name"] == "Verbal Tenses"
    assert anna.ask("GET", f"/v1/cards/{forth['id']}").json["deck"]["name"] == "MyFirstDeck"  # type: ignore[index]


def test_a_card_does_not_move_to_a_deck_that_is_not_there(anna: Caller) -> None:
    card = anna.add_card()

    assert edit(anna, card, deck_id=5).status_code == 404
    assert anna.ask("GET", f"/v1/cards/{card['id']}").json == card


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"flag": 8},
        {"flag": -1},
        {"flag": True},
        {"suspended": 1},
        {"buried": "yes"},
        {"deck_id": 0},
        {"front": "a", "fields": {"Front": "b"}},
        {"fields": {"Fornt": "a"}},
        {"fields": {"Front": ""}},
        {"state": "review"},
    ],
)
def test_what_is_no_change_of_a_card_is_refused(anna: Caller, change: dict[str, Any]) -> None:
    card = anna.add_card()

    assert edit(anna, card, **change).status_code == 422
    assert anna.ask("GET", f"/v1/cards/{card['id']}").json == card
