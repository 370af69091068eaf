"""One refresh token used many times at once, on every worker: all are given the same successor, byte for byte."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.faults.load import Token
from tests.faults.signed_in import REFRESH, SignedIn, metric, refresh, refresh_at_once, sign_in, workers_of
from tests.live import ROOT, LiveServer, User, serving, until

AT_ONCE = 50
OUTCOMES = ("rotated", "repeated", "superseded", "reused", "refused")


def outcomes(server: LiveServer) -> dict[str, int]:
    """What came of all refreshes, without what has never come of one."""
    counted = {name: int(metric(server, f'javumbo_refreshes_total{{outcome="{name}"}}')) for name in OUTCOMES}
    return {name: count for name, count in counted.items() if count}


def make_keys(folder: Path, algorithm: str) -> None:
    environ = {**os.environ, "JAVUMBO_DATA": str(folder / "data"), "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, "-m", "auth", "keys", "init", "--alg", algorithm], env=environ, check=True, capture_output=True
    )


def algorithm_now(server: LiveServer) -> str:
    return Token.read(SignedIn.of(sign_in(server, "anna")).access).algorithm


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
@pytest.mark.parametrize("rounds", [5, pytest.param(100, marks=pytest.mark.long)])
def test_every_round_has_one_answer_and_the_session_goes_on_with_it(
    tmp_path: Path, algorithm: str, rounds: int
) -> None:
    make_keys(tmp_path, algorithm)
    with serving(tmp_path) as server:
        user = User(server, "anna").sign_up()
        signed_in = SignedIn.of(sign_in(server, "anna"))
        workers: set[int] = set()
        used = {signed_in.refresh}
        for _ in range(rounds):
            answers = refresh_at_once(server, signed_in.refresh, AT_ONCE)

            assert {answer.status_code for answer in answers} == {200}
            assert len({answer.content for answer in answers}) == 1
            signed_in = SignedIn.of(answers[0])
            used.add(signed_in.refresh)
            workers |= workers_of(server, answers)
        sessions = user.ask("GET", "/v1/sessions").json()["items"]
        counted = outcomes(server)

    assert Token.read(signed_in.access).algorithm == algorithm
    assert len(used) == rounds + 1
    assert len(workers) > 1
    assert signed_in.session_id in {session["session_id"] for session in sessions}
    assert counted == {"rotated": rounds, "repeated": rounds * (AT_ONCE - 1)}


def test_a_new_key_that_begins_to_sign_within_the_window_changes_no_answer(tmp_path: Path) -> None:
    with serving(tmp_path, jwks_max_age="1s") as server:
        User(server, "anna").sign_up()
        signed_in = SignedIn.of(sign_in(server, "anna"))
        rotated = server.keys("rotate", "--purpose", "session", "--alg", "ES256", "--lead", "2s")
        before = refresh(server, signed_in.refresh)

        meanwhile = []
        while algorithm_now(server) != "ES256":
            meanwhile += refresh_at_once(server, signed_in.refresh, 10)
        after = refresh_at_once(server, signed_in.refresh, AT_ONCE)
        workers = workers_of(server, after)
        following = SignedIn.of(refresh(server, SignedIn.of(before).refresh))

    assert rotated.returncode == 0, rotated.stderr
    assert {answer.content for answer in [*meanwhile, *after]} == {before.content}
    assert len(workers) > 1
    assert Token.read(SignedIn.of(before).access).algorithm == "EdDSA"
    assert Token.read(following.access).algorithm == Token.read(following.refresh).algorithm == "ES256"


def test_whoever_lost_the_answer_is_given_it_when_asking_again(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        User(server, "anna").sign_up()
        signed_in = SignedIn.of(sign_in(server, "anna"))

        ask_without_listening(server, signed_in.refresh)
        until(lambda: outcomes(server) == {"rotated": 1})
        retries = [refresh(server, signed_in.refresh) for _ in range(2)]
        counted = outcomes(server)
        following = refresh(server, SignedIn.of(retries[0]).refresh)

    assert retries[0].status_code == following.status_code == 200
    assert retries[0].content == retries[1].content
    assert counted == {"rotated": 1, "repeated": 2}


def ask_without_listening(server: LiveServer, token: str) -> None:
    """Send a refresh, and close the connection before there is an answer."""
    host, port = urlsplit(server.url).hostname, urlsplit(server.url).port
    body = json.dumps({"refresh_token": token})
    head = f"POST {REFRESH} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.sendall(f"{head}\r\n\r\n{body}".encode())
