"""The application with passwords that are cheap to check, for load tests that sign in again and again."""

import os

from api import request_log
from api.app import create_app
from api.services import build_services
from api.settings import Settings
from tests.cheap import cheap_passwords


def build() -> object:
    """Build what a worker serves."""
    request_log.configure()
    return create_app(build_services(Settings.from_environ(os.environ), passwords=cheap_passwords()))
