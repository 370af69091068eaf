"""Somebody fills their collection to the quota: what they are told, and what goes on."""

import secrets
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from api.app import create_app
from api.collection import cards, decks
from api.server import prepare
from api.services import Services
from api.settings import Settings
from api.store.collections import SqliteCollections
from api.store.quota import SLACK
from tests import collecting
from tests.api.routes.test_idempotency import ask
from tests.api.routes.test_studying import sign_in_again
from tests.api.routes.test_trash_and_note_types import create_type, edit_templates, template, words
from tests.callers import Caller
from tests.clocks import ManualClock
from tests.files import query

QUOTA = 1024**2
SIZES = (100_000, 10_000, 1_000)
MOST_REQUESTS = 200


@pytest.fixture
def settings(tmp_path: Path, clock: ManualClock) -> Settings:
    settings = Settings.from_environ({"JAVUMBO_DATA": str(tmp_path / "data"), "JAVUMBO_QUOTA": "1m"})
    prepare(settings, clock.now())
    return settings


def add(caller: Caller, size: int) -> TestResponse:
    path = f"/v1/decks/{caller.deck('MyFirstDeck')}/cards"
    return caller.ask("POST", path, {"front": "f" * size, "back": ""})


def review(caller: Caller, card: dict[str, Any]) -> TestResponse:
    body = {"rating": "again", "duration_ms": 1, "review_count": card["review_count"]}
    return caller.ask("POST", f"/v1/cards/{card['id']}/reviews", body)


def read(caller: Caller, card: dict[str, Any]) -> dict[str, Any]:
    answer = caller.ask("GET", f"/v1/cards/{card['id']}")
    assert answer.status_code == 200
    return dict(answer.get_json())


