"""A program keeps a copy of a collection by asking what has changed."""

from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.callers import Caller


def changes(caller: Caller, what: str, since: int, limit: int = 50) -> Any:
    found: dict[str, Any] = {"items": [], "deleted_ids": [], "change": None}
    cursor: str | None = ""
    while cursor is not None:
        page: Any = caller.ask(
            "GET", f"/v1/{what}?updated_since={since}&limit={limit}{cursor and '&cursor=' + cursor}"
        ).json
        found["items"] += page["items"]
        found["deleted_ids"] += page["deleted_ids"]
        found["change"] = found["change"] or page["change"]
        cursor = page["next_cursor"]
    return found


def test_nothing_has_changed_since_the_last_change(anna: Caller) -> None:
    for what in ("cards", "decks", "note-types"):
        now = changes(anna, what, 0)["change"]

        assert changes(anna, what, now) == {"items": [], "deleted_ids": [], "change": now}


def test_from_the_beginning_everything_has_changed(anna: Caller) -> None:
    assert len(changes(anna, "cards", 0)["items"]) == 108
    assert [deck["name"] for deck in changes(anna, "decks", 0)["items"]] == ["MyFirstDeck", "Verbal Tenses"]
    assert len(changes(anna, "note-types", 0)["items"]) == 3


def test_a_change_of_a_note_changes_all_its_cards(anna: Caller) -> None:
    note = {"note_type": "Basic (and reversed card)", "fields": {"Front": "x", "Back": "y"}}
    cards = anna.ask("POST", f"/v1/decks/{anna.deck('MyFirstDeck')}/cards", note).json["cards"]  # type: ignore[index]
    now = changes(anna, "cards", 0)["change"]

    anna.ask("PATCH", f"/v1/cards/{cards[0]['id']}", {"tags": ["t"]})

    assert [card["id"] for card in changes(anna, "cards", now)["items"]] == [card["id"] for card in cards]


def test_deletions_are_told_and_so_is_what_came_back(anna: Caller) -> None:
    card, deck = anna.add_card(), anna.deck("MyFirstDeck")
    before = changes(anna, "cards", 0)["change"]
    anna.ask("DELETE", f"/v1/decks/{deck}")

    told = changes(anna, "cards", before)
    assert (told["items"], told["deleted_ids"]) == ([], [card["id"]])
    assert changes(anna, "decks", before)["deleted_ids"] == [deck]

    anna.ask("POST", f"/v1/trash/{anna.ask('GET', '/v1/trash').json['items'][0]['id']}/restore")  # type: ignore[index]
    assert [item["id"] for item in changes(anna, "cards", told["change"])["items"]] == [card["id"]]


def test_a_search_and_changes_are_not_asked_for_together(anna: Caller) -> None:
    assert anna.ask("GET", "/v1/cards?updated_since=0&q=x").status_code == 422


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["add", "edit", "delete", "review", "sync"]), st.integers(0, 20)), max_size=15
)


@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS, limit=st.integers(1, 7))
def test_a_copy_kept_by_changes_is_the_collection(anna: Caller, actions: list[tuple[str, int]], limit: int) -> None:
    copy: dict[int, Any] = {}
    since = 0
    path = f"/v1/decks/{anna.deck('MyFirstDeck')}/cards"

    def synchronise() -> None:
        nonlocal since
        told = changes(anna, "cards", since, limit)
        copy.update({card["id"]: card for card in told["items"]})
        for card_id in told["deleted_ids"]:
            copy.pop(card_id, None)
        since = told["change"]

    for verb, which in actions:
        present: Any = anna.ask("GET", path).json["items"]  # type: ignore[index]
        card = present[which % len(present)] if present else None
        if verb == "add" or card is None:
            anna.ask("POST", path, {"front": f"{which}", "back": "b"})
        elif verb == "edit":
            anna.ask("PATCH", f"/v1/cards/{card['id']}", {"flag": which % 8})
        elif verb == "delete":
            anna.ask("DELETE", f"/v1/cards/{card['id']}")
        elif verb == "review":
            body = {"rating": "good", "duration_ms": 1, "review_count": card["review_count"]}
            anna.ask("POST", f"/v1/cards/{card['id']}/reviews", body)
        else:
            synchronise()
    synchronise()

    present = anna.ask("GET", path + "?limit=200").json["items"]  # type: ignore[index]
    mine = {card["id"]: card for card in copy.values() if card["deck"]["name"] == "MyFirstDeck"}
    assert mine == {card["id"]: card for card in present}


def test_a_page_of_very_long_changes_ends_sooner_and_nothing_is_left_out(anna: Caller) -> None:
    since = anna.ask("GET", "/v1/cards?updated_since=0").json["change"]  # type: ignore[index]
    added = [anna.add_card(f"{number}" + "x" * 90_000)["id"] for number in range(4)]
    anna.ask("DELETE", f"/v1/cards/{added[1]}")

    pages: list[Any] = []
    while not pages or pages[-1]["next_cursor"]:
        cursor = f"&cursor={pages[-1]['next_cursor']}" if pages else ""
        pages.append(anna.ask("GET", f"/v1/cards?updated_since={since}&limit=200{cursor}").json)

    assert len(pages) > 1
    assert sorted(card["id"] for page in pages for card in page["items"]) == [added[0], added[2], added[3]]
    assert [deleted for page in pages for deleted in page["deleted_ids"]] == [added[1]]
