"""What an operator does from the command line, while three workers serve."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.live import PASSWORD, LiveServer, User, serving, until

NOTICED = 2.0
"""Seconds: the record is read once in each, and the machine may be busy."""
IN_A_ROW = 12
"""So many refusals one after the other come from every worker: each request is a connection of its own."""


def api(server: LiveServer, *arguments: str) -> Any:
    command = [sys.executable, "-m", "api", *arguments, "--json"]
    done = subprocess.run(command, env=server.environ, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def status(user: User) -> int:
    return user.ask("GET", "/v1/accounts/me").status_code


@pytest.mark.parametrize(
    "command", [["accounts", "end-all", "anna", "--yes"], ["accounts", "disable", "anna", "--yes"]]
)
def test_every_worker_notices_what_was_ended_at_the_command_line(tmp_path: Path, command: list[str]) -> None:
    with serving(tmp_path) as server:
        anna, ben = User(server, "anna").sign_up(), User(server, "ben").sign_up()
        assert {status(anna) for _ in range(IN_A_ROW)} == {200}

        api(server, *command)

        until(lambda: {status(anna) for _ in range(IN_A_ROW)} == {401}, seconds=NOTICED)
        assert status(ben) == 200


def test_a_forgotten_password_is_replaced_with_a_code(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        anna = User(server, "anna").sign_up()
        code = api(server, "accounts", "reset", "anna")["code"]
        body = {"username": "anna", "code": code, "new_password": "another password"}

        answers = [User(server, "").ask("POST", "/v1/accounts/password-reset", body).status_code for _ in range(2)]

        assert answers == [204, 403]
        until(lambda: {status(anna) for _ in range(IN_A_ROW)} == {401}, seconds=NOTICED)
        before = {"username": "anna", "password": PASSWORD}
        assert User(server, "").ask("POST", "/v1/sessions", before).status_code == 401
        log = server.log.read_text()
        assert (code in log, "another password" in log, '"password reset"' in log) == (False, False, True)
