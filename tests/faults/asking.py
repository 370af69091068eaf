"""Requests from any address of this machine, each on a connection of its own; and many of them at once."""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, fields, replace
from http.client import HTTPConnection, HTTPMessage
from threading import Barrier
from typing import Any, TypeVar
from urllib.parse import urlsplit

from http_sfv.list import List

from api.settings import Settings
from tests.faults.signed_in import REFRESH, value_in
from tests.live import PASSWORD, LiveServer

CHEAP = "loadtests.cheap_wsgi:build()"
"""The application with passwords that cost next to nothing, where what is tested is not how they are hashed."""

DEFAULTS = {one.name: "" for one in fields(Settings) if one.name.startswith("limit_")}
"""Settings for the limits that the service has unless told otherwise."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class Answer:
    """An answer, and when it arrived."""

    status: int
    headers: HTTPMessage
    body: bytes
    at: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def is_refused(self) -> bool:
        """Whether a limit refused it: everybody's, or the part of it that a worker grants without Redis."""
        return b'#quota-exceeded"' in self.body or b'#temporary-reduced-capacity"' in self.body

    @property
    def policies(self) -> list[str]:
        """The policies that refused it."""
        return list(self.json.get("violated-policies", []))

    @property
    def retry_after(self) -> int:
        return int(self.headers["Retry-After"])

    @property
    def request_id(self) -> str:
        return self.headers["X-Request-ID"]

    def told(self, field: str) -> dict[str, dict[str, Any]]:
        """What a field that is a list says of each policy, read as the standard has it (RFC 9651)."""
        found = List()
        found.parse(self.headers[field].encode())
        return {one.value: dict(one.params) for one in found}


@dataclass(frozen=True)
class Asking:
    """Somebody who asks, from one address. Unless a connection is given, any worker may answer."""

    server: LiveServer
    address: str = "127.0.0.1"
    token: str = ""
    cookie: str = ""

    def connect(self) -> HTTPConnection:
        """Connect. Whoever keeps the connection keeps to one worker."""
        return HTTPConnection(urlsplit(self.server.url).netloc, source_address=(self.address, 0), timeout=30)

    def ask(self, method: str, path: str, body: Any = None, via: HTTPConnection | None = None) -> Answer:
        if via is None:
            with closing(self.connect()) as connection:
                return self.ask(method, path, body, connection)
        via.request(method, path, None if body is None else json.dumps(body), self._headers(body))
        answer = via.getresponse()
        return Answer(answer.status, answer.headers, answer.read(), time.monotonic())

    def _headers(self, body: Any) -> dict[str, str]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.cookie:
            headers["Cookie"] = self.cookie
        return headers

    def sign_up(self, username: str) -> Answer:
        return self.ask("POST", "/v1/accounts", {"username": username, "name": username, "password": PASSWORD})

    def sign_in(self, username: str, password: str = PASSWORD) -> Answer:
        return self.ask("POST", "/v1/sessions", {"username": username, "password": password})

    def refresh(self, token: str = "none of ours") -> Answer:
        return self.ask("POST", REFRESH, {"refresh_token": token})

    def read(self, via: HTTPConnection | None = None) -> Answer:
        return self.ask("GET", "/v1/accounts/me", via=via)


def at_once(hands: int, work: Callable[[int], Result]) -> list[Result]:
    """Let so many hands work, each with its number, none of them before all are ready."""
    ready = Barrier(hands)

    def begin(number: int) -> Result:
        ready.wait(30)
        return work(number)

    with ThreadPoolExecutor(hands) as threads:
        return list(threads.map(begin, range(hands)))


def worker_of_each(server: LiveServer, answers: Sequence[Answer]) -> dict[str, int]:
    """The worker that gave each answer, by the id of the request; the log leaves out most of what is refused."""
    asked = {answer.request_id for answer in answers}
    lines = [line for line in server.log.read_text().splitlines() if value_in(line, "request_id") in asked]
    return {value_in(line, "request_id"): int(value_in(line, "worker")) for line in lines}


def workers_of(server: LiveServer, answers: Sequence[Answer]) -> set[int]:
    """The workers that gave the answers, as far as the log tells."""
    return set(worker_of_each(server, answers).values())


def signed_up(server: LiveServer, username: str) -> Asking:
    """Somebody with an account, who is signed in."""
    asking = Asking(server)
    assert asking.sign_up(username).status == 201
    return replace(asking, token=asking.sign_in(username).json["access_token"])
