"""The fields that tell where a request stands with the limits (draft-ietf-httpapi-ratelimit-headers-11)."""

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from functools import lru_cache
from wsgiref.types import WSGIEnvironment

from flask import Flask, Response

from auth.policies import Standing

POLICY_FIELD = "RateLimit-Policy"
FIELD = "RateLimit"
FIELDS = (POLICY_FIELD, FIELD)

# Not in Flask's `g`: to find that takes a request as long as all that is done with it here.
_noted: ContextVar[dict[str, Standing] | None] = ContextVar("standings", default=None)


def note(standings: Sequence[Standing]) -> None:
    """Note where the request that is being handled stands, if one is. The newest word on a policy holds."""
    noted = _noted.get()
    if noted is not None:
        for standing in standings:
            noted[standing.policy.name] = standing


def register(app: Flask) -> None:
    """Tell with every answer what was noted."""
    app.before_request(_begin)
    app.response_class = LimitedResponse


def _begin() -> None:
    _noted.set({})


class LimitedResponse(Response):
    """An answer that tells what was noted, beside its own fields and after everybody has seen to them.

    What is among the fields before is gone through and checked once more with each that follows. These are our own
    numbers and names, and this is a fifth of what a caller who is known adds to a request.
    """

    def get_wsgi_response(self, environ: WSGIEnvironment) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """Return the body, the status and the fields."""
        body, status, fields = super().get_wsgi_response(environ)
        if noted := _noted.get():
            fields.append((POLICY_FIELD, ", ".join(map(_declared, noted.values()))))
            fields.append((FIELD, ", ".join(map(_told, noted.values()))))
        # The thread goes on to others.
        _noted.set(None)
        return body, status, fields


def _declared(standing: Standing) -> str:
    policy = standing.policy
    return _written(policy.name, policy.rate.quota, policy.rate.window, policy.rate.burst)


@lru_cache
def _written(name: str, quota: int, window: int, burst: int) -> str:
    parameter = f";javumbo-burst={burst}" if burst != quota else ""
    return f'"{name}";q={quota};w={window // 1000}{parameter}'


def _told(standing: Standing) -> str:
    remaining, wait = standing.outlook
    return f'"{standing.policy.name}";r={remaining};t={wait}'
