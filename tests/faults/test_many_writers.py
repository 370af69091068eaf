"""Everybody writes into one collection: three processes, twenty-four connections."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.live import User, fronts_in, serving

CONNECTIONS, CARDS = 24, 40


def test_no_error_and_no_starvation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(tmp_path) as server:
        user = User(server, "anna").sign_up()

        def write(connection: int) -> list[float]:
            durations = []
            with requests.Session() as session:
                for number in range(CARDS):
                    started = time.monotonic()
                    answer = user.add_card(f"connection {connection} card {number}", via=session)
                    durations.append(time.monotonic() - started)
                    assert answer.status_code == 201, answer.text
            return durations

        with ThreadPoolExecutor(CONNECTIONS) as threads:
            durations = sorted(second for written in threads.map(write, range(CONNECTIONS)) for second in written)
        stored = [front for front in fronts_in(server.collection(user.user_id)) if front.startswith("connection")]

    with capsys.disabled():
        slowest, p99 = durations[-1] * 1000, durations[int(len(durations) * 0.99)] * 1000
        print(f"\n{CONNECTIONS} connections, {len(durations)} writes: slowest {slowest:.0f} ms, p99 {p99:.0f} ms")
    assert len(stored) == len(set(stored)) == CONNECTIONS * CARDS
    assert durations[-1] < 5
