"""Somebody sends token after token with made-up key ids, each as if it could be a key not known yet."""

import secrets
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from auth import encoding
from tests.live import User, serving, until

SECONDS = 4


def token_with_a_made_up_key() -> str:
    header = {"alg": "EdDSA", "kid": encoding.encode(secrets.token_bytes(32)), "typ": "at+jwt"}
    return f"{encoding.encode(encoding.dump_object(header))}.e30.{encoding.encode(secrets.token_bytes(64))}"


def test_it_costs_one_look_a_second_at_most_and_no_file_is_read(tmp_path: Path) -> None:
    with serving(tmp_path, app="tests.faults.counting_wsgi:app") as server:
        until(lambda: len(list((server.data / "run").glob("*"))) == 3)
        records = {pid: server.data / f"looks-{pid}" for pid in server.workers()}
        before = {pid: len(record.read_text().splitlines()) for pid, record in records.items()}
        started = time.monotonic()

        def flood(_: int) -> Counter[int]:
            stranger, answers = User(server, "nobody"), Counter[int]()
            while time.monotonic() - started < SECONDS:
                stranger.token = token_with_a_made_up_key()
                answers[stranger.ask("GET", "/v1/decks").status_code] += 1
            return answers

        with ThreadPoolExecutor(4) as threads:
            answers = sum(threads.map(flood, range(4)), Counter[int]())
        took = time.monotonic() - started
        looks = {pid: record.read_text().splitlines()[before[pid] :] for pid, record in records.items()}

    assert set(answers) == {401}
    assert answers[401] > 100
    assert {look for seen in looks.values() for look in seen} == {"stat ring.json"}
    assert all(len(seen) <= took + 1 for seen in looks.values())
