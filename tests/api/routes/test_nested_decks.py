from typing import Any

import pytest

from tests.callers import Caller


def create(caller: Caller, name: str, **options: Any) -> Any:
    return caller.ask("POST", "/v1/decks", {"name": name, "options": options})


def names(caller: Caller) -> list[str]:
    return [deck["name"] for deck in caller.ask("GET", "/v1/decks").json["items"]]  # type: ignore[index]


def read(caller: Caller, deck_id: int) -> Any:
    return caller.ask("GET", f"/v1/decks/{deck_id}").json


def edit(caller: Caller, deck_id: int, change: dict[str, Any]) -> Any:
    return caller.ask("PATCH", f"/v1/decks/{deck_id}", change)


def add(caller: Caller, deck_id: int, *fronts: str) -> None:
    notes = [{"front": front, "back": "b"} for front in fronts]
    assert caller.ask("POST", f"/v1/decks/{deck_id}/cards/batch", {"notes": notes}).status_code == 201


@pytest.fixture
def tree(anna: Caller) -> dict[str, int]:
    return {name: create(anna, name).json["id"] for name in ("a b", "a", "a::b", "a::b::c")}


def test_the_decks_around_a_new_one_are_made_with_it(anna: Caller) -> None:
    create(anna, "Languages::Norwegian::Verbs")

    assert names(anna)[:3] == ["Languages", "Languages::Norwegian", "Languages::Norwegian::Verbs"]


def test_levels_are_trimmed_and_spelt_as_those_around(anna: Caller) -> None:
    create(anna, "Languages")

    assert create(anna, " languages ::  Norwegian ").json["name"] == "Languages::Norwegian"


@pytest.mark.parametrize(
    "name", ["::a", "a::", "a::::b", "::", "a:: ::b", "::".join("abcdefghi"), "x" * 101, "a:::b", "a:", ":a"]
)
def test_a_level_without_a_name_or_too_many_are_refused(anna: Caller, name: str) -> None:
    assert create(anna, name).status_code == 422


def test_each_deck_is_followed_by_those_below_it(anna: Caller, tree: dict[str, int]) -> None:
    assert names(anna)[:4] == ["a", "a::b", "a::b::c", "a b"]


def test_a_deck_counts_and_serves_what_is_below_it(anna: Caller, tree: dict[str, int]) -> None:
    add(anna, tree["a::b::c"], "deep")

    assert read(anna, tree["a"])["counts"]["new"] == 1
    assert anna.ask("GET", f"/v1/decks/{tree['a']}/next").json["card"]["front"] == "deep"  # type: ignore[index]
    assert read(anna, tree["a b"])["counts"]["new"] == 0


def test_a_renamed_deck_takes_along_what_is_below_it(anna: Caller, tree: dict[str, int]) -> None:
    edit(anna, tree["a::b"], {"name": "z::y"})

    assert names(anna) == ["a", "a b", "MyFirstDeck", "Verbal Tenses", "z", "z::y", "z::y::c"]
    assert read(anna, tree["a::b::c"])["name"] == "z::y::c"


def test_a_deck_is_not_moved_into_itself(anna: Caller, tree: dict[str, int]) -> None:
    refused = edit(anna, tree["a"], {"name": "a::b::c::a"})

    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "name"
    assert names(anna)[:4] == ["a", "a::b", "a::b::c", "a b"]


def test_a_deck_is_not_moved_onto_another(anna: Caller, tree: dict[str, int]) -> None:
    assert edit(anna, tree["a::b"], {"name": "A B"}).status_code == 409
    assert edit(anna, tree["a b"], {"name": "A"}).status_code == 409


def test_the_case_of_a_name_can_be_changed(anna: Caller, tree: dict[str, int]) -> None:
    edit(anna, tree["a"], {"name": "A"})

    assert names(anna)[:3] == ["A", "A::b", "A::b::c"]


def test_deleting_a_deck_deletes_everything_below_it(anna: Caller, tree: dict[str, int]) -> None:
    add(anna, tree["a::b::c"], "deep")

    assert anna.ask("DELETE", f"/v1/decks/{tree['a']}").status_code == 204
    assert names(anna) == ["a b", "MyFirstDeck", "Verbal Tenses"]
    assert anna.ask("GET", "/v1/cards?q=deep").json["items"] == []  # type: ignore[index]


def test_deleting_a_deck_can_move_all_its_cards_elsewhere(anna: Caller, tree: dict[str, int]) -> None:
    add(anna, tree["a::b::c"], "deep")
    add(anna, tree["a"], "flat")

    anna.ask("DELETE", f"/v1/decks/{tree['a']}?cards_to={tree['a b']}")

    listed = anna.ask("GET", f"/v1/decks/{tree['a b']}/cards").json["items"]  # type: ignore[index]
    assert {card["front"] for card in listed} == {"deep", "flat"}


def test_cards_are_not_moved_into_what_is_deleted(anna: Caller, tree: dict[str, int]) -> None:
    refused = anna.ask("DELETE", f"/v1/decks/{tree['a']}?cards_to={tree['a::b']}")

    assert refused.status_code == 422
    assert read(anna, tree["a"])["name"] == "a"


def test_cards_are_not_moved_to_a_deck_that_is_not_there(anna: Caller, tree: dict[str, int]) -> None:
    assert anna.ask("DELETE", f"/v1/decks/{tree['a']}?cards_to=5").status_code == 404


def test_a_deck_that_another_client_has_deleted_takes_no_card(anna: Caller, tree: dict[str, int]) -> None:
    anna.ask("DELETE", f"/v1/decks/{tree['a']}")

    refused = anna.ask("POST", f"/v1/decks/{tree['a::b']}/cards", {"front": "a", "back": "b"})

    assert refused.status_code == 404
    assert refused.json["type"].endswith("deck-not-found")  # type: ignore[index]


