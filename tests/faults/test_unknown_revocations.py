"""A worker cannot know what was revoked: it lets nobody in, and goes on by itself as soon as it can."""

import fcntl
import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
import requests

from api.store import engine
from tests.faults.outage import outage
from tests.live import LiveServer, User, serving, until

MAX_AGE = 5
AGE = {"revocation_max_age": f"{MAX_AGE}s"}
SECONDS = [8, pytest.param(60, marks=pytest.mark.long)]


def statuses(user: User, times: int = 15) -> set[int]:
    """Ask often enough to reach every worker."""
    return {user.ask("GET", "/v1/decks").status_code for _ in range(times)}


def hide(path: Path) -> Path:
    hidden = path.with_name("hidden.db")
    path.rename(hidden)
    return hidden


@pytest.mark.parametrize("seconds", SECONDS)
def test_accounts_that_cannot_be_read_close_the_door_once_knowledge_is_too_old(tmp_path: Path, seconds: int) -> None:
    with serving(tmp_path, **AGE) as server:
        user, gone = User(server, "anna").sign_up(), User(server, "anna").sign_in()
        assert gone.ask("DELETE", "/v1/sessions/current").status_code == 204
        hidden = hide(server.data / "accounts.db")
        time.sleep(MAX_AGE + 1.5)

        answers = [user.ask("GET", "/v1/decks") for _ in range(15)]
        refused = statuses(gone)
        ready = requests.get(server.url + "/readyz", timeout=5).status_code
        time.sleep(seconds - MAX_AGE)
        hidden.rename(server.data / "accounts.db")
        until(lambda: statuses(user) == {200}, seconds=5)

        assert {answer.status_code for answer in answers} == {503}
        assert all(answer.headers["Retry-After"] for answer in answers)
        assert refused == {503}
        assert ready == 503
        assert statuses(gone) == {401}


@pytest.mark.parametrize("seconds", SECONDS)
def test_accounts_that_come_and_go_under_load_let_nobody_in(tmp_path: Path, seconds: int) -> None:
    with serving(tmp_path, **AGE) as server:
        user = User(server, "anna").sign_up()
        with outage(server, user, bound=MAX_AGE + 1) as found:
            time.sleep(3)
            hidden = hide(server.data / "accounts.db")
            time.sleep(seconds)
            hidden.rename(server.data / "accounts.db")
            time.sleep(3)
        until(lambda: statuses(user) == {200}, seconds=5)

    assert found.accepted == []
    assert 500 not in found.reads + found.others
    assert found.reads[503] > 0
    assert set(found.reads) == {200, 503}


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file both ways in which its writers take it: the lock beside it, and SQLite's own."""
    with path.with_suffix(".lock").open("rb+") as beside, closing(engine.connect(path)) as connection:
        fcntl.flock(beside, fcntl.LOCK_EX)
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


@pytest.mark.parametrize("seconds", SECONDS)
def test_accounts_that_are_locked_are_read_all_the_same_and_a_sign_out_is_a_503(tmp_path: Path, seconds: int) -> None:
    with serving(tmp_path, write_timeout="1s", **AGE) as server:
        user = User(server, "anna").sign_up()
        with outage(server, user) as found:
            time.sleep(3)
            with locked(server.data / "accounts.db"):
                time.sleep(seconds)
                refused = user.ask("DELETE", "/v1/sessions/current")
            time.sleep(1)
        until(lambda: statuses(user) == {200}, seconds=5)

    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert found.accepted == []
    assert set(found.reads) == {200}
    assert 500 not in found.others
    assert found.others[503] > 0


def test_a_sign_out_that_cannot_be_recorded_is_a_503_and_the_token_lives(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        user = User(server, "anna").sign_up()
        hidden = hide(server.data / "accounts.db")

        answer = user.ask("DELETE", "/v1/sessions/current")
        hidden.rename(server.data / "accounts.db")

        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert statuses(user) == {200}


def test_a_worker_that_was_stopped_does_not_go_on_with_what_it_knew(tmp_path: Path) -> None:
    with serving(tmp_path, **AGE) as server, ThreadPoolExecutor(12) as threads, ExitStack() as kept:
        user, gone = User(server, "anna").sign_up(), User(server, "anna").sign_in()
        # A connection that is kept stays with its worker.
        connections = [kept.enter_context(requests.Session()) for _ in range(12)]
        assert {gone.ask("GET", "/v1/decks", via=one).status_code for one in connections} == {200}
        # One of those that have a connection: a busy machine may give them all to one worker.
        stopped = int(re.findall(r"/v1/decks.* worker=(\d+)", server.log.read_text())[-1])
        os.kill(stopped, signal.SIGSTOP)
        assert signed_out(server, gone) == 204
        asked = [threads.submit(gone.ask, "GET", "/v1/decks", via=one) for one in connections]
        time.sleep(MAX_AGE + 1)
        waiting = [answer for answer in asked if not answer.done()]

        os.kill(stopped, signal.SIGCONT)
        answers = {answer.result().status_code for answer in waiting}
        until(lambda: statuses(user) == {200}, seconds=5)
        afterwards = statuses(gone)

    assert waiting
    assert answers <= {401, 503}
    assert afterwards == {401}


def signed_out(server: LiveServer, user: User) -> int:
    """Sign out, and try again where a worker that is stopped has taken the request."""
    for _ in range(20):
        try:
            return user.ask("DELETE", "/v1/sessions/current", timeout=1).status_code
        except requests.Timeout:
            continue
    raise AssertionError("no worker answers")


def step(server: LiveServer, seconds: int) -> None:
    partial = server.data / "step.partial"
    partial.write_text(str(seconds))
    partial.rename(server.data / "step")


def test_a_clock_that_is_set_forward_and_back_lets_nobody_in_who_signed_out(tmp_path: Path) -> None:
    with serving(tmp_path, app="tests.faults.clock_wsgi:app", access_ttl="2h") as server:
        user, gone = User(server, "anna").sign_up(), User(server, "anna").sign_in()
        assert gone.ask("DELETE", "/v1/sessions/current").status_code == 204
        until(lambda: statuses(gone) == {401}, seconds=3)

        seen: set[int] = set()
        for seconds in (3600, 0, -50, 0):
            step(server, seconds)
            seen |= statuses(gone, times=60)
            until(lambda: statuses(user) == {200}, seconds=5)
            seen |= statuses(gone)

    assert seen <= {401, 503}
    assert 401 in seen
