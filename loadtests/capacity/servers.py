"""Servers over one data folder, as on several machines, and people who read their cards from them."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from loadtests.authentication import cpu_of
from loadtests.connections import ask_for
from tests import redis_process
from tests.live import LiveServer, serving


class Reader:
    """Asks for cards over one connection, in a given order."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        """Read on for as long as there are requests."""
        self._requests = requests
        self.asked = 0

    def request(self) -> bytes:
        """Return the next request."""
        return next(self._requests)

    def answered(self, answer: bytes, seconds: float) -> None:  # noqa: ARG002 - what it cost the worker is asked here
        """Count an answer, which must be a card."""
        assert answer.startswith(b"HTTP/1.1 200 "), answer
        self.asked += 1

    def broken(self) -> None:
        """AssertionError: no worker ends while it is measured."""
        raise AssertionError("a connection has broken")


@dataclass(frozen=True)
class Slice:
    """What one slice of time gave: reads per second, and the seconds that all workers spent on each."""

    requests_per_second: float
    cpu_per_request: float


@dataclass(frozen=True)
class Load:
    """A server, and who reads from it."""

    server: LiveServer
    readers: Sequence[Reader]

    def slice(self, seconds: float) -> Slice:
        """Read for so long."""
        asked, spent, began = self._asked(), self._cpu(), time.monotonic()
        ask_for(self.server.url, self.readers, seconds)
        asked, took = self._asked() - asked, time.monotonic() - began
        return Slice(asked / took, (self._cpu() - spent) / asked)

    def warm_up(self, requests: int) -> None:
        """Read until so many more requests were answered."""
        enough = self._asked() + requests
        while self._asked() < enough:
            ask_for(self.server.url, self.readers, 0.5)

    def memory(self) -> int:
        """Return the bytes of memory in which the workers are."""
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.server.workers()]
        return sum(pages) * os.sysconf("SC_PAGE_SIZE")

    def _asked(self) -> int:
        return sum(reader.asked for reader in self.readers)

    def _cpu(self) -> float:
        return sum(map(cpu_of, self.server.workers()))


@contextmanager
def servers_over(data: Path, settings: Mapping[int, dict[str, str]]) -> Iterator[dict[int, LiveServer]]:
    """Start servers with settings of their own, by number."""
    # Of one Redis, as services are that share their data.
    with redis_process.running("--appendonly", "no") as redis, ExitStack() as stack:
        running = {}
        for number, own in settings.items():
            folder = data.with_name(f"server-{number}")
            folder.mkdir()
            server = serving(folder, data=str(data), redis_url=redis.url, access_ttl="1d", **own)
            running[number] = stack.enter_context(server)
        yield running
