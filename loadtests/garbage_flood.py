"""How much one attacker's flood of garbage tokens slows down everybody else.

    python -m loadtests.garbage_flood [--slices 30] [--connections 8]

Readers with good tokens ask the real server, at its default limits, as fast as it answers. In slices of a second, by
turns, a process at another address sends tokens of ours with a signature that is not, over several connections and as
fast as they are answered; or nothing, which is measured twice for the control.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing.synchronize import Event
from pathlib import Path
from threading import Barrier, Thread
from urllib.parse import urlsplit

from loadtests.measuring import Measured, Restless, by_turns
from tests.live import LiveServer, User, serving

SECOND = 1.0
READERS = 4
ATTACKER, OTHERS = "127.0.0.9", "127.0.0.1"
SLOWER = 1.1
"""What a read may take during the flood, in times of what it takes without."""

LIMITS = {"limit_refused": "600/1m", "limit_sign_up": "60/1m", "limit_sign_in": "10/1m"}
"""The defaults, which tests turn off. Readers are let read as much as they like: they are to feel the flood alone."""


@dataclass(frozen=True)
class Readers:
    """Several clients, each with a kept connection and a good token."""

    connections: list[HTTPConnection]
    path: str
    token: str

    def slice(self) -> float:
        """Read for a second; return the seconds that each read took of it."""
        barrier, counted = Barrier(len(self.connections)), Counter[int]()
        threads = [
            Thread(target=self._read, args=(number, barrier, counted)) for number in range(len(self.connections))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return SECOND / counted.total()

    def _read(self, number: int, barrier: Barrier, counted: Counter[int]) -> None:
        barrier.wait()
        until = time.monotonic() + SECOND
        while time.monotonic() < until:
            status = ask(self.connections[number], self.path, self.token)
            assert status == 200, status
            counted[number] += 1


@dataclass(frozen=True)
class Attack:
    """A process of its own, which floods while it is told to."""

    going: Event

    def during(self, readers: Readers) -> float:
        """Read for a second during the flood."""
        self.going.set()
        try:
            return readers.slice()
        finally:
            self.going.clear()


def ask(connection: HTTPConnection, path: str, token: str) -> int:
    """Ask once; return the status."""
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def connect(url: str, address: str) -> HTTPConnection:
    """Return a connection from an address of this machine."""
    return HTTPConnection(urlsplit(url).netloc, timeout=30, source_address=(address, 0))


def flood(
    url: str, path: str, token: str, connections: int, going: Event, answers: "multiprocessing.Queue[int]"
) -> None:
    """Send the token over and over while told to, in the process of the attacker."""
    for _ in range(connections):
        Thread(target=_flood, args=(url, path, token, going, answers), daemon=True).start()
    time.sleep(86400)


def _flood(url: str, path: str, token: str, going: Event, answers: "multiprocessing.Queue[int]") -> None:
    with closing(connect(url, ATTACKER)) as connection:
        while going.wait():
            answers.put(ask(connection, path, token))


@contextmanager
def attacking(server: LiveServer, path: str, token: str, connections: int) -> Iterator[Attack]:
    """Begin the attacker's process, print at the end what it was answered."""
    context = multiprocessing.get_context("spawn")
    going, answers = context.Event(), context.Queue()
    process = context.Process(target=flood, args=(server.url, path, token, connections, going, answers), daemon=True)
    process.start()
    try:
        yield Attack(going)
    finally:
        process.kill()
        process.join()
    told = Counter(answers.get() for _ in range(answers.qsize()))
    print(f"the attacker was answered {told.total()} times: {dict(sorted(told.items()))}")


def with_another_signature(token: str) -> str:
    """Return a token that costs the most to refuse: all of it is ours but the signature."""
    signed, _, signature = token.rpartition(".")
    return f"{signed}.{signature[:20]}{'A' if signature[20] != 'A' else 'B'}{signature[21:]}"


def measured(folder: Path, slices: int, connections: int) -> Measured:
    """Measure what a read takes with and without the flood. Restless."""
    with ExitStack() as stack:
        server = stack.enter_context(serving(folder, access_ttl="1d", **LIMITS))
        anna = User(server, "anna").sign_up()
        path = f"/v1/cards/{anna.add_card('front').json()['cards'][0]['id']}"
        opened = [stack.enter_context(closing(connect(server.url, OTHERS))) for _ in range(READERS)]
        readers = Readers(opened, path, anna.token)
        attack = stack.enter_context(attacking(server, path, with_another_signature(anna.token), connections))
        attack.during(readers)  # what is let through before the limit is reached
        kinds = {"flooded": lambda: attack.during(readers), "calm": readers.slice, "control": readers.slice}
        found = by_turns(kinds, slices)
    if not found.is_steady("calm"):
        raise Restless
    return found


def main() -> int:
    """Run it; 0 if the promise was kept, 2 if nothing could be measured."""
    parser = argparse.ArgumentParser(description="How much a flood of garbage tokens slows down everybody else.")
    parser.add_argument("--slices", type=int, default=30, help="seconds of each kind")
    parser.add_argument("--connections", type=int, default=8, help="connections of the attacker")
    chosen = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = measured(Path(folder), chosen.slices, chosen.connections)
    except Restless:
        print(Restless.ADVICE)
        return 2
    ratio, (lower, upper) = found.ratio("flooded", "calm"), found.quartiles("flooded", "calm")
    print(f"reads a second without the flood: {1 / found.median('calm'):.0f}")
    print(f"a read during the flood takes {ratio:.3f}x (quartiles {lower:.3f} to {upper:.3f}; at most {SLOWER})")
    print(f"the control: {found.ratio('control', 'calm'):.3f}x")
    return 0 if ratio <= SLOWER else 1


if __name__ == "__main__":
    sys.exit(main())
