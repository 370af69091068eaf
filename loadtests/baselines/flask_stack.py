"""What a Flask developer would reach for: Flask-JWT-Extended with a blocklist, and Flask-Limiter, both on Redis."""

from typing import Any

from apiflask import APIFlask
from flask import Request, Response, json, request
from flask_jwt_extended import JWTManager, create_access_token, get_jwt_identity, verify_jwt_in_request
from flask_jwt_extended.exceptions import NoAuthorizationError
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from redis import Redis

from api.app import create_app
from api.services import Services
from auth.errors import CredentialsMissing
from loadtests.baselines.exchanged import services_from_environ, with_caller

_KEY = "for measuring only, on one machine"
_MANY = "1000000 per minute"
"""A limit that nobody reaches is counted all the same."""


def serve(services: Services) -> APIFlask:
    """Build the application with tokens of the library, which signing in gives instead of ours."""
    app = create_app(with_caller(services, _of_token))
    app.config |= {"JWT_SECRET_KEY": _KEY, "JWT_ACCESS_TOKEN_EXPIRES": services.settings.access_ttl}
    redis = Redis.from_url(services.settings.redis_url)

    def is_blocked(_: dict[str, Any], payload: dict[str, Any]) -> bool:
        return redis.get(f"blocked:{payload['jti']}") is not None

    JWTManager(app).token_in_blocklist_loader(is_blocked)
    Limiter(get_remote_address, app=app, default_limits=[_MANY], storage_uri=_storage(services.settings.redis_url))
    app.after_request(_hand_out)
    return app


def _of_token(_: Request) -> int:
    try:
        verify_jwt_in_request()
    except NoAuthorizationError:
        raise CredentialsMissing from None
    return int(get_jwt_identity())


def _hand_out(response: Response) -> Response:
    if response.status_code == 201 and request.endpoint == "sessions.sign_in":
        body = response.get_json()
        body["access_token"] = create_access_token(identity=str(body["user"]["user_id"]))
        response.set_data(json.dumps(body))
    return response


def _storage(url: str) -> str:
    # What others call a unix:// address has a name of its own there.
    return url.replace("unix://", "redis+unix://", 1)


def build() -> object:
    """Build what a worker serves."""
    return serve(services_from_environ())
