"""The stream between two workers, over a real server."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from auth import revocation_stream
from auth.redis_link import RedisLink
from auth.revocation_stream import BATCH, QUEUED, RevocationStream
from auth.revocations import Revocation, Revocations
from tests import redis_process
from tests.clocks import NOON, ManualClock
from tests.redis_process import RedisProcess

NAME = "https://cards.example:revocations"


class Worker:
    """One worker's end of the stream."""

    def __init__(self, server: RedisProcess) -> None:
        self.clock = ManualClock()
        self.link = RedisLink(server.url, self.clock, pause=lambda: 1.0)
        self.known = Revocations(self.clock, timedelta(minutes=1))
        self.appended: list[str] = []
        self.paused: list[float] = []
        self.stream = RevocationStream(self.link, self.known, NAME, self.appended.append, self.paused.append)
        self.look()

    def look(self) -> None:
        self.clock.advance(timedelta(seconds=1))
        self.link.look()


def revoked(*sids: str) -> list[Revocation]:
    return [Revocation(number, sid, NOON + timedelta(minutes=10)) for number, sid in enumerate(sids, start=1)]


@pytest.fixture
def server() -> Iterator[RedisProcess]:
    with redis_process.running() as server:
        yield server


@pytest.fixture
def here(server: RedisProcess) -> Iterator[Worker]:
    worker = Worker(server)
    yield worker
    worker.link.close()


@pytest.fixture
def there(server: RedisProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    monkeypatch.setattr(revocation_stream, "FEED_BLOCK", 0.02)
    worker = Worker(server)
    worker.stream.listen()
    yield worker
    worker.link.close()


def test_what_one_announces_the_other_learns(here: Worker, there: Worker) -> None:
    here.stream.announce(revoked("a", "b"))
    assert here.known.includes("a")

    here.stream.publish()
    there.stream.listen()

    assert there.known.includes("a")
    assert there.known.includes("b")
    assert there.known.age is None
    assert here.appended == ["ok"]


def test_a_reader_that_waits_hears_of_it_at_once(here: Worker, there: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocation_stream, "FEED_BLOCK", 1.0)
    waiting = threading.Thread(target=there.stream.listen)
    waiting.start()

    here.stream.announce(revoked("a"))
    here.stream.publish()
    waiting.join()

    assert there.known.includes("a")


def test_with_nothing_to_tell_nothing_is_sent(here: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocation_stream, "_WAIT", 0.001)

    here.stream.publish()

    assert here.appended == []


def test_many_go_together_in_batches(here: Worker, there: Worker) -> None:
    sids = [f"{number:022d}" for number in range(2 * BATCH + 1)]
    here.stream.announce(revoked(*sids))

    here.stream.publish()
    there.stream.listen()

    assert len(there.known) == len(sids)
    assert here.appended == ["ok"] * 3


def test_announcing_never_waits_and_never_grows_without_bound(here: Worker, server: RedisProcess) -> None:
    server.freeze()

    for _ in range(3):
        here.stream.announce(revoked(*(f"{number:022d}" for number in range(QUEUED // 2))))

    assert len(here.stream._queue) == QUEUED


def test_without_redis_it_is_told_to_nobody_and_counted(
    here: Worker, server: RedisProcess, caplog: pytest.LogCaptureFixture
) -> None:
    server.kill()
    for sid in ("a", "b"):
        here.stream.announce(revoked(sid))
        here.stream.publish()

    assert here.appended == ["down", "down"]
    assert len([line for line in caplog.records if "announced late" in line.message]) == 1

    server.start()
    here.look()
    here.stream.announce(revoked("c"))
    here.stream.publish()
    assert here.appended[-1] == "ok"
    assert "announced again" in caplog.text


def test_a_redis_that_refuses_is_counted_as_such(here: Worker, server: RedisProcess) -> None:
    server.configure("maxmemory", "1")

    here.stream.announce(revoked("a"))
    here.stream.publish()

    assert here.appended == ["refused"]
    assert here.link.is_up


def test_a_listener_without_redis_pauses(there: Worker, server: RedisProcess) -> None:
    server.kill()

    there.stream.listen()
    there.stream.listen()

    assert len(there.paused) == 2


@pytest.mark.parametrize("loss", ["flushed", "empty", "rolled back"])
def test_after_a_loss_it_hears_what_comes(here: Worker, there: Worker, server: RedisProcess, loss: str) -> None:
    server.keep_copy()
    for sid in ("a", "b"):
        here.stream.announce(revoked(sid))
        here.stream.publish()
    there.stream.listen()
    if loss == "flushed":
        with server.client() as client:
            client.flushall()
    else:
        server.restart(empty=loss == "empty", from_copy=loss == "rolled back")
    for worker in (here, there):
        worker.stream.listen()
        worker.look()
    there.stream.listen()

    with server.client() as client:  # an id that is lower than what was read last, as after a step of its clock
        client.xadd(NAME, {"revocations": json.dumps([[9, "c", 1800000000000]])}, id="5-1")
    there.stream.listen()

    assert there.known.includes("c")


@pytest.mark.parametrize("fields", [{"other": "x"}, {"revocations": "{"}, {"revocations": "{}"}])
def test_what_cannot_be_read_is_passed_over(
    here: Worker, there: Worker, server: RedisProcess, fields: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with server.client() as client:
        for _ in range(2):
            client.xadd(NAME, fields)
    here.stream.announce(revoked("a"))
    here.stream.publish()

    there.stream.listen()

    assert there.known.includes("a")
    assert len([line for line in caplog.records if "heard of late" in line.message]) == 1


@pytest.mark.parametrize("item", [5, [], ["1", "a", 5], [1, 2, 3], [1, "a"], [1, "a", 10**18], [1, "a", 1.5]])
def test_what_is_no_revocation_is_passed_over(there: Worker, server: RedisProcess, item: object) -> None:
    with server.client() as client:
        client.xadd(NAME, {"revocations": json.dumps([item])})

    there.stream.listen()

    assert len(there.known) == 0
