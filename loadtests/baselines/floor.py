"""No check of who calls: the header `X-Caller` is believed.

It is the floor that the cost of authentication is told in, for all else of a request is the same. Only this exists
without a check, and only here.
"""

from flask import Request

from api.app import create_app
from api.services import Services
from auth.errors import CredentialsMissing
from loadtests.baselines.exchanged import services_from_environ, with_caller

HEADER = "X-Caller"


def without_check(services: Services) -> Services:
    """Return services that take whoever a request names for its caller."""
    return with_caller(services, _named)


def _named(request: Request) -> int:
    try:
        return int(request.headers[HEADER])
    except (KeyError, ValueError):
        raise CredentialsMissing from None


def build() -> object:
    """Build what a worker serves."""
    return create_app(without_check(services_from_environ()))