def test_options_come_from_the_deck_above_and_from_preferences(anna: Caller, tree: dict[str, int]) -> None:
    anna.ask("PATCH", "/v1/preferences", {"options": {"new_per_day": 7, "desired_retention": 0.8}})
    edit(anna, tree["a"], {"options": {"new_per_day": 3, "learning_steps_minutes": [5]}})

    inner = read(anna, tree["a::b::c"])
    assert inner["choices"] == dict.fromkeys(inner["choices"])
    assert (inner["options"]["new_per_day"], inner["options"]["learning_steps_minutes"]) == (3, [5])
    assert inner["options"]["desired_retention"] == 0.8
    assert read(anna, tree["a b"])["options"]["new_per_day"] == 7


def test_a_choice_is_given_up_by_null_and_the_others_stay(anna: Caller, tree: dict[str, int]) -> None:
    edit(anna, tree["a"], {"options": {"new_per_day": 3, "mix": "new_first"}})

    edit(anna, tree["a"], {"options": {"new_per_day": None}})

    assert read(anna, tree["a"])["choices"]["new_per_day"] is None
    assert read(anna, tree["a"])["choices"]["mix"] == "new_first"


@pytest.mark.parametrize(
    "options",
    [
        {"new_per_day": -1},
        {"new_per_day": 10_000},
        {"new_per_day": 1.5},
        {"desired_retention": 0.5},
        {"desired_retention": 1},
        {"learning_steps_minutes": [10, 1]},
        {"learning_steps_minutes": [0]},
        {"learning_steps_minutes": [1441]},
        {"learning_steps_minutes": [1] * 11},
        {"mix": "shaken"},
        {"leech": 8},
    ],
)
def test_options_that_make_no_sense_are_refused(anna: Caller, options: dict[str, Any]) -> None:
    assert create(anna, "d", **options).status_code == 422


def test_a_deck_without_new_cards_serves_none(anna: Caller) -> None:
    deck = create(anna, "d", new_per_day=0).json["id"]
    add(anna, deck, "one")

    shown = anna.ask("GET", f"/v1/decks/{deck}/next").json
    assert shown == {"card": None, "outcomes": None, "counts": {"new": 0, "learning": 0, "due": 0}}


def test_new_cards_come_shuffled_where_that_was_chosen(anna: Caller) -> None:
    deck = create(anna, "d", new_order="random", learning_steps_minutes=[], new_per_day=100).json["id"]
    add(anna, deck, *(f"{number:02}" for number in range(30)))

    served = []
    while (card := anna.ask("GET", f"/v1/decks/{deck}/next").json["card"]) is not None:  # type: ignore[index]
        served.append(card["front"])
        body = {"rating": "good", "duration_ms": 1, "review_count": 0}
        anna.ask("POST", f"/v1/cards/{card['id']}/reviews", body)

    assert sorted(served) == [f"{number:02}" for number in range(30)]
    assert served != sorted(served)


def test_a_deck_does_not_move_where_those_below_it_would_lie_too_deep(anna: Caller, tree: dict[str, int]) -> None:
    refused = edit(anna, tree["a"], {"name": "::".join("qrstuvw")})

    assert refused.status_code == 422
    assert names(anna)[:4] == ["a", "a::b", "a::b::c", "a b"]


@pytest.mark.parametrize("name", ["\U0010ffff", "a\ufdd0", "\ufffe::a"])
def test_names_hold_no_noncharacters(anna: Caller, name: str) -> None:
    assert create(anna, name).status_code == 422


def test_what_lies_below_is_renamed_by_levels_however_the_deck_was_spelt(anna: Caller) -> None:
    outer, inner = create(anna, "Straße").json, create(anna, "Straße::Verbs").json
    anna.ask("DELETE", f"/v1/decks/{inner['id']}")
    edit(anna, outer["id"], {"name": "STRASSE"})
    (deletion,) = anna.ask("GET", "/v1/trash").json["items"]  # type: ignore[index]
    anna.ask("POST", f"/v1/trash/{deletion['id']}/restore")
    assert read(anna, inner["id"])["name"] == "STRASSE::Verbs"

    edit(anna, outer["id"], {"name": "Foo"})

    assert read(anna, inner["id"])["name"] == "Foo::Verbs"


def test_new_options_are_a_change_of_the_decks_below_too(anna: Caller, tree: dict[str, int]) -> None:
    before = {name: read(anna, deck_id)["change"] for name, deck_id in tree.items()}

    edit(anna, tree["a"], {"options": {"new_per_day": 7}})

    changed = {name for name, deck_id in tree.items() if read(anna, deck_id)["change"] > before[name]}
    assert changed == {"a", "a::b", "a::b::c"}


def test_new_preferences_of_how_to_study_are_a_change_of_every_deck(anna: Caller, tree: dict[str, int]) -> None:
    since = anna.ask("GET", "/v1/decks?updated_since=0").json["change"]  # type: ignore[index]

    assert anna.ask("PATCH", "/v1/preferences", {"options": {"new_per_day": 7}}).status_code == 200

    changed = anna.ask("GET", f"/v1/decks?updated_since={since}").json["items"]  # type: ignore[index]
    assert {deck["id"] for deck in changed} >= set(tree.values())


def test_what_is_wrong_with_a_name_is_said_in_our_words(anna: Caller) -> None:
    (error,) = create(anna, "a:::b").json["errors"]

    assert error["message"] == "must not have a colon at the beginning or end of a level, beside '::'"
