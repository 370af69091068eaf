"""People who sign in, read and write without a pause, and whatever they were answered."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

import jwt
import requests

from tests.live import PASSWORD, LiveServer, User

IN_FLIGHT = 0.5
"""A token this close to its end, in seconds, may run out on the way."""


@dataclass(frozen=True)
class Token:
    text: str
    kid: str
    algorithm: str
    expires: float

    @classmethod
    def read(cls, text: str) -> "Token":
        header = jwt.get_unverified_header(text)
        payload = jwt.decode(text, options={"verify_signature": False})
        return cls(text, header["kid"], header["alg"], float(payload["exp"]))

    def lives(self) -> bool:
        return time.time() < self.expires - IN_FLIGHT


@dataclass
class Load:
    """What went on while it lasted. Anything unforeseen is in `failures`."""

    server: LiveServer
    expected: set[int]
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    stopping: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    def living(self) -> list[Token]:
        """The tokens that should be good now, of every age."""
        with self.lock:
            self.tokens = [token for token in self.tokens if token.lives()]
            return list(self.tokens)

    def newest(self) -> Token:
        with self.lock:
            return self.tokens[-1]

    def note(self, what: str, answer: requests.Response) -> None:
        with self.lock:
            self.answers[what, answer.status_code] += 1
            if answer.status_code not in self.expected:
                self.failures.append(f"{what}: {answer.status_code} {answer.text}")

    def sign_in(self, user: User) -> None:
        body = {"username": user.username, "password": PASSWORD}
        answer = requests.post(self.server.url + "/v1/sessions", json=body, timeout=30)
        self.note("sign in", answer)
        if answer.status_code == 201:
            with self.lock:
                self.tokens.append(Token.read(answer.json()["access_token"]))

    def use_a_token(self, user: User, number: int) -> None:
        living = self.living()
        if not living:
            return
        headers = {"Authorization": f"Bearer {random.choice(living).text}"}
        if number % 2:
            self.note("read", requests.get(self.server.url + "/v1/decks", headers=headers, timeout=30))
        else:
            url = f"{self.server.url}/v1/decks/{user.decks['MyFirstDeck']}/cards"
            body = {"front": f"{number}", "back": "b"}
            self.note("write", requests.post(url, json=body, headers=headers, timeout=30))

    def run(self, user: User, number: int) -> None:
        while not self.stopping.is_set():
            number += 2
            try:
                if number % 12 < 2:
                    self.sign_in(user)
                self.use_a_token(user, number)
            except requests.RequestException as error:
                with self.lock:
                    self.failures.append(repr(error))


@contextmanager
def steady_load(server: LiveServer, user: User, expected: set[int], hands: int = 4) -> Iterator[Load]:
    """Go on until the block ends: one user with several hands, whose tokens are of every age."""
    load = Load(server, expected)
    load.sign_in(user)
    threads = [Thread(target=load.run, args=(user, number)) for number in range(hands)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.stopping.set()
        for thread in threads:
            thread.join()
