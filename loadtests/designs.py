"""The designs that are compared, each a server of its own with one account: one application but for who calls."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from api.store import engine
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

_AT_ONCE = 64

_BLOCK = 512
"""In how many bytes the system counts what a file takes."""


@dataclass
class Client:
    """One connection that is kept, with whatever any design wants to see of its caller; all send the same."""

    connection: HTTPConnection
    username: str
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
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

    def reconnect(self) -> None:
        """Ask over another connection from now on: the server closes one that nobody has used for long."""
        self.connection.close()

    def sign_up(self) -> None:
        """Make an account."""
        self.ask("POST", "/v1/accounts", {**self._credentials, "name": self.username}, 201)

    def sign_in(self) -> Any:
        """Sign in once more, and go on with what that gave."""
        opened = self.ask("POST", "/v1/sessions", self._credentials, 201)
        self.headers |= {
            "Authorization": f"Bearer {opened['access_token']}",
            floor.HEADER: str(opened["user"]["user_id"]),
        }
        self.refresh_token = opened["refresh_token"]
        return opened

    def sign_in_elsewhere(self) -> None:
        """Sign in as from another browser, which has no cookie to name a session that is there."""
        self.reconnect()
        self.headers.pop("Cookie", None)
        self.sign_in()

    def refresh(self) -> None:
        """Exchange the refresh token for the next."""
        body = {"refresh_token": self.refresh_token}
        self.refresh_token = self.ask("POST", "/v1/sessions/refresh", body)["refresh_token"]

    @property
    def _credentials(self) -> dict[str, str]:
        return {"username": self.username, "password": PASSWORD}


@dataclass(frozen=True)
class Running:
    """A design at work: its server, its Redis, and somebody who uses it."""

    server: LiveServer
    redis: RedisProcess
    client: Client
    keeps_rows: bool
    """Whether its sessions are rows of the accounts' database, which the others write as well and make no use of."""

    @property
    def worker(self) -> int:
        """The process id of its one worker."""
        (worker,) = self.server.workers()
        return worker

    def kept_on_disk(self) -> int:
        """How many bytes its sessions take on the disk."""
        folder = self.server.data / "sessions"
        if not self.keeps_rows:
            return sum(file.stat().st_blocks * _BLOCK for file in folder.glob("*"))
        with closing(engine.connect(self.server.data / "accounts.db")) as accounts:
            pages, size = (accounts.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        return int(pages * size)

    def kept_in_redis(self) -> int:
        """How many bytes everything in its Redis takes."""
        with closing(self.redis.client()) as client:
            return sum(client.memory_usage(key) or 0 for key in client.scan_iter())

    def commands(self) -> int:
        """How many commands its Redis has executed so far."""
        with closing(self.redis.client()) as client:
            return int(client.info("stats")["total_commands_processed"])


def _occupy_threads(url: str) -> None:
    # A worker begins a thread where none is free, which is luck where one client asks: and two that take turns cost
    # more than one. So that designs differ in nothing but themselves, all of them have begun all their threads.
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for answer in threads.map(lambda _: requests.get(f"{url}/readyz", timeout=30), range(10 * _AT_ONCE)):
            answer.raise_for_status()


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
        client = Client(connection, "anna")
        client.sign_up()
        client.sign_in()
        _occupy_threads(server.url)
        yield Running(server, redis, client, keeps_rows=app is None)
