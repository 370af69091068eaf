"""Every design within one process: thread time of a light read, which knows nothing of who was started when.

It confirms what is measured across HTTP, where one process has an advantage over another for as long as it lives.
What the background does is not in it, and neither is what Redis does itself.
"""

import logging
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from api.app import create_app
from api.server import prepare
from api.services import Services, build_services
from api.settings import Settings
from auth.clock import SystemClock
from loadtests.baselines import files, flask_stack, floor, redis_sessions
from loadtests.measuring import Measured, Work, measure
from tests import redis_process
from tests.callers import sign_in, sign_up
from tests.live import NO_LIMITS

SLICES = 300

# A Redis that only remembers is meant here, and nobody need be warned of it.
logging.getLogger("javumbo.redis").addHandler(logging.NullHandler())

SERVE: Mapping[str, Callable[[Services], Flask]] = {
    "ours": create_app,
    "floor": lambda services: create_app(floor.without_check(services)),
    "files": files.serve,
    "redis": redis_sessions.serve,
    "flask_stack": flask_stack.serve,
}
"""The designs by their names: each an application over the same services."""


@dataclass(frozen=True)
class SignedIn:
    """A design, and somebody who is signed in there and has a card."""

    app: Flask
    path: str
    headers: Mapping[str, str]


def designs(slices: int = SLICES) -> Measured:
    """Measure a light read under each design, by turns, and the floor once more as `control`. Restless."""
    with signed_in(SERVE) as found:
        return measure({name: read(one.app, one.path, one.headers) for name, one in found.items()}, "floor", slices)


@contextmanager
def signed_in(names: Collection[str]) -> Iterator[dict[str, SignedIn]]:
    """Build designs over the same services, and sign in at each as the same person."""
    with (
        tempfile.TemporaryDirectory() as folder,
        redis_process.running("--appendonly", "no") as redis,
        closing(services_in(Path(folder), redis.url)) as services,
    ):
        anna = sign_up(create_app(services).test_client(), "anna")
        path = f"/v1/cards/{anna.add_card()['id']}"
        yield {name: SignedIn(app, path, _headers(app)) for name in names for app in [SERVE[name](services)]}


def services_in(folder: Path, redis_url: str = "") -> Services:
    """Return the services of a worker that has begun. Limits that nobody reaches are counted all the same."""
    environ = {**NO_LIMITS, "JAVUMBO_DATA": str(folder), "JAVUMBO_ACCESS_TTL": "1d", "JAVUMBO_REVOCATION_MAX_AGE": "1d"}
    settings = Settings.from_environ({**environ, "JAVUMBO_REDIS_URL": redis_url})
    prepare(settings, SystemClock().now())
    services = build_services(settings)
    if services.redis is not None:
        services.redis.look()
    services.follower.read()
    return services


def read(app: Flask, path: str, headers: Mapping[str, str]) -> Work:
    """Return the work of asking an application for the same thing, and checking the answer."""
    return partial(_ask, app, EnvironBuilder(path=path, headers=Headers(headers)))


def _headers(app: Flask) -> dict[str, str]:
    client = app.test_client()
    anna = sign_in(client, "anna")
    cookie = client.get_cookie("session")
    headers = {"Authorization": f"Bearer {anna.token}", floor.HEADER: str(anna.user_id)}
    return headers | ({"Cookie": f"session={cookie.value}"} if cookie else {})


def _ask(app: Flask, request: EnvironBuilder) -> None:
    body, status, _ = run_wsgi_app(app, request.get_environ(), buffered=True)
    assert status == "200 OK", b"".join(body)
