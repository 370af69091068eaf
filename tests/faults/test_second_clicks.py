"""The same thing asked for several times at once, of three workers: it is done once, and everybody is told so."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
import requests

from tests.files import query
from tests.live import LiveServer, User, fronts_in, serving, until

NUMBERS = count()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with serving(tmp_path_factory.mktemp("clicks"), app="tests.faults.killing_wsgi:app") as server:
        yield server


@pytest.fixture
def user(server: LiveServer) -> User:
    return User(server, f"user {next(NUMBERS)}").sign_up()


def at_once(times: int, act: Callable[[int], requests.Response]) -> list[requests.Response]:
    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(act, range(times)))


def keyed(user: User, key: str, method: str, path: str, json: Any = None) -> requests.Response:
    headers = {"Authorization": f"Bearer {user.token}", "Idempotency-Key": key}
    return requests.request(method, user.server.url + path, json=json, headers=headers, timeout=30)


def cards_path(user: User) -> str:
    return f"/v1/decks/{user.decks['MyFirstDeck']}/cards"


def test_sixty_decks_created_at_once_are_sixty_decks(user: User) -> None:
    answers = at_once(60, lambda number: user.ask("POST", "/v1/decks", {"name": f"deck {number}"}))

    assert {answer.status_code for answer in answers} == {201}
    listed = user.ask("GET", "/v1/decks?limit=200").json()["items"]
    assert {deck["id"] for deck in listed} >= {answer.json()["id"] for answer in answers}
    assert len({deck["id"] for deck in listed}) == 62


def test_a_deck_created_by_many_at_once_is_one_deck(user: User) -> None:
    answers = at_once(12, lambda _: user.ask("POST", "/v1/decks", {"name": "a::b::c"}))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 11}
    names = [deck["name"] for deck in user.ask("GET", "/v1/decks").json()["items"]]
    assert names == ["a", "a::b", "a::b::c", "MyFirstDeck", "Verbal Tenses"]


def test_ten_cards_answered_by_three_at_once_are_graded_once_each_and_the_losers_see_the_card(user: User) -> None:
    cards = [user.add_card(f"card {number}").json()["cards"][0] for number in range(10)]

    def answer(which: int) -> requests.Response:
        body = {"rating": "good", "duration_ms": 1000, "review_count": 0}
        return user.ask("POST", f"/v1/cards/{cards[which // 3]['id']}/reviews", body)

    answers = at_once(30, answer)

    assert Counter(answer.status_code for answer in answers) == {201: 10, 409: 20}
    now = {card["id"]: user.ask("GET", f"/v1/cards/{card['id']}").json() for card in cards}
    assert {card["review_count"] for card in now.values()} == {1}
    losers = [answer.json()["card"] for answer in answers if answer.status_code == 409]
    assert losers == [now[card["id"]] for card in losers]


def test_one_request_sent_twenty_times_at_once_makes_one_card_and_twenty_equal_answers(user: User) -> None:
    note = {"front": "once", "back": "b"}

    answers = at_once(20, lambda _: keyed(user, "k1", "POST", cards_path(user), note))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert fronts_in(user.server.collection(user.user_id)).count("once") == 1


def test_one_undo_sent_by_many_at_once_takes_back_one_review(user: User) -> None:
    path = f"/v1/cards/{user.add_card('undone').json()['cards'][0]['id']}/reviews"
    for times in range(3):
        user.ask("POST", path, {"rating": "good", "duration_ms": 1, "review_count": times})

    answers = at_once(9, lambda _: user.ask("DELETE", f"{path}/latest?review_count=3"))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 8}
    assert len(user.ask("GET", path).json()["items"]) == 2


def test_one_restore_by_many_at_once_brings_back_one_note(user: User) -> None:
    card = user.add_card("back").json()["cards"][0]
    user.ask("DELETE", f"/v1/cards/{card['id']}")
    (deletion,) = user.ask("GET", "/v1/trash").json()["items"]

    answers = at_once(9, lambda _: user.ask("POST", f"/v1/trash/{deletion['id']}/restore"))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 404: 8}
    assert user.ask("GET", f"/v1/cards/{card['id']}").status_code == 200


def test_of_two_edits_of_one_state_of_a_card_one_is_told_that_it_came_too_late(user: User) -> None:
    card = user.add_card("edited").json()["cards"][0]
    path = f"{user.server.url}/v1/cards/{card['id']}"
    headers = {"Authorization": f"Bearer {user.token}", "If-Match": f'"{card["change"]}"'}

    answers = at_once(8, lambda number: requests.patch(path, json={"back": f"{number}"}, headers=headers, timeout=30))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 7}


@pytest.mark.parametrize("what", ["add", "review", "delete"])
def test_who_heard_nothing_because_the_worker_died_after_its_commit_gets_the_answer_by_asking_again(
    user: User, what: str
) -> None:
    card = user.add_card("first").json()["cards"][0]
    method, path, body = {
        "add": ("POST", cards_path(user), {"front": "second", "back": "b"}),
        "review": ("POST", f"/v1/cards/{card['id']}/reviews", {"rating": "good", "duration_ms": 1, "review_count": 0}),
        "delete": ("DELETE", f"/v1/cards/{card['id']}", None),
    }[what]
    (user.server.data / "kill").touch()

    with pytest.raises(requests.ConnectionError):
        keyed(user, "k1", method, path, body)
    until(lambda: len(user.server.workers()) == 3)
    again = [keyed(user, "k1", method, path, body) for _ in range(3)]

    assert {answer.status_code for answer in again} == {204 if what == "delete" else 201}
    assert len({answer.content for answer in again}) == 1
    collection = user.server.collection(user.user_id)
    assert fronts_in(collection).count("second") == (what == "add")
    assert len(query(collection, "SELECT 1 FROM reviews")) == (what == "review")
