from typing import Any

import pytest

from api.services import Services
from tests.callers import Caller
from tests.clocks import NOON
from tests.files import query


def add(caller: Caller, deck: str = "MyFirstDeck", **fields: Any) -> Any:
    return caller.ask("POST", f"/v1/decks/{caller.deck(deck)}/cards", {"front": "f", "back": "b", **fields})


def test_a_card_is_added_and_told_where_it_went(anna: Caller) -> None:
    answer = add(anna, front="the dog", back="<i>hunden</i>", tags=["animals", "den"])

    assert answer.status_code == 201
    (card,) = answer.json["cards"]
    assert card.pop("id") > card["note_id"] == answer.json["note_id"]
    assert card == {
        "note_id": answer.json["note_id"],
        "deck": {"id": anna.deck("MyFirstDeck"), "name": "MyFirstDeck"},
        "front": "the dog",
        "back": "<i>hunden</i>",
        "question": "the dog",
        "answer": "the dog\n\n<hr>\n\n<i>hunden</i>",
        "note_type": {"id": card["note_type"]["id"], "name": "Basic"},
        "template": "Card 1",
        "fields": {"Front": "the dog", "Back": "<i>hunden</i>"},
        "tags": ["animals", "den"],
        "state": "new",
        "due": None,
        "review_count": 0,
        "lapses": 0,
        "suspended": False,
        "buried": False,
        "flag": 0,
        "created_at": "2026-11-23T12:00:00Z",
        "change": 2,
    }


def test_a_card_is_read_as_it_was_added(anna: Caller) -> None:
    card = anna.add_card()

    assert anna.ask("GET", f"/v1/cards/{card['id']}").json == card


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>x",
        "<img src=x onerror=alert(1)>x",
        "<svg onload=alert(1)>x</svg>",
        '<a href="javascript:alert(1)">x</a>',
        "<iframe src=//evil></iframe>x",
        "<style>*{display:none}</style>x",
    ],
)
def test_hostile_html_is_stored_as_given_and_shown_harmlessly(anna: Caller, html: str) -> None:
    card = add(anna, front=html, back=html).json["cards"][0]

    assert card["front"] == html
    for shown in (card["question"], card["answer"]):
        assert "alert" not in shown
        assert "evil" not in shown
        assert "display" not in shown
        assert "x" in shown


def test_braces_in_a_field_are_text_and_no_template(anna: Caller) -> None:
    card = add(anna, front="{{Back}}", back="{{FrontSide}}").json["cards"][0]

    assert card["question"] == "{{Back}}"
    assert card["answer"] == "{{Back}}\n\n<hr>\n\n{{FrontSide}}"


def test_a_front_that_exists_already_is_told_and_not_refused(anna: Caller) -> None:
    first = add(anna, front="the  dog").json
    add(anna, front="another")

    again = add(anna, front=" the dog\n", deck="Verbal Tenses")

    assert again.status_code == 201
    deck = {"id": anna.deck("MyFirstDeck"), "name": "MyFirstDeck"}
    assert again.json["duplicates"] == [{"note_id": first["note_id"], "deck": deck}]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("front", ""),
        ("front", " \n\t"),
        ("front", "a\x1fb"),
        ("front", "a\x00b"),
        ("front", "\ud800"),
        ("front", 5),
        ("front", "a" * 100_001),
        ("back", "a\x1fb"),
        ("tags", "animals"),
        ("tags", ["two words"]),
        ("tags", [""]),
        ("tags", ["a\x00"]),
        ("tags", ["a"] * 101),
        ("deck_id", 5),
    ],
)
def test_what_is_no_card_is_refused_by_the_name_of_the_field(anna: Caller, field: str, value: Any) -> None:
    answer = add(anna, **{field: value})

    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"].split(".")[0] == field


@pytest.mark.parametrize(
    "front", ["😀", "\u202eright to left", "a\tb\r\nc", "a" * 100_000, "<b>x", "'; DROP TABLE cards; --"]
)
def test_any_other_text_is_kept_as_it_is(anna: Caller, front: str) -> None:
    card_id = add(anna, front=front, back="").json["cards"][0]["id"]

    assert anna.ask("GET", f"/v1/cards/{card_id}").json["front"] == front  # type: ignore[index]


