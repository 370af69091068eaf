from datetime import timedelta
from typing import Any

import pytest

from tests.api.routes.test_studying import sign_in_again
from tests.callers import Caller
from tests.clocks import ManualClock


def trash(caller: Caller) -> Any:
    return caller.ask("GET", "/v1/trash").json["items"]  # type: ignore[index]


def restore(caller: Caller, deletion: dict[str, Any]) -> Any:
    return caller.ask("POST", f"/v1/trash/{deletion['id']}/restore")


def create(caller: Caller, name: str) -> int:
    return int(caller.ask("POST", "/v1/decks", {"name": name}).json["id"])  # type: ignore[index]


def test_a_deleted_note_is_listed_and_comes_back_as_it_was(anna: Caller) -> None:
    card = anna.add_card("<b>one</b>")
    anna.ask("DELETE", f"/v1/cards/{card['id']}")

    (deletion,) = trash(anna)
    assert (deletion["kind"], deletion["title"], deletion["cards"]) == ("note", "one", 1)
    assert restore(anna, deletion).status_code == 200
    assert anna.ask("GET", f"/v1/cards/{card['id']}").json == {**card, "change": card["change"] + 2}
    assert trash(anna) == []


def test_a_second_click_on_restore_finds_nothing_more_to_do(anna: Caller) -> None:
    anna.ask("DELETE", f"/v1/cards/{anna.add_card()['id']}")
    (deletion,) = trash(anna)

    assert [restore(anna, deletion).status_code for _ in range(2)] == [200, 404]


def test_a_deleted_deck_comes_back_with_everything_below_it(anna: Caller) -> None:
    inner = create(anna, "a::b")
    anna.ask("POST", f"/v1/decks/{inner}/cards", {"front": "deep", "back": "b"})
    outer = anna.deck("a")
    anna.ask("DELETE", f"/v1/decks/{outer}")

    restore(anna, trash(anna)[0])

    assert anna.deck("a") == outer
    assert anna.ask("GET", f"/v1/decks/{inner}/cards").json["items"][0]["front"] == "deep"  # type: ignore[index]


def test_what_was_deleted_on_its_own_before_stays_deleted(anna: Caller) -> None:
    deck = create(anna, "a")
    added = anna.ask("POST", f"/v1/decks/{deck}/cards", {"front": "gone", "back": "b"}).json
    anna.ask("POST", f"/v1/decks/{deck}/cards", {"front": "kept", "back": "b"})
    anna.ask("DELETE", f"/v1/cards/{added['cards'][0]['id']}")  # type: ignore[index]
    anna.ask("DELETE", f"/v1/decks/{deck}")

    restore(anna, trash(anna)[0])

    fronts = [card["front"] for card in anna.ask("GET", f"/v1/decks/{deck}/cards").json["items"]]  # type: ignore[index]
    assert fronts == ["kept"]


def test_a_note_whose_deck_is_deleted_waits_for_the_deck(anna: Caller) -> None:
    deck = create(anna, "a")
    card = anna.ask("POST", f"/v1/decks/{deck}/cards", {"front": "a", "back": "b"}).json["cards"][0]  # type: ignore[index]
    anna.ask("DELETE", f"/v1/cards/{card['id']}")
    anna.ask("DELETE", f"/v1/decks/{deck}")
    of_deck, of_note = trash(anna)

    refused = restore(anna, of_note)

    assert (refused.status_code, refused.json["deck_id"]) == (409, deck)
    assert [restore(anna, deletion).status_code for deletion in (of_deck, of_note)] == [200, 200]


def test_a_deck_does_not_come_back_onto_another_of_its_name(anna: Caller) -> None:
    deck = create(anna, "a")
    anna.ask("DELETE", f"/v1/decks/{deck}")
    create(anna, "A")

    assert restore(anna, trash(anna)[0]).status_code == 409
    assert len(trash(anna)) == 1


