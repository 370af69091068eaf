"""What was ended stays ended: when all workers are killed, when the service restarts, and with shorter lifetimes."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.load import Token
from tests.faults.signed_in import SignedIn, everywhere, refresh, sign_in, until_refused
from tests.files import query
from tests.live import PASSWORD, LiveServer, User, serving, until

# Who may not read it is told so before any store is asked: there, a token is refused for nothing but its revocation.
NOT_FOR_API_TOKENS = "/v1/accounts/me"
SHORTER = {"access_ttl": "1s", "refresh_idle": "1s", "refresh_max": "2s"}


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[LiveServer]:
    """Run the service, and end it as an init system does."""
    with serving(folder, **settings) as server:
        yield server
        server.process.terminate()
        server.process.wait(20)


def kill_all_workers(server: LiveServer) -> None:
    before = set(server.workers())
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(set(server.workers()) - before) == len(before))


def test_the_api_token_of_a_deleted_account_stays_refused(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        anna = User(server, "anna").sign_up()
        asked = {"name": "mine", "scopes": ["collection:read"], "password": PASSWORD}
        token = anna.ask("POST", "/v1/api-tokens", asked).json()["token"]
        before = everywhere(server, token, NOT_FOR_API_TOKENS)
        deleted = anna.ask("DELETE", "/v1/accounts/me", {"password": PASSWORD})
        until_refused(server, token, path=NOT_FOR_API_TOKENS)

        kill_all_workers(server)
        reborn = everywhere(server, token, NOT_FOR_API_TOKENS)

    with running(tmp_path) as server:
        restarted = everywhere(server, token, NOT_FOR_API_TOKENS)

    assert (before, deleted.status_code) == ({403}, 204)
    assert reborn == restarted == {401}


def test_sessions_ended_before_and_after_their_lifetimes_were_shortened_stay_ended(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        User(server, "anna").sign_up()
        before, after, kept = (SignedIn.of(sign_in(server, "anna")) for _ in range(3))
        statuses = [sign_out(server, before)]

    with running(tmp_path, **SHORTER) as server:
        statuses.append(sign_out(server, after))
        until_refused(server, before.access, after.access)

    with running(tmp_path, **SHORTER) as server:
        refused = everywhere(server, before.access) | everywhere(server, after.access)
        refreshed = {refresh(server, session.refresh).status_code for session in (before, after)}
        accepted = everywhere(server, kept.access)
    remembered = query(server.data / "accounts.db", "SELECT sid, until / 1000.0 AS until FROM revocations")

    assert statuses == [204, 204]
    assert (refused, refreshed, accepted) == ({401}, {401}, {200})
    assert {row["sid"] for row in remembered} == {before.session_id, after.session_id}
    assert all(row["until"] >= Token.read(after.access).expires - 1 for row in remembered)


def sign_out(server: LiveServer, session: SignedIn) -> int:
    return User(server, "anna", token=session.access).ask("DELETE", "/v1/sessions/current").status_code
