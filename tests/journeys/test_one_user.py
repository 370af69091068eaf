"""One person in a hurry: the old server could store one card per user per second."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.live import User, fronts_in, serving


def test_200_cards_as_fast_as_possible_from_one_and_from_eight_hands(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        user = User(server, "anna").sign_up()
        one_by_one = [user.add_card(f"one {number}") for number in range(200)]
        with ThreadPoolExecutor(8) as threads:
            in_parallel = list(threads.map(lambda number: user.add_card(f"eight {number}"), range(200)))

    answers = one_by_one + in_parallel
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["cards"][0]["id"] for answer in answers}) == 400
    assert len({answer.json()["note_id"] for answer in answers}) == 400
    assert len(set(fronts_in(server.collection(user.user_id)))) == 108 + 400


def test_a_token_of_one_worker_is_good_on_every_other(tmp_path: Path) -> None:
    with serving(tmp_path, workers="4") as server:
        user = User(server, "anna").sign_up()

        statuses = {user.ask("GET", "/v1/accounts/me").status_code for _ in range(40)}

        answered_by = set(re.findall(r"/v1/accounts/me.* worker=(\d+)", server.log.read_text()))

    assert statuses == {200}
    assert len(answered_by) > 1