def test_a_deck_that_comes_back_brings_those_around_it(anna: Caller) -> None:
    inner = create(anna, "a::b")
    anna.ask("DELETE", f"/v1/decks/{inner}")
    anna.ask("PATCH", f"/v1/decks/{anna.deck('a')}", {"name": "x"})

    restore(anna, trash(anna)[0])

    assert anna.deck("a::b") == inner
    assert anna.deck("a")


def test_a_note_with_cards_in_two_decks_comes_back_with_either(anna: Caller) -> None:
    first, second = create(anna, "a"), create(anna, "b")
    note = {"note_type": "Basic (and reversed card)", "fields": {"Front": "x", "Back": "y"}}
    forth, back = anna.ask("POST", f"/v1/decks/{first}/cards", note).json["cards"]  # type: ignore[index]
    anna.ask("PATCH", f"/v1/cards/{back['id']}", {"deck_id": second})
    anna.ask("DELETE", f"/v1/decks/{first}")
    anna.ask("DELETE", f"/v1/decks/{second}")

    restore(anna, trash(anna)[1])

    assert anna.ask("GET", f"/v1/cards/{forth['id']}").json["front"] == "x"  # type: ignore[index]
    assert anna.ask("GET", "/v1/cards?q=x").json["items"]  # type: ignore[index]
    assert anna.ask("GET", f"/v1/cards/{back['id']}").status_code == 404


def test_after_a_day_there_is_nothing_to_restore(anna: Caller, clock: ManualClock) -> None:
    card = anna.add_card()
    anna.ask("DELETE", f"/v1/cards/{card['id']}")
    (deletion,) = trash(anna)

    clock.advance(timedelta(hours=24, seconds=1))
    anna = sign_in_again(anna)

    assert trash(anna) == []
    assert restore(anna, deletion).status_code == 404


def test_just_before_a_day_has_passed_it_comes_back(anna: Caller, clock: ManualClock) -> None:
    card = anna.add_card()
    anna.ask("DELETE", f"/v1/cards/{card['id']}")
    (deletion,) = trash(anna)

    clock.advance(timedelta(hours=23, minutes=59))
    anna = sign_in_again(anna)
    anna.add_card("another")  # writing removes what is older

    assert restore(anna, deletion).status_code == 200
    assert anna.ask("GET", f"/v1/cards/{card['id']}").json["front"] == "front"  # type: ignore[index]


@pytest.mark.parametrize("limit", [1, 2])
def test_the_trash_is_listed_in_pages_the_latest_first(anna: Caller, limit: int) -> None:
    for front in ("one", "two", "three"):
        anna.ask("DELETE", f"/v1/cards/{anna.add_card(front)['id']}")

    titles: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = anna.ask("GET", f"/v1/trash?limit={limit}{cursor and '&cursor=' + cursor}").json
        titles += [deletion["title"] for deletion in page["items"]]  # type: ignore[index]
        cursor = page["next_cursor"]  # type: ignore[index]

    assert titles == ["three", "two", "one"]


def test_a_deck_waits_for_the_deck_that_it_lay_in(anna: Caller) -> None:
    inner, outer = create(anna, "a::b"), anna.deck("a")
    anna.ask("DELETE", f"/v1/decks/{inner}")
    anna.ask("DELETE", f"/v1/decks/{outer}")
    of_outer, of_inner = trash(anna)

    refused = restore(anna, of_inner)
    assert (refused.status_code, refused.json["type"]) == (409, "urn:javumbo:problem:deck-is-deleted")
    assert refused.json["deck_id"] == outer

    assert [restore(anna, deletion).status_code for deletion in (of_outer, of_inner)] == [200, 200]
    assert (anna.deck("a"), anna.deck("a::b")) == (outer, inner)


def test_a_deck_comes_back_into_one_made_anew_in_the_old_ones_place(anna: Caller) -> None:
    inner, outer = create(anna, "a::b"), anna.deck("a")
    anna.ask("DELETE", f"/v1/decks/{inner}")
    anna.ask("DELETE", f"/v1/decks/{outer}")
    create(anna, "a")

    assert restore(anna, trash(anna)[1]).status_code == 200
