from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.callers import Caller


def ask(caller: Caller, tag: str, method: str, path: str, json: Any = None) -> TestResponse:
    headers = {"Authorization": f"Bearer {caller.token}", "If-Match": tag}
    return caller.client.open(path, method=method, json=json, headers=headers)


@pytest.fixture
def things(anna: Caller) -> dict[str, tuple[str, Any]]:
    note_type = {
        "name": "Mine",
        "fields": [{"name": "A"}],
        "templates": [{"name": "Card", "question": "{{A}}", "answer": ""}],
    }
    made: Any = anna.ask("POST", "/v1/note-types", note_type).json
    return {
        "card": (f"/v1/cards/{anna.add_card()['id']}", {"front": "new"}),
        "deck": (f"/v1/decks/{anna.deck('MyFirstDeck')}", {"name": "new"}),
        "note type": (f"/v1/note-types/{made['id']}", {"name": "new"}),
        "preferences": ("/v1/preferences", {"rollover_hour": 5}),
    }


KINDS = ["card", "deck", "note type", "preferences"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_thing_is_changed_by_who_has_read_it_last(
    anna: Caller, things: dict[str, tuple[str, Any]], kind: str
) -> None:
    path, change = things[kind]
    tag = anna.ask("GET", path).headers["ETag"]

    changed = ask(anna, tag, "PATCH", path, change)

    assert changed.status_code == 200
    assert changed.headers["ETag"] == anna.ask("GET", path).headers["ETag"] != tag


@pytest.mark.parametrize("kind", KINDS)
def test_a_thing_that_has_changed_since_is_not_changed_and_says_its_tag(
    anna: Caller, things: dict[str, tuple[str, Any]], kind: str
) -> None:
    path, change = things[kind]
    tag = anna.ask("GET", path).headers["ETag"]
    now = ask(anna, tag, "PATCH", path, change)

    refused = ask(anna, tag, "PATCH", path, change)

    assert refused.status_code == 412
    assert refused.headers["ETag"] == now.headers["ETag"]
    assert anna.ask("GET", path).json == now.json


@pytest.mark.parametrize("kind", KINDS[:3])
def test_a_thing_that_has_changed_since_is_not_deleted(
    anna: Caller, things: dict[str, tuple[str, Any]], kind: str
) -> None:
    path, change = things[kind]
    tag = anna.ask("GET", path).headers["ETag"]
    anna.ask("PATCH", path, change)

    assert ask(anna, tag, "DELETE", path).status_code == 412
    assert ask(anna, anna.ask("GET", path).headers["ETag"], "DELETE", path).status_code == 204


@pytest.mark.parametrize("tag", ['"0"', 'W/"1"', "1", '"x"', '""', "nonsense", '"99999999999999999999"'])
def test_a_tag_that_is_not_the_things_fits_nothing(anna: Caller, things: dict[str, tuple[str, Any]], tag: str) -> None:
    path, change = things["card"]

    assert ask(anna, tag, "PATCH", path, change).status_code == 412


def test_a_star_fits_whatever_is_there(anna: Caller, things: dict[str, tuple[str, Any]]) -> None:
    path, change = things["card"]

    assert ask(anna, "*", "PATCH", path, change).status_code == 200


def test_one_of_several_tags_is_enough(anna: Caller, things: dict[str, tuple[str, Any]]) -> None:
    path, change = things["card"]
    tag = anna.ask("GET", path).headers["ETag"]

    assert ask(anna, f'"0", {tag}', "PATCH", path, change).status_code == 200


def test_a_card_changes_with_its_note_and_its_deck(anna: Caller) -> None:
    note = {"note_type": "Basic (and reversed card)", "fields": {"Front": "x", "Back": "y"}}
    deck = anna.deck("MyFirstDeck")
    forth, back = anna.ask("POST", f"/v1/decks/{deck}/cards", note).json["cards"]  # type: ignore[index]

    tags = [anna.ask("GET", f"/v1/cards/{back['id']}").headers["ETag"]]
    anna.ask("PATCH", f"/v1/cards/{forth['id']}", {"front": "z"})
    tags.append(anna.ask("GET", f"/v1/cards/{back['id']}").headers["ETag"])
    anna.ask("PATCH", f"/v1/decks/{deck}", {"name": "Another"})
    tags.append(anna.ask("GET", f"/v1/cards/{back['id']}").headers["ETag"])

    assert len(set(tags)) == 3