def test_an_edit_changes_what_it_names_and_nothing_else(anna: Caller) -> None:
    card = add(anna, front="f", back="b", tags=["t"]).json["cards"][0]

    edited = anna.ask("PATCH", f"/v1/cards/{card['id']}", {"back": "B"})
    tagged = anna.ask("PATCH", f"/v1/cards/{card['id']}", {"front": "F", "tags": []})

    fields = {"Front": "f", "Back": "B"}
    assert edited.json == {**card, "back": "B", "fields": fields, "answer": "f\n\n<hr>\n\nB", "change": 3}
    assert (tagged.json["question"], tagged.json["back"], tagged.json["tags"]) == ("F", "B", [])  # type: ignore[index]


def test_an_edited_front_is_found_as_a_duplicate(anna: Caller) -> None:
    card = add(anna, front="old").json["cards"][0]
    anna.ask("PATCH", f"/v1/cards/{card['id']}", {"front": "new"})

    assert add(anna, front="old").json["duplicates"] == []
    assert [note["note_id"] for note in add(anna, front="new").json["duplicates"]] == [card["note_id"]]


@pytest.mark.parametrize("body", [{}, {"front": ""}, {"front": None}, {"deck": 1}])
def test_an_edit_that_changes_nothing_or_too_much_is_refused(anna: Caller, body: dict[str, Any]) -> None:
    card = anna.add_card()

    assert anna.ask("PATCH", f"/v1/cards/{card['id']}", body).status_code == 422


def test_a_deleted_card_is_gone_for_every_route(anna: Caller) -> None:
    card = anna.add_card()

    assert anna.ask("DELETE", f"/v1/cards/{card['id']}").status_code == 204

    review = {"rating": "good", "duration_ms": 1, "review_count": 0}
    answers = [
        anna.ask("GET", f"/v1/cards/{card['id']}"),
        anna.ask("PATCH", f"/v1/cards/{card['id']}", {"front": "a"}),
        anna.ask("DELETE", f"/v1/cards/{card['id']}"),
        anna.ask("POST", f"/v1/cards/{card['id']}/reviews", review),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json["type"] for answer in answers} == {"urn:javumbo:problem:card-not-found"}  # type: ignore[index]


def test_deleting_marks_the_rows_and_removes_none(anna: Caller, services: Services) -> None:
    card = anna.add_card()
    anna.ask("DELETE", f"/v1/cards/{card['id']}")

    path = services.collections.path(anna.user_id)
    cards = query(path, "SELECT deleted_at FROM cards WHERE id = ?", card["id"])
    notes = query(path, "SELECT deleted_at FROM notes WHERE id = ?", card["note_id"])
    assert cards == notes == [{"deleted_at": int(NOON.timestamp() * 1000)}]


def test_the_cards_of_a_deck_are_listed_in_pages(anna: Caller) -> None:
    fronts = [f"card {number}" for number in range(5)]
    for front in fronts:
        add(anna, front=front)
    path = f"/v1/decks/{anna.deck('MyFirstDeck')}/cards?limit=2"

    listed: list[list[str]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = dict(anna.ask("GET", path + (f"&cursor={cursor}" if cursor else "")).json or {})
        listed.append([card["front"] for card in page["items"]])
        cursor = page["next_cursor"]

    assert listed == [fronts[:2], fronts[2:4], fronts[4:]]


def test_a_page_neither_repeats_nor_skips_what_was_there_when_cards_come_and_go(anna: Caller) -> None:
    cards = [add(anna, front=f"card {number}").json["cards"][0]["id"] for number in range(4)]
    path = f"/v1/decks/{anna.deck('MyFirstDeck')}/cards?limit=2"
    first = dict(anna.ask("GET", path).json or {})

    anna.ask("DELETE", f"/v1/cards/{cards[0]}")
    add(anna, front="late")
    second = dict(anna.ask("GET", f"{path}&cursor={first['next_cursor']}").json or {})

    assert [card["id"] for card in second["items"]] == cards[2:]


def test_a_page_of_very_long_cards_ends_sooner_and_goes_on(anna: Caller) -> None:
    deck = anna.deck("MyFirstDeck")
    added = [add(anna, front="f" * 100_000, back="").json["cards"][0]["id"] for _ in range(5)]

    pages = [anna.ask("GET", f"/v1/decks/{deck}/cards").json]
    while pages[-1]["next_cursor"]:  # type: ignore[index]
        pages.append(anna.ask("GET", f"/v1/decks/{deck}/cards?cursor={pages[-1]['next_cursor']}").json)  # type: ignore[index]

    assert [[card["id"] for card in page["items"]] for page in pages] == [added[:2], added[2:4], added[4:]]  # type: ignore[index]
