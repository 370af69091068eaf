"""Siblings, what is shown too early, and taking answers back."""

from datetime import timedelta
from typing import Any

from tests.api.routes.test_studying import answer, next_of, sign_in_again
from tests.callers import Caller
from tests.clocks import ManualClock


def add_reversed(caller: Caller) -> tuple[dict[str, Any], dict[str, Any]]:
    note = {"note_type": "Basic (and reversed card)", "fields": {"Front": "x", "Back": "y"}}
    forth, back = caller.ask("POST", f"/v1/decks/{caller.deck('MyFirstDeck')}/cards", note).json["cards"]  # type: ignore[index]
    return forth, back


def card_of(caller: Caller, card: dict[str, Any]) -> Any:
    return caller.ask("GET", f"/v1/cards/{card['id']}").json


def undo(caller: Caller, card: dict[str, Any], query: str = "") -> Any:
    return caller.ask("DELETE", f"/v1/cards/{card['id']}/reviews/latest{query}")


def test_of_one_note_one_card_is_counted_and_shown_a_day(anna: Caller, clock: ManualClock) -> None:
    forth, back = add_reversed(anna)

    assert next_of(anna)["counts"]["new"] == 1
    answer(anna, forth, "easy")
    assert next_of(anna)["card"] is None
    assert card_of(anna, back)["buried"] is True

    clock.advance(timedelta(days=1))
    anna = sign_in_again(anna)
    assert next_of(anna)["card"]["id"] == back["id"]


def test_siblings_in_another_deck_are_not_buried(anna: Caller) -> None:
    forth, back = add_reversed(anna)
    anna.ask("PATCH", f"/v1/cards/{back['id']}", {"deck_id": anna.deck("Verbal Tenses")})

    answer(anna, forth)

    assert card_of(anna, back)["buried"] is False


def test_a_review_taken_back_leaves_card_and_siblings_as_they_were(anna: Caller) -> None:
    forth, back = add_reversed(anna)
    answer(anna, forth, "again")

    undone = undo(anna, forth)

    assert undone.status_code == 200
    assert {**undone.json, "change": 0} == {**forth, "change": 0}
    assert card_of(anna, back)["buried"] is False
    assert next_of(anna)["card"]["id"] == forth["id"]


def test_reviews_are_taken_back_one_by_one(anna: Caller) -> None:
    card = anna.add_card()
    first = answer(anna, card, "good").json["card"]
    answer(anna, first, "good")

    assert [undo(anna, card).json["review_count"] for _ in range(2)] == [1, 0]
    assert undo(anna, card).json["type"].endswith("nothing-to-undo")


def test_a_second_click_on_undo_takes_back_no_second_review(anna: Caller) -> None:
    card = anna.add_card()
    answer(anna, answer(anna, card).json["card"])

    statuses = [undo(anna, card, "?review_count=2").status_code for _ in range(2)]

    assert statuses == [200, 409]
    assert card_of(anna, card)["review_count"] == 1


def test_a_new_card_whose_review_is_taken_back_is_not_counted_as_studied(anna: Caller) -> None:
    card = next_of(anna, "Verbal Tenses")["card"]
    answer(anna, card, "easy")

    undo(anna, card)

    assert next_of(anna, "Verbal Tenses")["counts"]["new"] == 20


def test_the_reviews_of_a_card_are_listed_the_latest_first(anna: Caller) -> None:
    card = anna.add_card()
    answer(anna, answer(anna, card, "again").json["card"], "good")

    listed = anna.ask("GET", f"/v1/cards/{card['id']}/reviews?limit=1").json
    rest = anna.ask("GET", f"/v1/cards/{card['id']}/reviews?limit=1&cursor={listed['next_cursor']}").json  # type: ignore[index]

    assert [item["rating"] for item in (*listed["items"], *rest["items"])] == ["good", "again"]  # type: ignore[index]
    assert rest["next_cursor"] is None  # type: ignore[index]


