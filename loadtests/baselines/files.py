"""Flask-Session on the file system, signed, with what it does unless told otherwise: as the old server had it."""

from apiflask import APIFlask
from cachelib import FileSystemCache
from flask_session.cachelib import CacheLibSessionInterface  # type: ignore[import-untyped] # it has no types

from api.services import Services
from loadtests.baselines import sessions
from loadtests.baselines.exchanged import services_from_environ

THRESHOLD = 500
"""How many files there are before the library throws some away, whoever's they are."""


def serve(services: Services) -> APIFlask:
    """Build the application with a file for each session, in the data folder."""
    folder = services.settings.data / "sessions"
    return sessions.serve(
        services,
        lambda app: CacheLibSessionInterface(app, FileSystemCache(str(folder), threshold=THRESHOLD), use_signer=True),
    )


def build() -> object:
    """Build what a worker serves."""
    return serve(services_from_environ())
