"""Are people mixed up? Many at once ask who they are, under each design, and each answer is compared with who asked.

    python -m loadtests mix-ups [--seconds 20]

Three workers; 24 people with a connection each, who ask as fast as they are answered. It is what people suspected of
session files, and what no reasoning about the code can count.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from rich.progress import track

from loadtests import results
from loadtests.connections import ask_for
from loadtests.designs import DESIGNS, Client
from tests import redis_process
from tests.live import serving

KEPT = ("ours", "files", "redis")
"""The designs that keep who somebody is anywhere but in the request's own text, and ours."""
PEOPLE = 24


@dataclass
class Count:
    """What was answered to those who asked who they are."""

    design: str
    attempts: int = 0
    mixed_up: int = 0
    """Answers that named somebody else."""
    refused: int = 0
    """Answers that named nobody: whoever asked was signed out, or the service failed."""


class Asker:
    """Asks over and over who it is."""

    def __init__(self, client: Client, user_id: int, count: Count) -> None:
        """Ask as somebody who is signed in."""
        headers = "".join(f"{name}: {value}\r\n" for name, value in client.headers.items())
        self._request = f"GET /v1/accounts/me HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()
        self._user_id = user_id
        self._count = count

    def request(self) -> bytes:
        """Return the request, which is always the same."""
        return self._request

    def answered(self, answer: bytes, _seconds: float) -> None:
        """Compare who was named with who has asked."""
        self._count.attempts += 1
        head, _, body = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            self._count.refused += 1
        elif json.loads(body)["user_id"] != self._user_id:
            self._count.mixed_up += 1

    def broken(self) -> None:
        """Count a connection that broke as an answer that named nobody."""
        self._count.attempts += 1
        self._count.refused += 1


def count(folder: Path, design: str, seconds: float) -> Count:
    """Let everybody ask for so long under one design."""
    with redis_process.running() as redis, serving(folder, DESIGNS[design], workers="3", redis_url=redis.url) as server:
        counted = Count(design)
        askers = [_signed_in(server.url, f"person {number}", counted) for number in range(PEOPLE)]
        ask_for(server.url, askers, seconds)
        return counted


def _signed_in(url: str, name: str, counted: Count) -> Asker:
    with _client(url, name) as client:
        return Asker(client, int(client.sign_in()["user"]["user_id"]), counted)


@contextmanager
def _client(url: str, name: str) -> Iterator[Client]:
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
        client = Client(connection, name)
        client.sign_up()
        yield client


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--seconds", type=float, default=20.0, help="how long people ask under each design (20)")
    parser.add_argument("--json", type=Path, help="file to write the results to")


def run(arguments: argparse.Namespace) -> int:
    """Count; 0 if ours mixes nobody up and refuses nobody, 1 if it does."""
    with tempfile.TemporaryDirectory() as folder:
        counts = []
        for design in track(KEPT, description="mix-ups"):
            (Path(folder) / design).mkdir()
            counts.append(count(Path(folder) / design, design, arguments.seconds))
    if arguments.json is not None:
        results.write(arguments.json, [asdict(one) for one in counts])
    for one in counts:
        print(f"{one.design:8}{one.attempts:8} attempts{one.mixed_up:6} mixed up{one.refused:6} refused")
    ours = next(one for one in counts if one.design == "ours")
    return int(ours.mixed_up + ours.refused > 0)