def problem_of(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 507, answer.text
    problem = dict(answer.get_json())
    assert problem["type"] == "urn:javumbo:problem:quota-reached"
    return problem


def size_of(services: Services, caller: Caller) -> int:
    (row,) = query(
        services.collections.path(caller.user_id),
        "SELECT page_count * page_size AS size FROM pragma_page_count, pragma_page_size",
    )
    return int(row["size"])


@pytest.fixture
def full(anna: Caller) -> Caller:
    """Anna, when not even a card of a thousand characters goes any more."""
    for size in SIZES:
        answers = (add(anna, size) for _ in range(MOST_REQUESTS))
        problem_of(next(answer for answer in answers if answer.status_code != 201))
    return anna


def test_who_has_reached_the_quota_is_told_what_is_used_and_what_to_do(full: Caller, services: Services) -> None:
    problem = problem_of(add(full, 1_000))

    assert (problem["used"], problem["quota"]) == (size_of(services, full), QUOTA)
    assert QUOTA - 2 * 4096 <= problem["used"] <= QUOTA
    assert all(word in problem["detail"] for word in (str(problem["used"]), str(QUOTA), "Shorten", "operator"))


def test_nothing_of_what_is_refused_is_stored(full: Caller, services: Services) -> None:
    path = services.collections.path(full.user_id)
    before = [query(path, f"SELECT * FROM {table}") for table in ("owner", "notes", "cards")]

    problem_of(add(full, 50_000))

    assert [query(path, f"SELECT * FROM {table}") for table in ("owner", "notes", "cards")] == before


def test_reading_goes_on_at_the_quota(full: Caller) -> None:
    deck = full.deck("MyFirstDeck")

    listed = full.ask("GET", f"/v1/decks/{deck}/cards?limit=200")

    assert listed.status_code == 200
    assert read(full, listed.get_json()["items"][0])["front"] == "f" * SIZES[0]
    assert full.ask("GET", f"/v1/decks/{deck}/next").get_json()["card"] is not None


def test_deleting_cards_and_decks_goes_on_at_the_quota(full: Caller) -> None:
    deck = full.deck("MyFirstDeck")
    card = full.ask("GET", f"/v1/decks/{deck}/cards").get_json()["items"][0]

    deleted = [full.ask("DELETE", path).status_code for path in (f"/v1/cards/{card['id']}", f"/v1/decks/{deck}")]

    assert deleted == [204, 204]
    assert full.ask("GET", f"/v1/decks/{deck}").status_code == 404


@pytest.mark.parametrize(("number", "one_by_one"), [(100, True), (500, False)])
def test_deleting_goes_on_even_where_it_needs_room(
    services: Services, anna: Caller, number: int, *, one_by_one: bool
) -> None:
    """Notes of 600 characters fill their pages almost; deleted, each gets a few bytes longer, and some do not fit."""
    with services.collections.writing(anna.user_id) as collection:
        deck = decks.create(collection, "Norwegian").id
        collecting.fill(collection, deck, [f"{which}<{'f' * 600}>" for which in range(number)])
        ids = [card.id for card in cards.page(collection, deck, 0, number)]
    full = held_to_what_is_used(services, anna)
    paths = [f"/v1/cards/{card}" for card in ids] if one_by_one else [f"/v1/decks/{deck}"]

    deleted = {full.ask("DELETE", path).status_code for path in paths}

    assert deleted == {204}


def held_to_what_is_used(services: Services, caller: Caller, slack: int = SLACK) -> Caller:
    """Return the caller, where what their collection takes is all that it may take."""
    folder, pool, quota = services.settings.collections_folder, services.collections.pool, size_of(services, caller)
    collections = SqliteCollections(folder, pool, services.clock, lambda _: True, quota, slack)
    return replace(caller, client=create_app(replace(services, collections=collections)).test_client())


def test_deleting_makes_no_room_for_long_cards_and_shortening_does(full: Caller) -> None:
    first, second = full.ask("GET", f"/v1/decks/{full.deck('MyFirstDeck')}/cards?limit=2").get_json()["items"]

    full.ask("DELETE", f"/v1/cards/{first['id']}")
    problem_of(add(full, 50_000))
    assert full.ask("PATCH", f"/v1/cards/{second['id']}", {"front": "short"}).status_code == 200

    assert add(full, 50_000).status_code == 201


def test_another_user_is_not_affected(full: Caller, ben: Caller) -> None:
    assert add(ben, 100_000).status_code == 201


def test_reviews_go_on_while_they_find_room_and_are_then_refused_whole(full: Caller) -> None:
    card = full.ask("GET", f"/v1/decks/{full.deck('Verbal Tenses')}/cards?limit=1").get_json()["items"][0]
    reviewed = review(full, card)
    assert reviewed.status_code == 201

    for _ in range(MOST_REQUESTS):
        before = read(full, card)
        reviewed = review(full, before)
        if reviewed.status_code != 201:
            break

    problem_of(reviewed)
    assert read(full, card) == before


def test_what_was_deleted_is_restored_also_where_the_quota_is_reached(services: Services, anna: Caller) -> None:
    deck = anna.deck("Verbal Tenses")
    full = held_to_what_is_used(services, anna)

    assert full.ask("DELETE", f"/v1/decks/{deck}").status_code == 204
    (deletion,) = full.ask("GET", "/v1/trash").json["items"]  # type: ignore[index]
    assert full.ask("POST", f"/v1/trash/{deletion['id']}/restore").status_code == 200
    assert len(full.ask("GET", f"/v1/decks/{deck}/cards?limit=200").json["items"]) == 108  # type: ignore[index]


def test_what_is_removed_for_good_refuses_no_write_that_needs_no_room(
    anna: Caller, services: Services, clock: ManualClock
) -> None:
    with services.collections.writing(anna.user_id) as collection:
        deck = collecting.deck(collection, "words")
        collecting.fill(collection, deck, [f"{number * 7919:x} {number * 104729:x}" * 4 for number in range(400)])
    kept = anna.add_card("kept")
    anna.ask("DELETE", f"/v1/decks/{deck}")
    clock.advance(timedelta(hours=26))
    full = sign_in_again(held_to_what_is_used(services, anna))

    answers = [full.ask("PATCH", f"/v1/cards/{kept['id']}", {"flag": number}).status_code for number in range(1, 5)]

    assert answers == [200] * 4


def key() -> str:
    return secrets.token_hex(127)


def test_reviewing_and_taking_back_with_ever_new_keys_ends_at_the_slack(anna: Caller, services: Services) -> None:
    card = anna.add_card(secrets.token_hex(45_000))
    quota, slack = size_of(services, anna), 1024**2
    full = held_to_what_is_used(services, anna, slack)
    undo = f"/v1/cards/{card['id']}/reviews/latest"

    for _ in range(MOST_REQUESTS):
        assert review(full, card).status_code == 201
        undone = ask(full, key(), "DELETE", undo)
        if undone.status_code != 200:
            break

    problem = problem_of(undone)
    assert quota + slack - 200_000 <= problem["used"] == size_of(services, anna) <= quota + slack
    assert (problem["quota"], problem["slack"]) == (quota, slack)
    assert all(word in problem["detail"] for word in (str(problem["used"]), str(quota), str(slack), "Shorten"))
    assert full.ask("DELETE", undo).status_code == 200


def test_deleting_and_restoring_with_ever_new_keys_ends_at_the_slack(anna: Caller, services: Services) -> None:
    card = anna.add_card()
    quota, slack = size_of(services, anna), 4 * 4096
    full = held_to_what_is_used(services, anna, slack)

    for _ in range(MOST_REQUESTS):
        assert ask(full, key(), "DELETE", f"/v1/cards/{card['id']}").status_code == 204
        (deletion,) = full.ask("GET", "/v1/trash").get_json()["items"]
        restored = full.ask("POST", f"/v1/trash/{deletion['id']}/restore")
        if restored.status_code != 200:
            break

    assert problem_of(restored)["used"] == size_of(services, anna) <= quota + slack + 4 * 4096
    assert full.ask("GET", "/v1/trash").get_json()["items"] == [deletion]


def test_a_deletion_is_answered_once_more_where_the_slack_is_used_up(anna: Caller, services: Services) -> None:
    path = f"/v1/cards/{anna.add_card()['id']}"
    full = held_to_what_is_used(services, anna, slack=0)

    answers = [ask(full, same, "DELETE", path) for same in [key()] * 2]

    assert [(answer.status_code, answer.data) for answer in answers] == [(204, b"")] * 2


def test_cards_that_are_made_by_restoring_find_room_or_nothing_comes_back(anna: Caller, services: Services) -> None:
    type_id, deck = create_type(anna, "F"), anna.deck("MyFirstDeck")
    words(services, anna, type_id, deck, 400)
    anna.ask("DELETE", f"/v1/decks/{deck}")
    edit_templates(anna, type_id, template("F"), template("B"), template("C"))
    full = held_to_what_is_used(services, anna, slack=4 * 4096)
    (deletion,) = full.ask("GET", "/v1/trash").get_json()["items"]

    problem_of(full.ask("POST", f"/v1/trash/{deletion['id']}/restore"))

    assert full.ask("GET", "/v1/trash").get_json()["items"] == [deletion]
    assert full.ask("GET", f"/v1/decks/{deck}").status_code == 404
