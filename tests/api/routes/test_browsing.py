from typing import Any
from urllib.parse import quote

import pytest

from tests.callers import Caller


def found(caller: Caller, q: str, more: str = "") -> Any:
    return caller.ask("GET", f"/v1/cards?q={quote(q)}{more}")


def fronts(caller: Caller, q: str, more: str = "") -> list[str]:
    return [card["front"] for card in found(caller, q, more).json["items"]]


@pytest.fixture
def filled(anna: Caller) -> Caller:
    deck = anna.ask("POST", "/v1/decks", {"name": "Norwegian::Nouns"}).json["id"]  # type: ignore[index]
    notes = [
        {"front": "<b>hund</b>en", "back": "the dog", "tags": ["animals::pets"]},
        {"front": "katten", "back": "the CAT", "tags": ["animals"]},
        {"front": "fjorden", "back": "the fjord"},
        {"note_type": "Cloze", "fields": {"Text": "{{c1::Oslo}} ligger i Norge"}},
    ]
    assert anna.ask("POST", f"/v1/decks/{deck}/cards/batch", {"notes": notes}).status_code == 201
    return anna


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("deck:norwegian hunden", ["<b>hund</b>en"]),
        ("deck:Norwegian the", ["fjorden", "katten", "<b>hund</b>en"]),
        ("cat deck:nor*", ["katten"]),
        ('"oslo ligger"', ["{{c1::Oslo}} ligger i Norge"]),
        ("tag:animals", ["katten", "<b>hund</b>en"]),
        ("tag:animals::pets", ["<b>hund</b>en"]),
        ("deck:norwegian -tag:animals is:new -note:cloze", ["fjorden"]),
        ("deck:norwegian (dog or cat)", ["katten", "<b>hund</b>en"]),
        ("nothing-like-this", []),
    ],
)
def test_a_search_finds_what_it_says_the_newest_first(filled: Caller, q: str, expected: list[str]) -> None:
    assert fronts(filled, q) == expected


@pytest.mark.parametrize("q", ["(a", "tag:", "prop:ivl>5", '"a', "re:x", "is:sleeping"])
def test_a_search_that_cannot_be_read_is_refused_with_where_and_why(filled: Caller, q: str) -> None:
    refused = found(filled, q)

    assert refused.status_code == 422
    assert refused.json["type"].endswith("search-not-understood")
    assert isinstance(refused.json["position"], int)


@pytest.mark.parametrize("sort", ["added", "oldest", "due", "changed"])
def test_pages_show_every_card_once_though_others_are_added_between(filled: Caller, sort: str) -> None:
    before = {card["id"] for card in found(filled, "the", "&limit=200").json["items"]}

    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page: Any = found(filled, "the", f"&limit=7&sort={sort}{cursor and '&cursor=' + cursor}").json
        seen += [card["id"] for card in page["items"]]
        cursor = page["next_cursor"]
        filled.add_card(f"the {len(seen)}")
        if len(seen) > 1000:
            break

    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_the_sides_of_what_is_found_come_as_text_for_who_wants_them_so(filled: Caller) -> None:
    (card,) = found(filled, "hunden deck:norwegian", "&format=text").json["items"]

    assert (card["front"], card["question"]) == ("<b>hund</b>en", "hunden")


@pytest.mark.parametrize("query", ["sort=random", "limit=0", "q=" + "a" * 1001, "cursor=abc", "unknown=1"])
def test_what_is_no_page_of_a_search_is_refused(filled: Caller, query: str) -> None:
    assert filled.ask("GET", f"/v1/cards?{query}").status_code == 422


def test_nobody_finds_what_is_another_users(filled: Caller, ben: Caller) -> None:
    assert found(ben, "fjorden").json["items"] == []
