"""The fields that tell where a request stands with the limits (draft-ietf-httpapi-ratelimit-headers-11)."""

from collections.abc import Sequence
from functools import lru_cache

from flask import Flask, Response, g, has_request_context

from auth.policies import Policy, Standing

POLICY_FIELD = "RateLimit-Policy"
FIELD = "RateLimit"
FIELDS = (POLICY_FIELD, FIELD)

_NOTED = "standings"


def note(standings: Sequence[Standing]) -> None:
    """Note where the request that is being handled stands, if one is. The newest word on a policy holds."""
    if has_request_context():
        noted = g.setdefault(_NOTED, {})
        for standing in standings:
            noted[standing.policy.name] = standing


def register(app: Flask) -> None:
    """Tell with every answer what was noted."""
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    if noted := g.get(_NOTED):
        response.headers.add(POLICY_FIELD, ", ".join([_declared(one.policy) for one in noted.values()]))
        response.headers.add(FIELD, ", ".join([_told(one) for one in noted.values()]))
    return response


def _declared(policy: Policy) -> str:
    return _written(policy.name, policy.rate.quota, policy.rate.window, policy.rate.burst)


@lru_cache
def _written(name: str, quota: int, window: int, burst: int) -> str:
    parameter = f";javumbo-burst={burst}" if burst != quota else ""
    return f'"{name}";q={quota};w={window // 1000}{parameter}'


def _told(standing: Standing) -> str:
    return f'"{standing.policy.name}";r={standing.remaining};t={standing.wait}'
