"""What it costs a worker to authenticate a token that it has seen, and what it takes to remember it."""

import gc
import math
import random
import time
import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle, islice
from typing import Any

from flask import Flask, Request
from werkzeug.test import EnvironBuilder, run_wsgi_app

from api.app import create_app
from api.services import Services
from auth.claims import Claims
from loadtests.capacity.turns import turns
from loadtests.measuring import Measured, Sample, Work

VISITS = 20
"""How often each token has been seen before it is measured once more."""
_LEAST = 50
"""Requests in a slice."""


@dataclass(frozen=True)
class Shown:
    """A worker, the tokens that it is shown, and a card of whoever has the first of them."""

    services: Services
    tokens: Sequence[str]
    card_id: int


@dataclass
class TimedAuthenticator:
    """Authenticates whoever calls, but lets them all read as one person; counts the thread time of the former.

    So it has the surroundings that it has in a worker, which does much else between two tokens, and all else is the
    same for every number of them. Nothing but authentication in a row would find its code and data at hand.
    """

    services: Services
    reader: Claims
    spent: float = 0.0

    def __call__(self, request: Request) -> Claims:
        """Return the claims of the one reader."""
        began = time.thread_time()
        self.services.authenticate(request)
        self.spent += time.thread_time() - began
        return self.reader


def costs_of(shown: Mapping[str, Shown], control: str, slices: int) -> Measured:
    """Measure what authentication costs workers, by name, for each token that they are shown."""
    for one in shown.values():
        show(one.services, one.tokens, VISITS)
    most = max(len(one.tokens) for one in shown.values())
    requests = max(_LEAST, math.ceil(most / slices))
    return turns("authentication", {name: _sample(one, requests) for name, one in shown.items()}, control, slices)


def show(services: Services, tokens: Sequence[str], times: int = 1) -> None:
    """Let a worker see tokens."""
    environ = EnvironBuilder().get_environ()
    for token in islice(_shuffled(tokens), times * len(tokens)):
        services.authenticate(Request(_with(environ, token)))


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


def _sample(shown: Shown, requests: int) -> Sample:
    environ = EnvironBuilder(path=f"/v1/cards/{shown.card_id}").get_environ()
    reader = shown.services.authenticate(Request(_with(environ, shown.tokens[0])))
    timed = TimedAuthenticator(shown.services, reader)
    app, tokens = create_app(replace(shown.services, authenticate=timed)), _shuffled(shown.tokens)

    def sample() -> float:
        timed.spent = 0.0
        for token in islice(tokens, requests):
            _read(app, _with(environ, token))
        return timed.spent / requests

    return sample


def _read(app: Flask, environ: dict[str, Any]) -> None:
    body, status, _ = run_wsgi_app(app, environ, buffered=True)
    assert status == "200 OK", b"".join(body)


def _with(environ: Mapping[str, Any], token: str) -> dict[str, Any]:
    return {**environ, "HTTP_AUTHORIZATION": f"Bearer {token}"}


def _shuffled(tokens: Sequence[str]) -> Iterator[str]:
    return cycle(random.Random(len(tokens)).sample(tokens, len(tokens)))
