"""A key is revoked under load: two seconds later nobody believes it, and everybody can sign in."""

import json
import os
import signal
from pathlib import Path

import pytest
import requests

from tests.faults.load import steady_load
from tests.live import LiveServer, User, serving, until


def session_key(server: LiveServer, state: str = "signing") -> str:
    keys = json.loads(server.keys("list", "--json").stdout)["keys"]
    return next(str(key["kid"]) for key in keys if key["purpose"] == "session" and key["state"] == state)


def reports(server: LiveServer) -> list[Path]:
    return list((server.data / "run").glob("*"))


def damage_the_other_key(server: LiveServer) -> None:
    (other,) = (path for path in (server.data / "keys").glob("*.pem") if path.stem != session_key(server))
    other.write_text("damaged")


@pytest.mark.parametrize("other_key_is_readable", [True, False])
def test_no_worker_accepts_its_tokens_from_then_on(tmp_path: Path, other_key_is_readable: bool) -> None:
    with serving(tmp_path) as server:
        user = User(server, "anna").sign_up()
        kid = session_key(server)
        with steady_load(server, user, expected={200, 201, 401}) as load:
            until(lambda: sum(load.answers.values()) > 100)
            if not other_key_is_readable:
                damage_the_other_key(server)

            revoked = server.keys("revoke", kid, "--yes")

            old = [token for token in load.living() if token.kid == kid]
            refused = {get(server, token.text) for token in old for _ in range(60 // len(old) + 1)}
            until(lambda: load.newest().kid != kid)
            fresh = load.newest()
            accepted = {get(server, fresh.text) for _ in range(30)}

    assert revoked.returncode == 0, revoked.stderr
    assert refused == {401}
    assert accepted == {200}
    assert load.failures == []
    assert load.answers["sign in", 401] == 0


def get(server: LiveServer, token: str) -> int:
    return requests.get(server.url + "/v1/decks", headers={"Authorization": f"Bearer {token}"}, timeout=10).status_code


def test_a_worker_that_is_stopped_makes_the_command_fail_and_follows_when_it_goes_on(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        anna = User(server, "anna").sign_up()
        until(lambda: len(reports(server)) == 3)
        stopped = server.workers()[0]
        os.kill(stopped, signal.SIGSTOP)

        revoked = server.keys("revoke", session_key(server), "--yes", "--json")
        os.kill(stopped, signal.SIGCONT)
        until(lambda: {get(server, anna.token) for _ in range(20)} == {401})

    assert revoked.returncode == 1
    assert json.loads(revoked.stdout)["behind"] == [stopped]


def test_workers_that_end_take_back_what_they_said(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        until(lambda: len(reports(server)) == 3)

    assert reports(server) == []
