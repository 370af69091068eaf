"""The one seam: the application with another authenticator, and all else as it is."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

from flask import Request

from api import request_log
from api.services import Services, build_services
from api.settings import Settings
from auth.claims import SESSION_SCOPE, Claims
from auth.clock import SystemClock

UserIdOf = Callable[[Request], int]
"""Tells whose request it is, from whatever the design looks at. CredentialsMissing."""


def services_from_environ() -> Services:
    """Build the services of a worker, as the real one does."""
    request_log.configure()
    return build_services(Settings.from_environ(os.environ))


def with_caller(services: Services, user_id_of: UserIdOf) -> Services:
    """Return services that ask something else than a token who is calling, and limit nobody."""
    now, settings = SystemClock().now(), services.settings

    # Made once for each caller, as the claims of a token that was seen before are: nobody must pay for more than that.
    @cache
    def claims_of(user_id: int) -> Claims:
        return Claims(
            issuer=settings.issuer,
            audience=settings.audience,
            user_id=user_id,
            client_id="web",
            scope=SESSION_SCOPE,
            issued_at=now,
            expires_at=now + timedelta(days=1),
            token_id="T" * 22,
            session_id="S" * 22,
        )

    return replace(
        services,
        authenticate=lambda request: claims_of(user_id_of(request)),
        throttle=lambda _caller, _scope: None,
    )
