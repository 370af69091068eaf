"""The application without any check of who calls: it believes the header `X-Caller`. For measuring only.

It is the floor that the cost of authentication is told in: all else of a request is the same.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

from flask import Request

from api import request_log
from api.app import create_app
from api.services import Services, build_services
from api.settings import Settings
from auth.claims import SESSION_SCOPE, Claims
from auth.clock import SystemClock

HEADER = "X-Caller"


def without_check(services: Services) -> Services:
    """Return services that take whoever a request names for its caller, and let everybody do as much as they like."""
    return replace(services, authenticate=_believer(services.settings), throttle=lambda _caller, _scope: None)


def _believer(settings: Settings) -> Callable[[Request], Claims]:
    now = SystemClock().now()

    # Made once for each caller, as the claims of a token that was seen before are: the floor must not pay for more.
    @cache
    def claims_of(caller: str) -> Claims:
        return Claims(
            issuer=settings.issuer,
            audience=settings.audience,
            user_id=int(caller),
            client_id="web",
            scope=SESSION_SCOPE,
            issued_at=now,
            expires_at=now + timedelta(days=1),
            token_id="T" * 22,
            session_id="S" * 22,
        )

    return lambda request: claims_of(request.headers[HEADER])


def build() -> object:
    """Build what a worker serves."""
    request_log.configure()
    return create_app(without_check(build_services(Settings.from_environ(os.environ))))
