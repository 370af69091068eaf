"""Note types are edited while cards lie in the trash: none is hidden, and what comes back fits its templates."""

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from api.collection import note_types, notes
from api.collection.card_making import MOST_CARDS
from api.services import Services
from tests.api.routes.test_studying import sign_in_again
from tests.callers import Caller
from tests.clocks import ManualClock


def template(field: str) -> dict[str, str]:
    return {"name": field, "question": f"{{{{{field}}}}}", "answer": "{{FrontSide}}"}


def create_type(caller: Caller, *fields: str) -> int:
    new = {
        "name": "Words",
        "fields": [{"name": name} for name in ("F", "B", "C")],
        "templates": [template(field) for field in fields],
    }
    return int(caller.ask("POST", "/v1/note-types", new).json["id"])  # type: ignore[index]


def edit_templates(caller: Caller, type_id: int, *templates: dict[str, str]) -> int:
    return caller.ask("PATCH", f"/v1/note-types/{type_id}", {"templates": templates}).status_code


def create_deck(caller: Caller, name: str) -> int:
    return int(caller.ask("POST", "/v1/decks", {"name": name}).json["id"])  # type: ignore[index]


def add(caller: Caller, deck_id: int, note_type: str = "Words", **fields: str) -> list[dict[str, Any]]:
    added = caller.ask("POST", f"/v1/decks/{deck_id}/cards", {"note_type": note_type, "fields": fields})
    assert added.status_code == 201, added.text
    cards: list[dict[str, Any]] = added.json["cards"]  # type: ignore[index]
    return cards


def move(caller: Caller, card: dict[str, Any], deck_id: int) -> None:
    assert caller.ask("PATCH", f"/v1/cards/{card['id']}", {"deck_id": deck_id}).status_code == 200


def delete(caller: Caller, path: str) -> None:
    assert caller.ask("DELETE", path).status_code == 204


def restore(caller: Caller, number: int = 0) -> None:
    """Restore a deletion, counted from the latest."""
    deletion = caller.ask("GET", "/v1/trash").json["items"][number]  # type: ignore[index]
    assert caller.ask("POST", f"/v1/trash/{deletion['id']}/restore").status_code == 200


def questions_in(caller: Caller, deck_id: int) -> list[str]:
    items = caller.ask("GET", f"/v1/decks/{deck_id}/cards").json["items"]  # type: ignore[index]
    return [card["question"] for card in items]


@pytest.fixture
def split(anna: Caller) -> dict[str, Any]:
    """A note with a card in a deck that is deleted, and one in deck B."""
    type_id, a, b = create_type(anna, "F", "B"), create_deck(anna, "A"), create_deck(anna, "B")
    first, second = add(anna, b, F="f", B="b", C="c")
    move(anna, first, a)
    delete(anna, f"/v1/decks/{a}")
    return {"type": type_id, "A": a, "B": b, "second": second}


def test_a_new_template_makes_its_card_where_the_note_still_has_one(anna: Caller, split: dict[str, Any]) -> None:
    assert edit_templates(anna, split["type"], template("C")) == 200

    assert questions_in(anna, split["B"]) == ["c"]


def test_a_note_that_comes_back_makes_its_card_where_it_lay_last(anna: Caller, split: dict[str, Any]) -> None:
    delete(anna, f"/v1/cards/{split['second']['id']}")
    edit_templates(anna, split["type"], template("C"))

    restore(anna)

    assert questions_in(anna, split["B"]) == ["c"]


def test_a_new_answer_brings_no_deleted_card_back(anna: Caller, split: dict[str, Any]) -> None:
    both = (template("F"), {**template("B"), "answer": "another"})
    assert edit_templates(anna, split["type"], *both) == 200

    assert questions_in(anna, split["B"]) == ["b"]


def test_a_deletion_gone_from_the_text_meanwhile_does_not_come_back(anna: Caller) -> None:
    a, b = create_deck(anna, "A"), create_deck(anna, "B")
    first, second = add(anna, b, "Cloze", Text="{{c1::one}} {{c2::two}}")
    move(anna, first, a)
    delete(anna, f"/v1/decks/{a}")
    anna.ask("PATCH", f"/v1/cards/{second['id']}", {"fields": {"Text": "one {{c2::two}}"}})

    restore(anna)

    assert questions_in(anna, a) == []
    assert len(questions_in(anna, b)) == 1