def test_a_card_in_learning_is_shown_twenty_minutes_early_when_nothing_else_waits(anna: Caller) -> None:
    card = anna.add_card()

    answer(anna, card, "again")

    shown = next_of(anna)
    assert shown["card"]["id"] == card["id"]
    assert shown["counts"] == {"new": 0, "learning": 1, "due": 0}


def test_a_card_that_takes_longer_is_not_shown_early(anna: Caller) -> None:
    anna.ask("PATCH", "/v1/preferences", {"options": {"learning_steps_minutes": [21]}})
    card = anna.add_card()

    answer(anna, card, "again")

    assert next_of(anna)["card"] is None
    assert next_of(anna)["counts"]["learning"] == 1


def test_what_was_answered_last_comes_after_everything_else(anna: Caller, clock: ManualClock) -> None:
    first = anna.add_card("first")
    answer(anna, first, "again")
    clock.advance(timedelta(minutes=2))
    second = anna.add_card("second")

    assert next_of(anna)["card"]["id"] == second["id"]
    answer(anna, second, "again")
    assert next_of(anna)["card"]["id"] == first["id"]


def at(caller: Caller, clock: ManualClock, hour: int, minute: int = 0) -> Caller:
    """Go on to a time of day in UTC, and sign in again."""
    now = clock.now()
    there = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    clock.advance(there - now if there > now else there - now + timedelta(days=1))
    return sign_in_again(caller)


def test_who_answers_a_buried_card_goes_on_with_it_today(anna: Caller) -> None:
    forth, back = add_reversed(anna)
    answer(anna, forth, "easy")

    answer(anna, back, "again")

    assert card_of(anna, back)["buried"] is False
    assert next_of(anna)["counts"]["learning"] == 1
    undo(anna, back)
    assert card_of(anna, back)["buried"] is True


def test_siblings_come_back_with_a_review_taken_back_in_another_time_zone(anna: Caller) -> None:
    anna.ask("PATCH", "/v1/preferences", {"time_zone": "Pacific/Kiritimati"})
    forth, back = add_reversed(anna)
    answer(anna, forth, "easy")
    anna.ask("PATCH", "/v1/preferences", {"time_zone": "Pacific/Honolulu"})

    undo(anna, forth)

    assert card_of(anna, back)["buried"] is False


def test_what_is_due_when_the_day_is_over_is_neither_counted_nor_shown(anna: Caller, clock: ManualClock) -> None:
    anna = at(anna, clock, 3, 50)
    first, second = anna.add_card("first"), anna.add_card("second")
    answer(anna, first, "good")
    answer(anna, second, "again")

    shown = next_of(anna)

    assert shown["card"]["id"] == second["id"]
    assert shown["counts"]["learning"] == 1
    answer(anna, shown["card"], "easy")
    assert next_of(anna)["card"] is None


def test_a_step_that_ends_tomorrow_is_a_day_away(anna: Caller) -> None:
    anna.ask("PATCH", "/v1/preferences", {"options": {"learning_steps_minutes": [1440]}})
    anna.add_card()

    outcomes = next_of(anna)["outcomes"]

    assert outcomes["again"]["interval_days"] == 1


def test_due_soonest_comes_first_wherever_days_begin(anna: Caller, clock: ManualClock) -> None:
    anna.ask("PATCH", "/v1/preferences", {"time_zone": "America/Los_Angeles"})
    anna = at(anna, clock, 10)  # at night there
    review, learning = anna.add_card("review"), anna.add_card("learning")
    answer(anna, review, "easy")
    anna = at(anna, clock, 10)
    answer(anna, learning, "again")

    items = anna.ask("GET", "/v1/cards?q=is:learn or is:review&sort=due").json["items"]  # type: ignore[index]

    assert [card["due"] for card in items] == sorted(card["due"] for card in items)
    assert len(items) == 2
