"""People who read and people who sign out, while something goes wrong; and who was let in that should not have been."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

import requests

from tests.faults.at_work import at_work
from tests.live import PASSWORD, LiveServer, User

BOUND = 3.0
"""How long after the answer a token may still be accepted somewhere, in seconds, while the accounts can be read."""

LOST = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
"""What a client sees of a worker that is killed before, or while, it answers."""


@dataclass(frozen=True)
class SignedOut:
    token: str
    at: float


@dataclass
class Outage:
    """What went on while it lasted."""

    server: LiveServer
    user: User
    bound: float
    reads: Counter[int] = field(default_factory=Counter)
    others: Counter[int] = field(default_factory=Counter)
    signed_out: list[SignedOut] = field(default_factory=list)
    accepted: list[float] = field(default_factory=list)
    refused: int = 0
    stopping: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    @property
    def served(self) -> float:
        """The share of reads with a good token that were answered with what was asked for."""
        return self.reads[200] / max(1, sum(self.reads.values()))

    def ask(self, method: str, path: str, token: str = "", json: object = None) -> int:
        """Return the status; who meets a worker that is being killed asks once more, as browsers and proxies do."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        for _ in range(3):
            try:
                url = self.server.url + path
                return requests.request(method, url, json=json, headers=headers, timeout=30).status_code
            except LOST:
                continue
        return 0

    def read(self) -> None:
        status = self.ask("GET", "/v1/decks", self.user.token)
        with self.lock:
            self.reads[status] += 1

    def sign_out(self) -> None:
        body = {"username": self.user.username, "password": PASSWORD}
        try:
            signed_in = requests.post(self.server.url + "/v1/sessions", json=body, timeout=30)
        except LOST:
            return
        with self.lock:
            self.others[signed_in.status_code] += 1
        if signed_in.status_code != 201:
            return
        token = signed_in.json()["access_token"]
        for _ in range(3):
            self.ask("GET", "/v1/decks", token)
        status = self.ask("DELETE", "/v1/sessions/current", token)
        with self.lock:
            self.others[status] += 1
            if status == 204:
                self.signed_out.append(SignedOut(token, time.monotonic()))

    def try_again(self) -> None:
        """Ask with a token that nobody may accept any more."""
        with self.lock:
            over = [one for one in self.signed_out if time.monotonic() - one.at > self.bound]
        if not over:
            self.stopping.wait(0.05)
            return
        one = random.choice(over)
        status = self.ask("GET", "/v1/decks", one.token)
        with self.lock:
            self.others[status] += 1
            self.refused += status == 401
            if status == 200:
                self.accepted.append(time.monotonic() - one.at)

    def again_and_again(self, work: Callable[[], None]) -> None:
        while not self.stopping.is_set():
            work()


@contextmanager
def outage(server: LiveServer, user: User, bound: float = BOUND) -> Iterator[Outage]:
    """Let people read, sign out and try again until the block ends, and for as long as the bound after it."""
    found = Outage(server, user, bound)
    work = [found.read, found.read, found.sign_out, found.try_again]
    threads = [Thread(target=found.again_and_again, args=(what,)) for what in work]
    with at_work(threads, found.stopping):
        yield found
