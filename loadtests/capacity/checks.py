"""What it costs a worker to authenticate a token that it has seen, and what it takes to remember it."""

import gc
import math
import random
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from typing import Any

from flask import Request
from werkzeug.test import EnvironBuilder

from api.services import Services
from loadtests.capacity.turns import turns
from loadtests.measuring import Measured, Work

VISITS = 20
"""How often each token is seen, at least."""
_AT_ONCE = 50


@dataclass(frozen=True)
class Checking:
    """Tokens that a worker is shown in turn, each in a request of its own."""

    authenticate: Callable[[Request], object]
    tokens: Iterator[str]
    requests: int
    environ: Mapping[str, Any]

    def slice(self) -> float:
        """Authenticate so many requests; return the thread time that each took."""
        return sum(self._few() for _ in range(self.requests // _AT_ONCE)) / self.requests

    def _few(self) -> float:
        # Made just before, and few at a time: a worker, too, has just read what it looks at.
        requests = [self._request(token) for token in islice(self.tokens, _AT_ONCE)]
        began = time.thread_time()
        for request in requests:
            self.authenticate(request)
        return time.thread_time() - began

    def _request(self, token: str) -> Request:
        return Request({**self.environ, "HTTP_AUTHORIZATION": f"Bearer {token}"})


def costs_of(shown: Mapping[str, tuple[Services, Sequence[str]]], control: str, slices: int) -> Measured:
    """Measure what authentication costs workers, by name, each of which has seen its tokens before."""
    for one in shown.values():
        show(*one)
    most = max(len(tokens) for _, tokens in shown.values())
    requests = VISITS * most / slices
    samples = {name: _checking(*one, requests).slice for name, one in shown.items()}
    return turns("authentication", samples, control, slices)


def show(services: Services, tokens: Sequence[str]) -> None:
    """Let a worker see tokens."""
    _checking(services, tokens, len(tokens)).slice()


def kept_of(services: Services, tokens: Sequence[str]) -> int:
    """Return the bytes in which a worker that has seen none of these tokens remembers them."""
    # One before, so that whatever is made but once is there.
    show(services, tokens[:1])
    services.keystore.ring.memory.forget(tokens[0])
    return kept(partial(show, services, tokens))


def kept(work: Work) -> int:
    """Return the bytes that are in use after work, and were not before."""
    gc.collect()
    tracemalloc.start()
    try:
        work()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def _checking(services: Services, tokens: Sequence[str], requests: float) -> Checking:
    shuffled = random.Random(len(tokens)).sample(tokens, len(tokens))
    environ = EnvironBuilder(path="/v1/cards/1").get_environ()
    return Checking(services.authenticate, cycle(shuffled), _AT_ONCE * math.ceil(requests / _AT_ONCE), environ)
