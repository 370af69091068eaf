"""What is done to a service while people use it, step by step."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator

from tests.faults.load import Token
from tests.faults.outage import BOUND
from tests.faults.signed_in import SignedIn, sign_in
from tests.live import LiveServer, User, until
from tests.redis_process import RedisProcess

Disturbance = Callable[[LiveServer, RedisProcess], Iterator[str]]
"""Yields what it has done, each time it has. AssertionError if it could not be done, or had no effect."""

_CALM = 2.0
_OUTAGE = BOUND + 2
"""So long that a token of which a worker does not hear would be accepted beyond the bound, in seconds."""
_KILLING = 8.0
_OPERATOR = "operator"
_LEAD = 2
_UNTIL_REFRESHED = 4
"""So many seconds after a key begins to sign, everybody has exchanged the token of the key before."""


def nothing(_server: LiveServer, _redis: RedisProcess) -> Iterator[str]:
    """Leave people alone."""
    yield from ()


def rotations(server: LiveServer, _redis: RedisProcess) -> Iterator[str]:
    """Rotate the key that signs twice, as an operator does."""
    User(server, _OPERATOR).sign_up()
    for algorithm in ("ES256", "EdDSA"):
        yield from _rotation(server, algorithm)
        time.sleep(_UNTIL_REFRESHED)


def _rotation(server: LiveServer, algorithm: str) -> Iterator[str]:
    rotated = server.keys("rotate", "--purpose", "session", "--alg", algorithm, "--lead", f"{_LEAD}s")
    assert rotated.returncode == 0, rotated.stderr
    yield f"{algorithm} key published"
    time.sleep(_LEAD)
    until(lambda: _signed_now(server).algorithm == algorithm)
    yield f"{algorithm} key signs"


def _signed_now(server: LiveServer) -> Token:
    return Token.read(SignedIn.of(sign_in(server, _OPERATOR)).access)


def outages(_server: LiveServer, redis: RedisProcess) -> Iterator[str]:
    """Freeze Redis for a while, and then kill it; at the end, wait until nothing it has missed may matter any more."""
    time.sleep(_CALM)
    redis.freeze()
    yield "Redis frozen"
    time.sleep(_OUTAGE)
    redis.thaw()
    yield "Redis goes on"
    time.sleep(_CALM)
    redis.kill()
    yield "Redis killed"
    time.sleep(_OUTAGE)
    redis.start()
    yield "Redis started again"
    time.sleep(BOUND + 1)


def kills(server: LiveServer, _redis: RedisProcess) -> Iterator[str]:
    """Kill one worker after the other, faster than they can settle."""
    drawn, deadline = random.Random(0), time.monotonic() + _KILLING
    while time.monotonic() < deadline:
        time.sleep(drawn.uniform(0.2, 0.5))
        for pid in server.workers()[:1]:
            os.kill(pid, signal.SIGKILL)
            yield "worker killed"
