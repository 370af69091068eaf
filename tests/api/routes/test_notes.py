from typing import Any

import pytest

from tests.callers import Caller


def add(caller: Caller, note: dict[str, Any], deck: str = "MyFirstDeck") -> Any:
    return caller.ask("POST", f"/v1/decks/{caller.deck(deck)}/cards", note)


def cloze(text: str) -> dict[str, Any]:
    return {"note_type": "Cloze", "fields": {"Text": text}}


def test_a_reversed_note_makes_two_cards(anna: Caller) -> None:
    note = {"note_type": "Basic (and reversed card)", "fields": {"Front": "one", "Back": "eins"}}

    cards = add(anna, note).json["cards"]

    assert [(card["question"], card["template"]) for card in cards] == [("one", "Card 1"), ("eins", "Card 2")]


def test_a_cloze_note_makes_a_card_for_each_number(anna: Caller) -> None:
    cards = add(anna, cloze("{{c1::Oslo}} lies in {{c2::Norway::country}}")).json["cards"]

    assert [card["question"] for card in cards] == [
        '<span class="cloze">[...]</span> lies in Norway',
        'Oslo lies in <span class="cloze">[country]</span>',
    ]


def test_sides_come_as_plain_text_for_who_wants_them_so(anna: Caller) -> None:
    card = add(anna, {"front": "<b>one</b>", "back": "a &amp; b"}).json["cards"][0]

    assert anna.ask("GET", f"/v1/cards/{card['id']}?format=text").json["answer"].endswith("a & b")  # type: ignore[index]
    assert card["question"] == "<b>one</b>"


@pytest.mark.parametrize(
    ("note", "field", "message"),
    [
        ({"note_type": "Klingon", "fields": {}}, "note_type", "no such note type"),
        ({"note_type": 5, "fields": {}}, "note_type", "no such note type"),
        ({"note_type": "Basic", "fields": {"Fornt": "a"}}, "fields.Fornt", "Front, Back"),
        ({"note_type": "Basic", "fields": {"Front": " "}}, "fields.Front", "must not be blank"),
        ({"note_type": "Cloze", "fields": {"Text": "no deletion"}}, "fields", "{{c1::this}}"),
    ],
)
def test_what_does_not_fit_the_note_type_is_refused_and_said(
    anna: Caller, note: dict[str, Any], field: str, message: str
) -> None:
    refused = add(anna, note)

    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == field
    assert message in refused.json["errors"][0]["message"]


def test_a_note_is_either_simple_or_of_a_type(anna: Caller) -> None:
    assert add(anna, {"front": "a"}).status_code == 422
    assert add(anna, {"front": "a", "back": "b", "note_type": "Basic", "fields": {}}).status_code == 422


def batch(caller: Caller, notes: list[dict[str, Any]]) -> Any:
    return caller.ask("POST", f"/v1/decks/{caller.deck('MyFirstDeck')}/cards/batch", {"notes": notes})


def test_five_hundred_notes_are_added_at_once(anna: Caller) -> None:
    answer = batch(anna, [{"front": f"{number}", "back": "b"} for number in range(500)])

    assert answer.status_code == 201
    assert [item["cards"][0]["front"] for item in answer.json["items"]] == [f"{number}" for number in range(500)]


def test_more_than_five_hundred_are_refused(anna: Caller) -> None:
    assert batch(anna, [{"front": f"{number}", "back": "b"} for number in range(501)]).status_code == 422


def test_one_that_does_not_fit_refuses_the_whole_batch_and_each_is_named(anna: Caller) -> None:
    refused = batch(anna, [{"front": "good", "back": "b"}, cloze("none"), {"note_type": 7, "fields": {}}])

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json["errors"]] == ["notes.1.fields", "notes.2.note_type"]
    assert anna.ask("GET", f"/v1/decks/{anna.deck('MyFirstDeck')}/cards").json["items"] == []  # type: ignore[index]


def test_one_of_the_wrong_form_is_named_by_its_index(anna: Caller) -> None:
    refused = batch(anna, [{"front": "good", "back": "b"}, {"front": "a\x00", "back": "b"}])

    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"].startswith("notes.1")


def test_duplicates_are_told_also_within_a_batch(anna: Caller) -> None:
    first, second = batch(anna, [{"front": "same", "back": "1"}, {"front": "same", "back": "2"}]).json["items"]

    assert [other["note_id"] for other in second["duplicates"]] == [first["note_id"]]


def test_tags_are_listed_once_each_in_the_order_of_their_names(anna: Caller) -> None:
    batch(
        anna,
        [{"front": "a", "back": "b", "tags": ["Zoo", "animals::cat"]}, {"front": "c", "back": "b", "tags": ["zoo"]}],
    )

    first = anna.ask("GET", "/v1/tags?limit=2").json
    listed = list(first["items"])  # type: ignore[index]
    cursor = first["next_cursor"]  # type: ignore[index]
    while cursor:
        page = anna.ask("GET", f"/v1/tags?limit=2&cursor={cursor}").json
        listed += page["items"]  # type: ignore[index]
        cursor = page["next_cursor"]  # type: ignore[index]

    assert "animals::cat" in listed
    assert [tag.lower() for tag in listed if tag.lower() == "zoo"] == ["zoo"]
    assert listed == sorted(listed, key=str.casefold)


