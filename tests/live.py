"""The real thing: the server as its own processes, and people who use it over HTTP."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.files import query

ROOT = Path(__file__).parents[1]
PASSWORD = "correct horse battery"
NO_LIMITS = {
    f"JAVUMBO_LIMIT_{name}": "25000/1s"
    for name in ("SIGN_UP", "SIGN_IN", "REFRESH", "PASSWORD", "RESET", "API", "REFUSED")
}
"""Everybody in a test is at one address, and most are in a hurry; tests of limits set their own."""

SERVE = [sys.executable, "-m", "api", "serve"]
SERVE_ANOTHER = (
    "import os; from api.server import run; from api.settings import Settings; "
    "run(Settings.from_environ(os.environ), app={!r})"
)


@dataclass
class LiveServer:
    process: "subprocess.Popen[str]"
    url: str
    data: Path
    log: Path
    environ: dict[str, str]
    announced: list[str]

    def keys(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command on the keys, as an operator of this machine does."""
        command = [sys.executable, "-m", "auth", "keys", *arguments]
        return subprocess.run(command, env=self.environ, text=True, capture_output=True, check=False)

    @property
    def metrics_url(self) -> str:
        """Where the metrics are: told at the start, after the address of the service."""
        return self.announced[-1].split()[-1]

    def workers(self) -> list[int]:
        """The process ids of the workers alive now."""
        return [pid for pid in children_of(self.process) if not is_redis(pid)]

    def redis(self) -> int:
        """The process id of the Redis that the service has started."""
        return next(pid for pid in children_of(self.process) if is_redis(pid))

    def collection(self, user_id: int) -> Path:
        return self.data / "collections" / f"user_{user_id}.db"


@contextmanager
def serving(folder: Path, app: str | None = None, **settings: str) -> Iterator[LiveServer]:
    """Run the server on a free port until the block ends. `app` serves another wsgi module than the real one."""
    command = SERVE if app is None else [sys.executable, "-c", SERVE_ANOTHER.format(app)]
    data, log = folder / "data", folder / "server.log"
    environ = {**os.environ, **NO_LIMITS, "JAVUMBO_DATA": str(data), "JAVUMBO_PORT": "0", "PYTHONPATH": str(ROOT)}
    environ |= {f"JAVUMBO_{name.upper()}": value for name, value in settings.items()}
    with log.open("w") as errors:
        process = subprocess.Popen(command, env=environ, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=errors)
    assert process.stdout is not None
    with process, process.stdout:
        try:
            announced = [process.stdout.readline() for _ in range(3)]
            assert "listens on" in announced[0], log.read_text()
            server = LiveServer(process, announced[0].split()[3], data, log, environ, announced)
            until(lambda: is_ready(server.url))
            yield server
        finally:
            stop(process)


def is_ready(url: str) -> bool:
    try:
        return requests.get(url + "/readyz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False  # as while a worker that could not boot is replaced


def children_of(process: "subprocess.Popen[str]") -> list[int]:
    return [int(pid) for pid in _told(Path(f"/proc/{process.pid}/task/{process.pid}/children")).split()]


def is_redis(pid: int) -> bool:
    return _told(Path(f"/proc/{pid}/comm")).strip() in ("valkey-server", "redis-server")


def _told(path: Path) -> str:
    """Read what Linux tells of a process, which may end at any moment."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def stop(process: "subprocess.Popen[str]") -> None:
    """End a server as Ctrl-C would, also when its workers are stopped."""
    for pid in children_of(process):
        os.kill(pid, signal.SIGCONT)
    process.send_signal(signal.SIGINT)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


def until(happens: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something to happen."""
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@dataclass
class User:
    """Somebody with an account. Every request may go to another worker: connections are not kept."""

    server: LiveServer
    username: str
    user_id: int = 0
    token: str = ""
    decks: dict[str, int] = field(default_factory=dict)

    def sign_up(self) -> "User":
        new = {"username": self.username, "name": self.username, "password": PASSWORD}
        self.user_id = self._json("POST", "/v1/accounts", new, 201)["user_id"]
        return self.sign_in()

    def sign_in(self) -> "User":
        credentials = {"username": self.username, "password": PASSWORD}
        self.token = self._json("POST", "/v1/sessions", credentials, 201)["access_token"]
        self.decks = {deck["name"]: deck["id"] for deck in self._json("GET", "/v1/decks", None, 200)["items"]}
        return self

    def add_card(self, front: str, **options: Any) -> requests.Response:
        body = {"front": front, "back": "back"}
        return self.ask("POST", f"/v1/decks/{self.decks['MyFirstDeck']}/cards", body, **options)

    def ask(
        self, method: str, path: str, json: Any = None, via: requests.Session | None = None, timeout: float = 30
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if via is None:
            with requests.Session() as session:
                return session.request(method, self.server.url + path, json=json, headers=headers, timeout=timeout)
        return via.request(method, self.server.url + path, json=json, headers=headers, timeout=timeout)

    def _json(self, method: str, path: str, json: Any, expected: int) -> Any:
        answer = self.ask(method, path, json)
        assert answer.status_code == expected, (method, path, answer.status_code, answer.text)
        return answer.json()


def fronts_in(path: Path) -> list[str]:
    """Return the front of every live note in a collection."""
    rows = query(path, "SELECT fields FROM notes WHERE deleted_at IS NULL")
    return [json.loads(row["fields"])[0] for row in rows]
