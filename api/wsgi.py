"""What a worker imports: the one module that builds anything when it is."""

import os

from api import request_log
from api.app import create_app
from api.services import build_services
from api.settings import Settings

request_log.configure()
app = create_app(build_services(Settings.from_environ(os.environ)))
