from typing import Any

import pytest

from tests.callers import Caller

VOCABULARY: dict[str, Any] = {
    "name": "Vocabulary",
    "fields": [{"name": "Word"}, {"name": "Meaning"}, {"name": "Example"}],
    "templates": [
        {"name": "Forth", "question": "{{Word}}", "answer": "{{FrontSide}} {{Meaning}}"},
        {"name": "Back", "question": "{{Meaning}}", "answer": "{{FrontSide}} {{Word}}"},
    ],
    "css": ".card { color: red }",
}


def create(caller: Caller, **changes: Any) -> Any:
    return caller.ask("POST", "/v1/note-types", {**VOCABULARY, **changes})


def add(caller: Caller, **fields: str) -> Any:
    note = {"note_type": "Vocabulary", "fields": fields}
    return caller.ask("POST", f"/v1/decks/{caller.deck('MyFirstDeck')}/cards", note).json["cards"]  # type: ignore[index]


def card_of(caller: Caller, card: dict[str, Any]) -> Any:
    return caller.ask("GET", f"/v1/cards/{card['id']}").json


def test_three_note_types_are_built_in(anna: Caller) -> None:
    items = anna.ask("GET", "/v1/note-types").json["items"]  # type: ignore[index]

    assert [(item["name"], item["kind"], item["built_in"]) for item in items] == [
        ("Basic", "standard", True),
        ("Basic (and reversed card)", "standard", True),
        ("Cloze", "cloze", True),
    ]


def test_a_note_type_of_ones_own_makes_cards(anna: Caller) -> None:
    made = create(anna).json

    assert anna.ask("GET", f"/v1/note-types/{made['id']}").json == made
    assert [card["question"] for card in add(anna, Word="hund", Meaning="dog")] == ["hund", "dog"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "basic"}, "note-type-name-taken"),
        ({"templates": [{"name": "x", "question": "{{Wrod}}", "answer": ""}]}, "broken-template"),
        ({"templates": [{"name": "x", "question": "{{#Word}}a", "answer": ""}]}, "broken-template"),
        ({"templates": [{"name": "x", "question": "nothing", "answer": ""}]}, "broken-template"),
        ({"fields": []}, "invalid-input"),
        ({"fields": [{"name": "a"}, {"name": "A"}]}, "invalid-input"),
        ({"fields": [{"name": "FrontSide"}]}, "invalid-input"),
        ({"fields": [{"name": "a:b"}]}, "invalid-input"),
        ({"kind": "cloze"}, "invalid-input"),
        ({"css": "\x00"}, "invalid-input"),
    ],
)
def test_a_note_type_that_cannot_work_is_refused(anna: Caller, changes: dict[str, Any], code: str) -> None:
    refused = create(anna, **changes)

    assert refused.status_code in (409, 422)
    assert refused.json["type"].endswith(code)


def test_a_broken_template_is_named_with_its_side_and_what_is_wrong(anna: Caller) -> None:
    problem = create(anna, templates=[{"name": "Forth", "question": "{{Word}}", "answer": "{{Wrod}}"}]).json

    assert (problem["template"], problem["side"]) == ("Forth", "answer")
    assert "Wrod" in problem["detail"]
    assert "Word, Meaning, Example" in problem["detail"]


def test_a_field_keeps_its_contents_under_another_name_and_templates_follow(anna: Caller) -> None:
    made, card = create(anna).json, add(anna, Word="hund", Meaning="dog")[0]
    fields = [{"name": "Term", "was": "Word"}, {"name": "Meaning"}, {"name": "Sound"}]

    edited = anna.ask("PATCH", f"/v1/note-types/{made['id']}", {"fields": fields}).json

    assert edited["templates"][0]["question"] == "{{Term}}"  # type: ignore[index]
    assert card_of(anna, card)["fields"] == {"Term": "hund", "Meaning": "dog", "Sound": ""}
    assert card_of(anna, card)["question"] == "hund"


