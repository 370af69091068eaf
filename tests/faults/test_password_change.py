"""A password changes while somebody signs in with the old one, and within the second in which others did."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.faults.load import Token
from tests.faults.signed_in import SignedIn, everywhere, refresh, sign_in, until_refused
from tests.files import query
from tests.live import PASSWORD, LiveServer, User, serving, until

APP = "tests.faults.held_wsgi:app"
NEW_PASSWORD = "another password"


def change_password(user: User) -> requests.Response:
    return user.ask("PUT", "/v1/accounts/me/password", {"password": PASSWORD, "new_password": NEW_PASSWORD})


@contextmanager
def held(server: LiveServer) -> Iterator[None]:
    """Hold the password that is checked next, and stop its worker: whatever is asked meanwhile, another answers."""
    until(lambda: (server.data / "held").exists() and (server.data / "held").read_text() != "")
    worker = int((server.data / "held").read_text())
    os.kill(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(worker, signal.SIGCONT)
        (server.data / "held").unlink()


@pytest.mark.parametrize("change", ["password", "nothing"])
def test_no_session_comes_of_an_old_password_that_was_found_right_before_the_change(
    tmp_path: Path, change: str
) -> None:
    with serving(tmp_path, APP) as server, ThreadPoolExecutor(1) as threads:
        anna = User(server, "anna").sign_up()
        (server.data / "hold").touch()
        slow = threads.submit(sign_in, server, "anna")
        with held(server):
            status = change_password(anna).status_code if change == "password" else 204
        answer = slow.result()
        rows = query(server.data / "accounts.db", "SELECT sid FROM sessions WHERE ended_at IS NULL")
        listed = anna.ask("GET", "/v1/sessions").json()["items"]

    # The same without a change shows that it is the change that the sign-in fails for.
    expected, sessions = (401, 1) if change == "password" else (201, 2)
    assert (status, answer.status_code) == (204, expected)
    assert len(rows) == len(listed) == sessions


def test_of_two_tokens_of_one_second_the_one_before_the_change_is_refused_and_the_one_after_is_not(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, APP) as server:
        anna = User(server, "anna").sign_up()
        until(lambda: time.time() % 1 < 0.1)

        old = SignedIn.of(sign_in(server, "anna"))
        changed = change_password(anna)
        new = SignedIn.of(sign_in(server, "anna", NEW_PASSWORD))

        until_refused(server, old.access)
        accepted = everywhere(server, new.access)
        refreshed = [refresh(server, token).status_code for token in (old.refresh, new.refresh)]
        again = sign_in(server, "anna").status_code

    assert int(Token.read(old.access).expires) == int(Token.read(new.access).expires)
    assert (changed.status_code, accepted) == (204, {200})
    assert (refreshed, again) == ([401, 200], 401)


def test_api_tokens_end_with_the_old_password_on_every_worker(tmp_path: Path) -> None:
    with serving(tmp_path, APP) as server:
        anna = User(server, "anna").sign_up()
        asked = {"name": "mine", "scopes": ["collection:read"], "password": PASSWORD}
        token = anna.ask("POST", "/v1/api-tokens", asked).json()["token"]
        before = everywhere(server, token)

        changed = change_password(anna)

        until_refused(server, token)
        callers = everywhere(server, anna.token)

    assert changed.status_code == 204
    assert before == callers == {200}
