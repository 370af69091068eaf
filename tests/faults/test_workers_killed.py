"""Workers killed again and again under write load: acknowledged ⊆ stored ⊆ attempted, and nothing twice."""

import os
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.files import query
from tests.live import LiveServer, User, fronts_in, serving


def write(user: User, writer: int, deadline: float) -> tuple[list[str], list[str]]:
    """Add cards until the deadline; return what was attempted and what was acknowledged."""
    attempted: list[str] = []
    acknowledged: list[str] = []
    while time.monotonic() < deadline:
        front = f"writer {writer} card {len(attempted)}"
        attempted.append(front)
        try:
            if user.add_card(front).status_code == 201:
                acknowledged.append(front)
        except requests.RequestException:
            pass
    return attempted, acknowledged


def kill_workers(server: LiveServer, deadline: float) -> int:
    killed = 0
    while time.monotonic() < deadline:
        time.sleep(random.uniform(0.2, 0.5))
        for pid in server.workers()[:1]:
            os.kill(pid, signal.SIGKILL)
            killed += 1
    return killed


@pytest.mark.parametrize("seconds", [5, pytest.param(60, marks=pytest.mark.long)])
def test_every_acknowledged_card_is_there_and_none_twice(tmp_path: Path, seconds: int) -> None:
    with serving(tmp_path) as server, ThreadPoolExecutor(7) as threads:
        user = User(server, "anna").sign_up()
        deadline = time.monotonic() + seconds
        killing = threads.submit(kill_workers, server, deadline)
        written = list(threads.map(lambda writer: write(user, writer, deadline), range(6)))
        killed = killing.result()

        path = server.collection(user.user_id)
        stored = Counter(front for front in fronts_in(path) if front.startswith("writer"))
        intact = query(path, "PRAGMA integrity_check")

    attempted = {front for fronts, _ in written for front in fronts}
    acknowledged = {front for _, fronts in written for front in fronts}
    assert killed >= 5
    assert len(acknowledged) > 50
    assert acknowledged <= set(stored) <= attempted
    assert set(stored.values()) == {1}
    assert intact == [{"integrity_check": "ok"}]