def test_a_template_more_makes_a_card_more_and_one_less_a_card_less(anna: Caller) -> None:
    made, (forth, back) = create(anna).json, add(anna, Word="hund", Meaning="dog", Example="Ein Hund.")
    example = {"name": "Example", "question": "{{Example}}", "answer": "{{Word}}"}

    anna.ask("PATCH", f"/v1/note-types/{made['id']}", {"templates": [VOCABULARY["templates"][1], example]})

    listed = anna.ask("GET", f"/v1/decks/{anna.deck('MyFirstDeck')}/cards").json["items"]  # type: ignore[index]
    assert [(card["id"] == back["id"], card["question"]) for card in listed] == [(True, "dog"), (False, "Ein Hund.")]
    assert anna.ask("GET", f"/v1/cards/{forth['id']}").status_code == 404


def test_an_edit_that_would_leave_notes_without_cards_is_refused(anna: Caller) -> None:
    made, (card, _) = create(anna).json, add(anna, Word="hund", Meaning="dog")
    template = {"name": "Example", "question": "{{Example}}", "answer": "{{Word}}"}

    refused = anna.ask("PATCH", f"/v1/note-types/{made['id']}", {"templates": [template]})

    assert refused.status_code == 409
    assert refused.json["type"].endswith("notes-without-cards")  # type: ignore[index]
    assert card_of(anna, card) == card


def test_of_a_built_in_note_type_only_the_css_changes(anna: Caller) -> None:
    basic = anna.ask("GET", "/v1/note-types").json["items"][0]  # type: ignore[index]
    path = f"/v1/note-types/{basic['id']}"

    assert anna.ask("PATCH", path, {"css": ".card {}"}).json["css"] == ".card {}"  # type: ignore[index]
    assert anna.ask("PATCH", path, {"name": "Mine"}).status_code == 409
    assert anna.ask("DELETE", path).status_code == 409


def test_a_note_type_with_notes_is_not_deleted(anna: Caller) -> None:
    path = f"/v1/note-types/{create(anna).json['id']}"
    card = add(anna, Word="hund", Meaning="dog")[0]

    assert anna.ask("DELETE", path).status_code == 409
    assert card_of(anna, card) == card


def test_a_note_type_without_notes_is_deleted(anna: Caller) -> None:
    path = f"/v1/note-types/{create(anna).json['id']}"

    assert anna.ask("DELETE", path).status_code == 204
    assert anna.ask("GET", path).status_code == 404


def test_a_field_that_goes_on_from_none_that_is_there_is_refused(anna: Caller) -> None:
    made = create(anna).json

    refused = anna.ask("PATCH", f"/v1/note-types/{made['id']}", {"fields": [{"name": "Term", "was": "Wrod"}]})

    assert refused.json["errors"][0]["field"] == "fields.0.was"  # type: ignore[index]


def test_a_deleted_note_whose_template_is_gone_comes_back_with_the_cards_it_has_now(anna: Caller) -> None:
    made, (forth, _) = create(anna).json, add(anna, Word="hund", Meaning="dog", Example="Ein Hund.")
    anna.ask("DELETE", f"/v1/cards/{forth['id']}")
    example = {"name": "Example", "question": "{{Example}}", "answer": "{{Word}}"}
    anna.ask("PATCH", f"/v1/note-types/{made['id']}", {"templates": [example]})

    (deletion,) = anna.ask("GET", "/v1/trash").json["items"]  # type: ignore[index]
    assert anna.ask("POST", f"/v1/trash/{deletion['id']}/restore").status_code == 200

    listed = anna.ask("GET", f"/v1/decks/{anna.deck('MyFirstDeck')}/cards").json["items"]  # type: ignore[index]
    assert [card["question"] for card in listed] == ["Ein Hund."]


def test_fields_can_change_places_and_names_at_once(anna: Caller) -> None:
    made, (card, _) = create(anna).json, add(anna, Word="hund", Meaning="dog")
    fields = [{"name": "Word", "was": "Meaning"}, {"name": "Meaning", "was": "Word"}, {"name": "Example"}]

    edited = anna.ask("PATCH", f"/v1/note-types/{made['id']}", {"fields": fields}).json

    assert [template["question"] for template in edited["templates"]] == ["{{Meaning}}", "{{Word}}"]  # type: ignore[index]
    assert card_of(anna, card)["fields"] == {"Word": "dog", "Meaning": "hund", "Example": ""}
    assert card_of(anna, card)["question"] == "hund"
