from typing import Any

import pytest

from tests.callers import Caller


def create(caller: Caller, name: str) -> Any:
    return caller.ask("POST", "/v1/decks", {"name": name})


def test_a_deck_is_created_and_read(anna: Caller) -> None:
    created = create(anna, "  Norwegian ")

    assert created.status_code == 201
    assert created.json["name"] == "Norwegian"
    assert created.json["counts"] == {"new": 0, "learning": 0, "due": 0}
    assert anna.ask("GET", f"/v1/decks/{created.json['id']}").json == created.json


@pytest.mark.parametrize("name", ["norwegian", "NORWEGIAN", " Norwegian "])
def test_two_decks_do_not_differ_in_case_alone(anna: Caller, name: str) -> None:
    create(anna, "Norwegian")

    answer = create(anna, name)

    assert answer.status_code == 409
    assert "'Norwegian'" in answer.json["detail"]


def test_two_users_may_have_decks_of_one_name(anna: Caller, ben: Caller) -> None:
    assert create(anna, "Norwegian").status_code == 201
    assert create(ben, "Norwegian").status_code == 201


@pytest.mark.parametrize("name", ["", "   ", "a" * 101, "a\nb", "a\x00", 5, None])
def test_a_name_that_is_none_is_refused(anna: Caller, name: Any) -> None:
    assert create(anna, name).status_code == 422


def test_a_deck_is_renamed(anna: Caller) -> None:
    deck_id = create(anna, "Norwegian").json["id"]

    renamed = anna.ask("PATCH", f"/v1/decks/{deck_id}", {"name": "NORWEGIAN"})

    assert renamed.json["name"] == "NORWEGIAN"  # type: ignore[index]
    assert anna.ask("PATCH", f"/v1/decks/{deck_id}", {"name": "MyFirstDeck"}).status_code == 409


def test_a_deleted_deck_is_gone_with_its_cards_and_its_name_is_free(anna: Caller) -> None:
    deck_id = create(anna, "Norwegian").json["id"]
    card = anna.add_card(deck="Norwegian")

    assert anna.ask("DELETE", f"/v1/decks/{deck_id}").status_code == 204

    assert anna.ask("GET", f"/v1/decks/{deck_id}").status_code == 404
    assert anna.ask("GET", f"/v1/cards/{card['id']}").status_code == 404
    assert create(anna, "Norwegian").json["id"] > deck_id


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"name": "a"}),
        ("DELETE", "", None),
        ("GET", "/cards", None),
        ("POST", "/cards", {"front": "a", "back": "b"}),
        ("GET", "/next", None),
    ],
)
def test_a_deck_that_does_not_exist_is_a_clear_404(anna: Caller, method: str, path: str, body: Any) -> None:
    deck_id = create(anna, "Norwegian").json["id"]
    anna.ask("DELETE", f"/v1/decks/{deck_id}")

    answer = anna.ask(method, f"/v1/decks/{deck_id}{path}", body)

    assert answer.status_code == 404
    assert answer.json["type"] == "urn:javumbo:problem:deck-not-found"  # type: ignore[index]
    assert str(deck_id) in answer.json["detail"]  # type: ignore[index]


@pytest.mark.parametrize("character", ["\u0390", "\U0001f600", "é"])
def test_a_page_can_end_at_the_longest_name(anna: Caller, character: str) -> None:
    name = "A" + character * 99
    create(anna, name)

    first = anna.ask("GET", "/v1/decks?limit=1").json
    second = anna.ask("GET", f"/v1/decks?limit=1&cursor={first['next_cursor']}")  # type: ignore[index]

    assert first["items"][0]["name"] == name  # type: ignore[index]
    assert second.json["items"][0]["name"] == "MyFirstDeck"  # type: ignore[index]


def test_decks_are_listed_by_name_in_pages(anna: Caller) -> None:
    for name in ("b", "A", "c"):
        create(anna, name)

    first = anna.ask("GET", "/v1/decks?limit=2").json
    second = anna.ask("GET", f"/v1/decks?limit=2&cursor={first['next_cursor']}").json  # type: ignore[index]
    third = anna.ask("GET", f"/v1/decks?limit=2&cursor={second['next_cursor']}").json  # type: ignore[index]

    pages = [[deck["name"] for deck in page["items"]] for page in (first, second, third)]  # type: ignore[index]
    assert pages == [["A", "b"], ["c", "MyFirstDeck"], ["Verbal Tenses"]]
    assert third["next_cursor"] is None  # type: ignore[index]
