"""A worker that stops or dies while it holds the lock of one user's collection."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.files import query
from tests.live import LiveServer, User, fronts_in, serving, until

APP = "tests.faults.wsgi:app"
TIMEOUT = 3


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with serving(tmp_path, app=APP, write_timeout=f"{TIMEOUT}s", threads="4") as server:
        yield server


@pytest.fixture
def anna(server: LiveServer) -> User:
    return User(server, "anna").sign_up()


@pytest.fixture
def ben(server: LiveServer) -> User:
    return User(server, "ben").sign_up()


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def stop_in_a_write(server: LiveServer, user: User, threads: ThreadPoolExecutor) -> tuple[int, "Future[int | None]"]:
    """Stop a worker in the middle of a write; return its process id and what becomes of the write."""
    (server.data / f"stop_{user.user_id}").touch()
    write = threads.submit(status_of, user, "in the middle")
    until(lambda: any(is_stopped(pid) for pid in server.workers()))
    return next(pid for pid in server.workers() if is_stopped(pid)), write


def status_of(user: User, front: str) -> int | None:
    try:
        return user.add_card(front).status_code
    except requests.ConnectionError:
        return None


def test_its_user_gets_a_503_in_time_and_others_notice_nothing(server: LiveServer, anna: User, ben: User) -> None:
    with ThreadPoolExecutor(32) as threads:
        stopped, write = stop_in_a_write(server, anna, threads)

        started = time.monotonic()
        flood = [threads.submit(anna.add_card, f"flood {number}") for number in range(24)]
        slowest = 0.0
        for number in range(40):
            before = time.monotonic()
            assert ben.add_card(f"ben {number}").status_code == 201
            slowest = max(slowest, time.monotonic() - before)
        refused = [answer.result() for answer in flood]
        took = time.monotonic() - started
        read = anna.ask("GET", f"/v1/decks/{anna.decks['MyFirstDeck']}/cards")

        os.kill(stopped, signal.SIGCONT)
        resumed = write.result()

    assert {answer.status_code for answer in refused} == {503}
    assert all(answer.headers["Retry-After"] for answer in refused)
    assert took < TIMEOUT + 5
    assert slowest < 0.5, "others must not wait for a lock that is not theirs"
    assert read.status_code == 200
    assert resumed == 201
    assert anna.add_card("afterwards").status_code == 201
    fronts = fronts_in(server.collection(anna.user_id))
    assert {"in the middle", "afterwards"} <= set(fronts)
    assert not any(front.startswith("flood") for front in fronts)


def test_killed_while_it_holds_the_lock_it_gives_it_back_and_nothing_acknowledged_is_lost(
    server: LiveServer, anna: User
) -> None:
    acknowledged = {f"before {number}" for number in range(10) if anna.add_card(f"before {number}").status_code == 201}

    with ThreadPoolExecutor(1) as threads:
        stopped, write = stop_in_a_write(server, anna, threads)
        os.kill(stopped, signal.SIGKILL)
        assert write.result() is None

    assert anna.add_card("afterwards").status_code == 201
    path = server.collection(anna.user_id)
    fronts = set(fronts_in(path))
    assert acknowledged | {"afterwards"} <= fronts
    assert "in the middle" not in fronts
    assert len(acknowledged) == 10
    assert query(path, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]


def test_a_worker_that_dies_is_replaced(server: LiveServer, anna: User) -> None:
    first = set(server.workers())
    for pid in first:
        os.kill(pid, signal.SIGKILL)

    until(lambda: len(set(server.workers()) - first) == 3)

    assert anna.ask("GET", "/v1/accounts/me").status_code == 200