@pytest.mark.parametrize(
    ("templates", "questions"),
    [
        ([{**template("F"), "was": "B"}, {**template("C"), "was": "F"}], ["c", "f"]),
        ([template("F"), template("B"), template("C")], ["f", "c"]),
        ([template("C")], ["c"]),
    ],
)
def test_a_note_comes_back_with_the_cards_of_todays_templates(
    anna: Caller, templates: list[dict[str, str]], questions: list[str]
) -> None:
    type_id, deck = create_type(anna, "F", "B"), create_deck(anna, "A")
    (card,) = add(anna, deck, F="f", C="c")
    delete(anna, f"/v1/cards/{card['id']}")
    assert edit_templates(anna, type_id, *templates) == 200

    restore(anna)

    assert sorted(questions_in(anna, deck)) == sorted(questions)


def test_what_has_lain_in_the_trash_for_a_day_keeps_no_note_type_in_use(anna: Caller, clock: ManualClock) -> None:
    type_id = create_type(anna, "F", "B")
    (card,) = add(anna, create_deck(anna, "A"), F="f")
    delete(anna, f"/v1/cards/{card['id']}")
    assert edit_templates(anna, type_id, template("B")) == 409
    assert anna.ask("DELETE", f"/v1/note-types/{type_id}").status_code == 409

    clock.advance(timedelta(hours=24, minutes=1))
    anna = sign_in_again(anna)

    assert edit_templates(anna, type_id, template("B")) == 200
    assert anna.ask("DELETE", f"/v1/note-types/{type_id}").status_code == 204


def words(services: Services, caller: Caller, type_id: int, deck: int, number: int) -> None:
    """Add many notes without looking at them."""
    with services.collections.writing(caller.user_id) as collection:
        for _ in range(number):
            notes.insert(collection, note_types.get(collection, type_id), deck, ("f", "b", "c"), ())


def ask_to_restore(caller: Caller) -> TestResponse:
    (deletion,) = caller.ask("GET", "/v1/trash").json["items"]  # type: ignore[index]
    return caller.ask("POST", f"/v1/trash/{deletion['id']}/restore")


@pytest.fixture
def overgrown(anna: Caller, services: Services) -> dict[str, int]:
    """A deleted deck of 501 notes, whose type has got two templates since: of these 1002 cards would be made."""
    type_id, deck = create_type(anna, "F"), create_deck(anna, "A")
    words(services, anna, type_id, deck, MOST_CARDS // 2 + 1)
    delete(anna, f"/v1/decks/{deck}")
    assert edit_templates(anna, type_id, template("F"), template("B"), template("C")) == 200
    return {"type": type_id, "deck": deck}


def test_what_would_come_back_with_too_many_new_cards_stays_in_the_trash_whole(
    anna: Caller, overgrown: dict[str, int]
) -> None:
    before = anna.ask("GET", "/v1/trash").json

    refused = ask_to_restore(anna)

    assert (refused.status_code, refused.json["type"][-28:]) == (409, "restore-makes-too-many-cards")  # type: ignore[index]
    assert (refused.json["note_type"], refused.json["most"]) == ("Words", 1000)  # type: ignore[index]
    assert anna.ask("GET", "/v1/trash").json == before
    assert anna.ask("GET", f"/v1/decks/{overgrown['deck']}").status_code == 404


def test_with_the_templates_that_it_had_it_comes_back_and_can_get_the_others_then(
    anna: Caller, overgrown: dict[str, int]
) -> None:
    assert edit_templates(anna, overgrown["type"], template("F")) == 200

    assert ask_to_restore(anna).status_code == 200
    assert edit_templates(anna, overgrown["type"], template("F"), template("B"), template("C")) == 200

    counted = anna.ask("GET", f"/v1/decks/{overgrown['deck']}/stats").get_json()
    assert counted["total"] == 3 * (MOST_CARDS // 2 + 1)


def test_as_many_cards_as_a_request_may_make_come_back(anna: Caller, services: Services) -> None:
    type_id, deck = create_type(anna, "F"), create_deck(anna, "A")
    words(services, anna, type_id, deck, MOST_CARDS // 2)
    delete(anna, f"/v1/decks/{deck}")
    edit_templates(anna, type_id, template("F"), template("B"), template("C"))

    assert ask_to_restore(anna).status_code == 200
