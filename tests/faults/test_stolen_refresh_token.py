"""A refresh token that was rotated out longer ago than the window: somebody has a copy, and the session ends."""

import time
from pathlib import Path

from tests.faults.signed_in import SignedIn, everywhere, metric, refresh, sign_in, until_refused, value_in
from tests.live import LiveServer, User, serving

SETTINGS = {"refresh_window": "1s"}


def rotate_out(server: LiveServer, stolen: SignedIn) -> SignedIn:
    """Refresh, and wait until the window for a repetition is over."""
    live = SignedIn.of(refresh(server, stolen.refresh))
    time.sleep(1.1)
    return live


def test_its_session_ends_and_every_worker_refuses_its_access_tokens(tmp_path: Path) -> None:
    with serving(tmp_path, **SETTINGS) as server:
        other = User(server, "anna").sign_up()
        stolen = SignedIn.of(sign_in(server, "anna"))
        live = rotate_out(server, stolen)
        before = everywhere(server, stolen.access) | everywhere(server, live.access)

        reused = refresh(server, stolen.refresh)

        until_refused(server, stolen.access, live.access)
        unharmed = everywhere(server, other.token)
        refused = [refresh(server, token).status_code for token in (live.refresh, stolen.refresh)]

    assert before == unharmed == {200}
    assert (reused.status_code, reused.json()["type"]) == (401, "urn:javumbo:problem:invalid-grant")
    assert refused == [401, 401]


def test_the_theft_is_logged_with_both_addresses_and_counted_once(tmp_path: Path) -> None:
    with serving(tmp_path, **SETTINGS) as server:
        User(server, "anna").sign_up()
        stolen = SignedIn.of(sign_in(server, "anna"))
        rotate_out(server, stolen)

        for _ in range(3):
            refresh(server, stolen.refresh, address="127.0.0.2")

        lines = [line for line in server.log.read_text().splitlines() if '"refresh token reused; ' in line]
        reused = metric(server, 'javumbo_refreshes_total{outcome="reused"}')
        revoked = metric(server, 'javumbo_revocations_total{why="refresh-token-reused"}')

    assert (reused, revoked) == (1, 1)
    assert [[value_in(line, name) for name in ("sid", "address", "last_address")] for line in lines] == [
        [stolen.session_id, "127.0.0.2", "127.0.0.1"]
    ]
    assert stolen.refresh not in str(lines)