def edit(caller: Caller, card: dict[str, Any], change: dict[str, Any]) -> Any:
    return caller.ask("PATCH", f"/v1/cards/{card['id']}", change)


def questions(caller: Caller) -> list[str]:
    path = f"/v1/decks/{caller.deck('MyFirstDeck')}/cards?format=text"
    return [card["question"] for card in caller.ask("GET", path).json["items"]]  # type: ignore[index]


def test_an_edit_adds_the_cards_that_the_note_has_now(anna: Caller) -> None:
    card = add(anna, cloze("{{c1::a}} b")).json["cards"][0]

    edit(anna, card, {"fields": {"Text": "{{c1::a}} {{c2::b}}"}})

    assert questions(anna) == ["[...] b", "a [...]"]


def test_an_edit_removes_the_cards_that_the_note_has_no_more(anna: Caller) -> None:
    first, second = add(anna, cloze("{{c1::a}} {{c2::b}}")).json["cards"]

    edit(anna, first, {"fields": {"Text": "{{c1::a}} b"}})

    assert questions(anna) == ["[...] b"]
    assert anna.ask("GET", f"/v1/cards/{second['id']}").status_code == 404


def test_a_card_that_comes_back_by_an_edit_is_the_one_it_was(anna: Caller) -> None:
    first, second = add(anna, cloze("{{c1::a}} {{c2::b}}")).json["cards"]
    anna.ask("POST", f"/v1/cards/{second['id']}/reviews", {"rating": "easy", "duration_ms": 1, "review_count": 0})

    edit(anna, first, {"fields": {"Text": "{{c1::a}} b"}})
    edit(anna, first, {"fields": {"Text": "{{c1::a}} {{c2::b}}"}})

    assert anna.ask("GET", f"/v1/cards/{second['id']}").json["review_count"] == 1  # type: ignore[index]


def test_an_edit_that_would_leave_no_card_is_refused(anna: Caller) -> None:
    card = add(anna, cloze("{{c1::a}}")).json["cards"][0]

    refused = edit(anna, card, {"fields": {"Text": "a"}})

    assert refused.status_code == 422
    assert questions(anna) == ["[...]"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>front",
        "<svg onload=alert(1)>front",
        "<img src=x onerror=alert(1)>front",
        '<a href="javascript:alert(1)">front</a>',
        "<style>body{display:none}</style>front",
        '<p style="position:fixed">front</p>',
        "right \u202eto left",
        "\U0001f9d1\U0001f3fd\u200d\U0001f680 emoji",
        "{{Back}} {{FrontSide}} {{#Front}}",
        "<" * 1000,
        "&#0;&#x1f;&#xffff;",
    ],
)
def test_hostile_text_is_stored_faithfully_and_rendered_harmlessly(anna: Caller, text: str) -> None:
    card = add(anna, {"front": text, "back": text}).json["cards"][0]

    shown = card["question"] + card["answer"]
    assert (card["front"], card["back"]) == (text, text)
    assert not any(word in shown.lower() for word in ("<script", "<svg", "onerror", "javascript:", "<style", "style="))


@pytest.mark.parametrize("text", ["a\x00b", "a\x1fb", "a\x07b", "a\x7fb", "x" * 100_001])
def test_text_that_cannot_be_kept_is_refused(anna: Caller, text: str) -> None:
    assert add(anna, {"front": text, "back": "b"}).status_code == 422


@pytest.mark.parametrize("tag", ["a b", "a\x00", "a\x1fb", "", "x" * 101, "\u202eb"])
def test_tags_that_would_do_harm_are_refused(anna: Caller, tag: str) -> None:
    assert add(anna, {"front": "a", "back": "b", "tags": [tag]}).status_code == 422


def test_a_field_of_a_megabyte_is_refused(anna: Caller) -> None:
    assert add(anna, {"front": "x" * 2**20, "back": "b"}).status_code == 413


@pytest.mark.parametrize(
    "texts",
    [
        [" ".join(f"{{{{c{number}::a}}}}" for number in range(1, 401))] * 3,
        [" ".join(f"{{{{c{number}::a}}}}" for number in range(1, 301)) + "x" * 20_000],
    ],
    ids=["too many cards", "too much text"],
)
def test_no_request_adds_more_cards_than_an_answer_can_hold(anna: Caller, texts: list[str]) -> None:
    notes = [{"note_type": "Cloze", "fields": {"Text": text}} for text in texts]

    refused = anna.ask("POST", f"/v1/decks/{anna.deck('MyFirstDeck')}/cards/batch", {"notes": notes})

    assert refused.status_code == 422
    assert "at once" in refused.json["errors"][0]["message"]  # type: ignore[index]
    assert anna.ask("GET", f"/v1/decks/{anna.deck('MyFirstDeck')}").json["counts"]["new"] == 0  # type: ignore[index]
