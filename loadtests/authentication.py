"""What authentication and limits add to a light read, in CPU of the worker: a token already seen against no check.

    python -m loadtests.authentication [--slices 30]

Three servers of one worker are sent the same requests with the same headers, in interleaved slices of one second: the
real one, the one without the check (`loadtests/baselines/floor.py`), and the latter once more as the control. CPU is
what all threads of the worker have used, gunicorn and Flask included. What one process measures of the application
alone must confirm it.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import requests

from api.app import create_app
from api.services import Services
from loadtests.baselines.floor import HEADER, without_check
from loadtests.measuring import Measured, Restless, by_turns, measure
from loadtests.within import read, services_in
from tests.callers import sign_up
from tests.live import PASSWORD, serving

FLOOR_APP = "loadtests.baselines.floor:build()"
SECOND = 1.0
WITHIN_SLICES = 300
SEEN, UNSEEN = 0.10, 0.70
"""What verification may add to the read, as a share of all that the worker spends on it."""


@dataclass(frozen=True)
class LightRead:
    """One client with one kept connection, which asks a server for the same card again and again."""

    connection: HTTPConnection
    path: str
    headers: Mapping[str, str]
    worker: int

    def slice(self) -> float:
        """Ask for a second; return the CPU that the worker spent on each request."""
        asked, before, until = 0, cpu_of(self.worker), time.monotonic() + SECOND
        while time.monotonic() < until:
            self.ask()
            asked += 1
        return (cpu_of(self.worker) - before) / asked

    def ask(self) -> None:
        """Ask once, and check the answer."""
        self.connection.request("GET", self.path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body


def cpu_of(pid: int) -> float:
    """Return the seconds that all threads of a process have run, which Linux counts in nanoseconds."""
    told = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(one.split()[0]) for one in told) / 1e9


@contextmanager
def reading(folder: Path, app: str | None) -> Iterator[LightRead]:
    """Start a server of one worker with an account and a card."""
    folder.mkdir()
    with serving(folder, app, workers="1", access_ttl="1d") as server:
        path, headers = _prepared(server.url)
        with closing(HTTPConnection(urlsplit(server.url).netloc, timeout=30)) as connection:
            yield LightRead(connection, path, headers, server.workers()[0])


def across_http(folder: Path, slices: int) -> Measured:
    """Measure CPU per request of the worker, with the check, without it, and without it once more."""
    servers = {"checked": None, "floor": FLOOR_APP, "control": FLOOR_APP}
    with ExitStack() as stack:
        reads = {name: stack.enter_context(reading(folder / name, app)) for name, app in servers.items()}
        by_turns({name: read.slice for name, read in reads.items()}, 2)  # they warm up
        measured = by_turns({name: read.slice for name, read in reads.items()}, slices)
    lower, upper = measured.quartiles("checked", "floor")
    print(f"CPU of the worker per read without a check: {measured.median('floor') * 1e6:.1f} µs")
    print(f"with it: {measured.ratio('checked', 'floor'):.3f}x (quartiles {lower:.3f} to {upper:.3f})")
    print(f"the control: {measured.ratio('control', 'floor'):.3f}x")
    if not measured.is_steady("floor"):
        raise Restless
    return measured


def within_a_process(folder: Path) -> Measured:
    """Measure thread time per request of the application alone, with the token seen, forgotten, and not looked at."""
    with closing(services_in(folder)) as services:
        return _within(services)


def _within(services: Services) -> Measured:
    checked, floor = create_app(services), create_app(without_check(services))
    anna = sign_up(checked.test_client(), "anna")
    headers = {"Authorization": f"Bearer {anna.token}", HEADER: str(anna.user_id)}
    path = f"/v1/cards/{anna.add_card()['id']}"
    read_seen = read(checked, path, headers)

    def read_unseen() -> None:
        services.keystore.ring.memory.forget(anna.token)
        read_seen()

    kinds = {"seen": read_seen, "unseen": read_unseen, "floor": read(floor, path, headers)}
    return measure(kinds, "floor", WITHIN_SLICES)


def _prepared(url: str) -> tuple[str, dict[str, str]]:
    with requests.Session() as session:
        session.hooks["response"] = lambda answer, **_: answer.raise_for_status()
        anna = {"username": "anna", "password": PASSWORD}
        account = session.post(f"{url}/v1/accounts", json={**anna, "name": "Anna"}).json()
        token = session.post(f"{url}/v1/sessions", json=anna).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", HEADER: str(account["user_id"])}
        session.headers.update(headers)
        deck = session.get(f"{url}/v1/decks").json()["items"][0]["id"]
        added = session.post(f"{url}/v1/decks/{deck}/cards", json={"front": "front", "back": "back"}).json()
        return f"/v1/cards/{added['cards'][0]['id']}", headers


def is_kept(http: Measured, within: Measured) -> bool:
    """Print what authentication adds, as shares of the worker's CPU per read, and tell whether the promise is kept."""
    floor = http.median("floor")
    seen, unseen = (within.difference(name, "floor") for name in ("seen", "unseen"))
    print(f"\n{'added to a read':36}{'':>10}{'share':>9}{'at most':>9}")
    print(f"{'token seen, by HTTP':46}{http.ratio('checked', 'floor') - 1:9.1%}{SEEN:9.0%}")
    print(f"{'token seen, within a process':36}{seen * 1e6:7.1f} µs{seen / floor:9.1%}{SEEN:9.0%}")
    print(f"{'token not yet seen, within a process':36}{unseen * 1e6:7.1f} µs{unseen / floor:9.1%}{UNSEEN:9.0%}")
    return http.ratio("checked", "floor") - 1 <= SEEN and seen <= SEEN * floor and unseen <= UNSEEN * floor


def main() -> int:
    """Run both; 0 if the promise was kept, 2 if nothing could be measured."""
    parser = argparse.ArgumentParser(description="What authentication adds to a light read.")
    parser.add_argument("--slices", type=int, default=30, help="seconds for each of the three servers")
    slices = parser.parse_args().slices
    try:
        with tempfile.TemporaryDirectory() as folder:
            http, within = across_http(Path(folder), slices), within_a_process(Path(folder) / "within")
    except Restless:
        print(Restless.ADVICE)
        return 2
    kept = is_kept(http, within)
    print("\nkept" if kept else "\nNOT kept")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
