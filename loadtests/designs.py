"""The designs that are compared, each a server of its own with one account: one application but for who calls."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from loadtests.baselines import floor
from tests import redis_process
from tests.live import PASSWORD, LiveServer, serving
from tests.redis_process import RedisProcess

DESIGNS = {
    "ours": None,
    "floor": "loadtests.baselines.floor:build()",
    "files": "loadtests.baselines.files:build()",
    "redis": "loadtests.baselines.redis_sessions:build()",
    "flask_stack": "loadtests.baselines.flask_stack:build()",
}
"""By the names that reports have for them: what their workers serve; None is the real thing."""

_CREDENTIALS = {"username": "anna", "password": PASSWORD}


@dataclass
class Client:
    """One connection that is kept, with whatever any design wants to see of its caller; all send the same."""

    connection: HTTPConnection
    headers: dict[str, str] = field(default_factory=dict)
    refresh_token: str = ""

    def ask(self, method: str, path: str, body: Any = None, expected: int = 200) -> Any:
        """Ask, and return the document that is the answer. AssertionError if it is not the status that was expected."""
        self.connection.request(method, path, None if body is None else json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        document = answer.read()
        assert answer.status == expected, document
        for cookie in answer.headers.get_all("Set-Cookie", []):
            if cookie.startswith("session="):
                self.headers["Cookie"] = cookie.partition(";")[0]
        return json.loads(document)

    def sign_in(self) -> Any:
        """Sign in once more, and go on with what that gave."""
        opened = self.ask("POST", "/v1/sessions", _CREDENTIALS, 201)
        self.headers |= {
            "Authorization": f"Bearer {opened['access_token']}",
            floor.HEADER: str(opened["user"]["user_id"]),
        }
        self.refresh_token = opened["refresh_token"]
        return opened

    def refresh(self) -> None:
        """Exchange the refresh token for the next."""
        body = {"refresh_token": self.refresh_token}
        self.refresh_token = self.ask("POST", "/v1/sessions/refresh", body)["refresh_token"]


@dataclass(frozen=True)
class Running:
    """A design at work: its server, its Redis, and somebody who uses it."""

    server: LiveServer
    redis: RedisProcess
    client: Client

    @property
    def worker(self) -> int:
        """The process id of its one worker."""
        (worker,) = self.server.workers()
        return worker

    def commands(self) -> int:
        """How many commands its Redis has executed so far."""
        with closing(self.redis.client()) as client:
            return int(client.info("stats")["total_commands_processed"])


@contextmanager
def running(folder: Path, app: str | None) -> Iterator[Running]:
    """Start a design with one worker, and sign up."""
    folder.mkdir()
    # No design asks Redis to be durable: all are measured with one that only remembers.
    with (
        redis_process.running("--appendonly", "no") as redis,
        serving(folder, app, workers="1", access_ttl="1d", redis_url=redis.url) as server,
        closing(HTTPConnection(urlsplit(server.url).netloc, timeout=30)) as connection,
    ):
        client = Client(connection, {"Content-Type": "application/json"})
        client.ask("POST", "/v1/accounts", {**_CREDENTIALS, "name": "Anna"}, 201)
        client.sign_in()
        yield Running(server, redis, client)
