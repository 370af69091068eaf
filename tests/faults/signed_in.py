"""Somebody with the tokens of a session, and what every worker says to a token."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from tests.live import PASSWORD, LiveServer, User, until

REFRESH = "/v1/sessions/refresh"
ASKED, AT_A_TIME = 30, 10
BOUND = 3.0
"""How long after the answer a token may still be accepted somewhere, in seconds."""


@dataclass(frozen=True)
class SignedIn:
    """What a client has after signing in or refreshing."""

    session_id: str
    access: str
    refresh: str

    @classmethod
    def of(cls, answer: requests.Response) -> "SignedIn":
        body = answer.json()
        assert answer.status_code in (200, 201), answer.text
        return cls(body["session_id"], body["access_token"], body["refresh_token"])


def sign_in(server: LiveServer, username: str, password: str = PASSWORD) -> requests.Response:
    body = {"username": username, "password": password}
    return requests.post(server.url + "/v1/sessions", json=body, timeout=30)


def refresh(server: LiveServer, token: str, address: str = "127.0.0.1") -> requests.Response:
    """Refresh as a client at one of the addresses of this machine, on a connection of its own."""
    with requests.Session() as session:
        session.mount("http://", From(address))
        return session.post(server.url + REFRESH, json={"refresh_token": token}, timeout=30)


def refresh_at_once(server: LiveServer, token: str, times: int) -> list[requests.Response]:
    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(lambda _: refresh(server, token), range(times)))


def everywhere(server: LiveServer, token: str, path: str = "/v1/decks") -> set[int]:
    """The statuses with which a token is answered, by every worker at least once."""
    answers: list[requests.Response] = []
    user = User(server, "", token=token)

    def all_have_answered() -> bool:
        # Several at a time: who asks one after the other may meet the same worker each time.
        with ThreadPoolExecutor(AT_A_TIME) as threads:
            answers.extend(threads.map(lambda _: user.ask("GET", path), range(ASKED)))
        return workers_of(server, answers) >= set(server.workers())

    until(all_have_answered)
    return {answer.status_code for answer in answers}


def until_refused(server: LiveServer, *tokens: str, path: str = "/v1/decks") -> None:
    """Wait until every worker refuses the tokens; it must not take longer than is promised."""
    until(lambda: all(everywhere(server, token, path) == {401} for token in tokens), BOUND)


def workers_of(server: LiveServer, answers: Sequence[requests.Response]) -> set[int]:
    """The workers that gave the answers, by their log."""
    asked = {answer.headers["X-Request-ID"] for answer in answers}
    lines = [line for line in server.log.read_text().splitlines() if value_in(line, "request_id") in asked]
    return {int(value_in(line, "worker")) for line in lines}


def value_in(line: str, name: str) -> str:
    """A value of a log line, or nothing."""
    _, _, after = line.partition(f" {name}=")
    return after.partition(" ")[0]


def metric(server: LiveServer, sample: str) -> float:
    """A number of all workers together; a sample that is not there has never been counted."""
    lines = requests.get(server.metrics_url, timeout=5).text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(sample + " "))


class From(HTTPAdapter):
    """Connects from an address of this machine."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, source_address=(self._address, 0), **more)
