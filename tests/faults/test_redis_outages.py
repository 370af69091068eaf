"""Redis is lost in every way there is, under load: who signed out stays out, nobody else notices, and it mends."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests import redis_process
from tests.faults.outage import outage
from tests.live import LiveServer, User, serving, until
from tests.redis_process import RedisProcess

Fault = Callable[[LiveServer, RedisProcess, float], None]


def killed(_: LiveServer, redis: RedisProcess, seconds: float) -> None:
    redis.kill()
    time.sleep(seconds)
    redis.start()


def frozen(_: LiveServer, redis: RedisProcess, seconds: float) -> None:
    redis.freeze()
    time.sleep(seconds)
    redis.thaw()


def restarted_empty(_: LiveServer, redis: RedisProcess, seconds: float) -> None:
    for _round in range(2):
        redis.restart(empty=True)
        time.sleep(seconds / 2)


def rolled_back(_: LiveServer, redis: RedisProcess, seconds: float) -> None:
    redis.keep_copy()
    time.sleep(seconds / 2)
    redis.restart(from_copy=True)
    time.sleep(seconds / 2)


def flushed(_: LiveServer, redis: RedisProcess, seconds: float) -> None:
    for _round in range(8):
        with redis.client() as client:
            client.flushall()
        time.sleep(seconds / 8)


def out_of_memory(_: LiveServer, redis: RedisProcess, seconds: float) -> None:
    redis.configure("maxmemory", "1")
    time.sleep(seconds)
    redis.configure("maxmemory", "0")


def refusing_writes(_: LiveServer, redis: RedisProcess, seconds: float) -> None:
    redis.configure("min-replicas-to-write", "1")
    time.sleep(seconds)
    redis.configure("min-replicas-to-write", "0")


def evicting(_: LiveServer, redis: RedisProcess, seconds: float) -> None:
    """Found at the reconnect, and treated as down."""
    redis.configure("maxmemory-policy", "allkeys-lru")
    with redis.client() as client:
        client.client_kill_filter(_type="normal", skipme=True)
    time.sleep(seconds)
    redis.configure("maxmemory-policy", "noeviction")


def cut_off_from_one(server: LiveServer, redis: RedisProcess, seconds: float) -> None:
    link = redis.socket.with_name(f"redis-{server.workers()[0]}.sock")
    link.unlink()
    with redis.client() as client:
        client.client_kill_filter(_type="normal", skipme=True)
    time.sleep(seconds)
    link.symlink_to(redis.socket)


def killed_with_the_workers(server: LiveServer, redis: RedisProcess, seconds: float) -> None:
    redis.kill()
    until_then = time.monotonic() + seconds
    while time.monotonic() < until_then:
        os.kill(server.workers()[0], signal.SIGKILL)
        time.sleep(seconds / 4)
    redis.start()


def killed_while_the_accounts_are_slow(server: LiveServer, redis: RedisProcess, seconds: float) -> None:
    (server.data / "slow").touch()
    redis.kill()
    time.sleep(seconds)
    redis.start()
    (server.data / "slow").unlink()


FAULTS: list[Fault] = [
    killed,
    frozen,
    restarted_empty,
    rolled_back,
    refusing_writes,
    cut_off_from_one,
    killed_with_the_workers,
]
ALIKE: list[Fault] = [flushed, out_of_memory, evicting, killed_while_the_accounts_are_slow]
"""What a worker meets in the same way as one of the others."""

CASES = [
    *(pytest.param(fault, 8, id=fault.__name__) for fault in FAULTS),
    *(pytest.param(fault, 60, id=f"{fault.__name__}-long", marks=pytest.mark.long) for fault in FAULTS + ALIKE),
]


def is_well(server: LiveServer) -> bool:
    """Ask often enough to reach every worker."""
    told = [requests.get(server.url + "/readyz", timeout=10).json() for _ in range(15)]
    return all(one["status"] == "ok" for one in told)


@pytest.mark.parametrize(("fault", "seconds"), CASES)
def test_who_signed_out_stays_out_and_everybody_else_is_served(tmp_path: Path, fault: Fault, seconds: int) -> None:
    with (
        redis_process.running() as redis,
        serving(tmp_path, app="tests.faults.outage_wsgi:app", redis_url=redis.url, revocation_max_age="5s") as server,
    ):
        user = User(server, "anna").sign_up()
        until(lambda: is_well(server))
        with outage(server, user) as found:
            time.sleep(0.5)
            fault(server, redis, seconds)
            time.sleep(1)
        until(lambda: is_well(server), seconds=10)

    assert found.accepted == []
    assert 500 not in found.reads + found.others
    assert found.served >= 0.999, found.reads
    assert found.others[204] > 5
    assert found.refused > 20
