"""Flask-Session on Redis: what was proposed instead of the files."""

from apiflask import APIFlask
from flask_session.redis import RedisSessionInterface  # type: ignore[import-untyped] # it has no types
from redis import Redis

from api.services import Services
from loadtests.baselines import sessions
from loadtests.baselines.exchanged import services_from_environ


def serve(services: Services) -> APIFlask:
    """Build the application with a key for each session, in the Redis of the service."""
    redis = Redis.from_url(services.settings.redis_url)
    return sessions.serve(services, lambda app: RedisSessionInterface(app, redis, use_signer=True))


def build() -> object:
    """Build what a worker serves."""
    return serve(services_from_environ())
