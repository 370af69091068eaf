from datetime import timedelta
from typing import Any

import pytest

from tests.api.routes.test_studying import answer, sign_in_again
from tests.callers import Caller
from tests.clocks import ManualClock


def stats(caller: Caller, what: str, query: str = "") -> Any:
    return caller.ask("GET", f"/v1/stats/{what}?{query}").json


def deck_stats(caller: Caller, deck: int) -> Any:
    return caller.ask("GET", f"/v1/decks/{deck}/stats").json


def create(caller: Caller, name: str) -> int:
    return int(caller.ask("POST", "/v1/decks", {"name": name}).json["id"])  # type: ignore[index]


def add(caller: Caller, deck: int, front: str = "front") -> Any:
    return caller.ask("POST", f"/v1/decks/{deck}/cards", {"front": front, "back": "b"}).json["cards"][0]  # type: ignore[index]


@pytest.fixture
def studied(anna: Caller, clock: ManualClock) -> Caller:
    """Three cards were studied two days ago, one of them is forgotten today, and one answer was taken back."""
    deck = create(anna, "a::b")
    cards = [add(anna, deck, front) for front in ("one", "two", "three")]
    for card in cards:
        answer(anna, card, "easy", duration_ms=1000)
    answer(anna, add(anna, deck, "four"), "good", duration_ms=9000)
    undone = anna.ask("GET", f"/v1/decks/{deck}/cards").json["items"][3]  # type: ignore[index]
    anna.ask("DELETE", f"/v1/cards/{undone['id']}/reviews/latest")
    clock.advance(timedelta(days=2))
    anna = sign_in_again(anna)
    answer(anna, {**cards[0], "review_count": 1}, "again", duration_ms=500)
    return anna


def test_reviews_are_told_by_day_with_what_they_took_and_how_many_were_remembered(studied: Caller) -> None:
    assert stats(studied, "reviews", "days=3") == {
        "days": ["2026-11-23", "2026-11-24", "2026-11-25"],
        "reviews": {"new": [3, 0, 0], "learning": [0, 0, 0], "review": [0, 0, 1], "relearning": [0, 0, 0]},
        "ratings": {"again": [0, 0, 1], "hard": [0, 0, 0], "good": [0, 0, 0], "easy": [3, 0, 0]},
        "time_ms": [3000, 0, 500],
        "retention": [None, None, 0.0],
        "totals": {
            "reviews": {"new": 3, "learning": 0, "review": 1, "relearning": 0},
            "ratings": {"again": 1, "hard": 0, "good": 0, "easy": 3},
            "time_ms": 3500,
            "retention": 0.0,
        },
    }


def test_cards_are_told_by_state_at_the_end_of_each_day(studied: Caller) -> None:
    found = stats(studied, "cards", f"days=4&deck={studied.deck('a')}")

    assert found["states"] == {
        "new": [0, 1, 1, 1],
        "learning": [0, 0, 0, 0],
        "review": [0, 3, 3, 2],
        "relearning": [0, 0, 0, 1],
    }


def test_what_comes_due_is_told_by_day_with_what_is_in_learning_today(studied: Caller) -> None:
    found = stats(studied, "forecast", "days=30")

    assert found["days"][0] == "2026-11-25"
    assert (sum(found["due"]), found["learning"][0]) == (2, 1)
    assert found["cumulative"][-1] == 3


def test_suspended_cards_are_in_no_forecast(studied: Caller) -> None:
    for card in studied.ask("GET", "/v1/cards?q=deck:a").json["items"]:  # type: ignore[index]
        studied.ask("PATCH", f"/v1/cards/{card['id']}", {"suspended": True, "flag": 1})

    assert stats(studied, "forecast")["cumulative"][-1] == 0
    found = stats(studied, "cards")
    assert (found["suspended"], found["flagged"], found["buried"]) == (4, 4, 0)


def test_statistics_of_a_deck_are_those_of_the_decks_below_it_too(studied: Caller) -> None:
    outer, other = studied.deck("a"), studied.deck("MyFirstDeck")

    assert stats(studied, "reviews", f"deck={outer}") == stats(studied, "reviews")
    assert stats(studied, "reviews", f"deck={other}")["totals"]["time_ms"] == 0
    assert stats(studied, "forecast", f"deck={other}")["cumulative"][-1] == 0


def test_the_cards_of_a_deck_are_counted_once_each(studied: Caller) -> None:
    found = deck_stats(studied, studied.deck("a"))

    assert found["total"] == sum(found["counts"].values()) == 4
    assert (found["counts"]["new"], found["counts"]["relearning"]) == (1, 1)
    assert found["counts"]["young"] + found["counts"]["mature"] == 2


def test_reviews_of_cards_deleted_since_still_count(studied: Caller) -> None:
    before = stats(studied, "reviews")

    studied.ask("DELETE", f"/v1/decks/{studied.deck('a')}")

    assert stats(studied, "reviews") == before


def test_deleted_cards_were_there_until_they_were_deleted(studied: Caller) -> None:
    studied.ask("DELETE", f"/v1/decks/{studied.deck('Verbal Tenses')}")

    assert stats(studied, "cards", "days=3")["states"]["new"] == [109, 109, 1]


def test_the_days_are_those_of_the_user(anna: Caller) -> None:
    anna.ask("PATCH", "/v1/preferences", {"time_zone": "Asia/Tokyo", "rollover_hour": 22})  # it is 21:00 there

    assert stats(anna, "reviews", "days=1")["days"] == ["2026-11-22"]


def test_ten_years_are_told_at_once(anna: Caller) -> None:
    assert len(stats(anna, "reviews", "days=3650")["days"]) == 3650


@pytest.mark.parametrize("query", ["days=0", "days=3651", "days=x", "deck=0", "weeks=1"])
def test_what_is_no_period_is_refused(anna: Caller, query: str) -> None:
    assert anna.ask("GET", f"/v1/stats/reviews?{query}").status_code == 422


@pytest.mark.parametrize("what", ["reviews", "forecast", "cards"])
def test_a_deck_that_is_not_there_has_no_statistics(anna: Caller, what: str) -> None:
    assert anna.ask("GET", f"/v1/stats/{what}?deck=5").status_code == 404
    assert anna.ask("GET", "/v1/decks/5/stats").status_code == 404
