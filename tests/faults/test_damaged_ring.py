"""The folder of keys is damaged under load: service goes on with the ring before, and says so."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.faults.load import steady_load
from tests.live import LiveServer, User, serving, until


def put(ring: Path, data: bytes) -> None:
    """Replace it at once: a file that is half written is another fault, and is told of as one more."""
    beside = ring.parent.with_name("ring-to-be")
    beside.write_bytes(data)
    beside.chmod(0o600)
    beside.replace(ring)


def replace_by_a_folder(ring: Path) -> None:
    ring.unlink()
    ring.mkdir()


DAMAGE: dict[str, Callable[[Path], object]] = {
    "cut in half": lambda ring: put(ring, ring.read_bytes()[: len(ring.read_bytes()) // 2]),
    "unreadable": replace_by_a_folder,
    "garbage": lambda ring: put(ring, os.urandom(500)),
}


def mend(ring: Path, data: bytes) -> None:
    if ring.is_dir():
        ring.rmdir()
    put(ring, data)


def readiness(server: LiveServer) -> set[str]:
    """What the workers say of themselves; enough questions to reach every one of them."""
    return {requests.get(server.url + "/readyz", timeout=5).json()["status"] for _ in range(15)}


def faulty_workers(server: LiveServer) -> float:
    text = requests.get(server.metrics_url, timeout=5).text
    return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith("javumbo_key_ring_faulty "))


@pytest.mark.parametrize("damage", sorted(DAMAGE))
def test_service_goes_on_and_mending_is_noticed(tmp_path: Path, damage: str) -> None:
    with serving(tmp_path) as server:
        user = User(server, "anna").sign_up()
        ring = server.data / "keys" / "ring.json"
        data = ring.read_bytes()
        with steady_load(server, user, expected={200, 201}) as load:
            DAMAGE[damage](ring)
            until(lambda: faulty_workers(server) == 3, seconds=5)
            told = readiness(server)
            seen = sum(load.answers.values())
            until(lambda: sum(load.answers.values()) > seen + 100)

            mend(ring, data)
            until(lambda: faulty_workers(server) == 0, seconds=2)
            told_afterwards = readiness(server)

    assert load.failures == []
    assert told == {"degraded"}
    assert told_afterwards == {"ok"}
    assert server.log.read_text().count("CRITICAL") == 3


def test_a_worker_born_meanwhile_waits_for_the_ring_and_takes_nobody_down(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        user = User(server, "anna").sign_up()
        ring = server.data / "keys" / "ring.json"
        data = ring.read_bytes()
        DAMAGE["garbage"](ring)
        before = set(server.workers())

        os.kill(min(before), signal.SIGKILL)
        until(lambda: len(set(server.workers()) - before) == 1)
        meanwhile = {user.ask("GET", "/v1/decks").status_code for _ in range(60)}
        mend(ring, data)
        until(lambda: {user.ask("GET", "/v1/decks").status_code for _ in range(30)} == {200}, seconds=5)

    assert meanwhile <= {200, 503}
    assert 200 in meanwhile
