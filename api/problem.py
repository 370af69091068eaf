"""One kind of problem: how an error is told to the client (RFC 9457)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from api.shapes import FieldError

CHALLENGE = 'Bearer realm="javumbo"'
RETRY = {"Retry-After": "2"}
REGISTERED = frozenset({"quota-exceeded", "temporary-reduced-capacity"})
"""Problems that are not of our making (draft-ietf-httpapi-ratelimit-headers-11 §5)."""


@dataclass(frozen=True)
class Problem:
    """How one kind of error is told to the client."""

    status: HTTPStatus
    code: str
    title: str
    detail: Callable[[Any], str]
    headers: Callable[[Any], dict[str, str]] = lambda _: {}
    members: Callable[[Any], dict[str, Any]] = lambda _: {}
    level: int = logging.INFO


def says(text: str) -> Callable[[Any], str]:
    """Return the detail of a problem that is always told alike."""
    return lambda _: text


def invalid(location: Literal["body", "query", "header"], name: str, message: str) -> Problem:
    """Return the problem of one part of a request that is not as it must be."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid-input",
        "The request does not have the form it must have",
        says("See 'errors' for each part that is wrong."),
        members=lambda _: {"errors": [field_error(location, name, message)]},
    )


INVALID_TOKEN = Problem(
    HTTPStatus.UNAUTHORIZED,
    "invalid-token",
    "The access token is not valid",
    # One text for every reason: which check failed is nobody's business but the log's.
    says("The access token is expired, revoked, malformed or not meant for this service. Sign in again."),
    lambda _: {
        "WWW-Authenticate": f'{CHALLENGE}, error="invalid_token", error_description="The access token is not valid"'
    },
)


def limited(status: HTTPStatus, code: str, title: str, detail: str, level: int) -> Problem:
    """Return the problem of a request that a limit refuses."""
    return Problem(
        status,
        code,
        title,
        lambda error: detail.format(policies=" and ".join(error.policies), wait=error.wait),
        lambda error: {"Retry-After": str(error.wait)},
        members=lambda error: {"violated-policies": list(error.policies)},
        level=level,
    )


UNAVAILABLE = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "temporarily-unavailable",
    "The service cannot answer this at the moment",
    says("Nothing was changed. Try again in a moment."),
    lambda _: RETRY,
    level=logging.ERROR,
)


def field_error(location: Any, name: str, message: str) -> dict[str, str]:
    """Say what is wrong with one part of a request."""
    return FieldError(location=location, field=name, message=message).model_dump()
