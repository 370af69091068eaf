"""The application with a wall clock that is wrong by as many seconds as the file `step` in the data folder says."""

import os
from datetime import datetime, timedelta

from api import request_log
from api.app import create_app
from api.services import build_services
from api.settings import Settings
from auth.clock import SystemClock

_settings = Settings.from_environ(os.environ)
_step = _settings.data / "step"


class SteppedClock(SystemClock):
    def now(self) -> datetime:
        wrong_by = int(_step.read_text() or 0) if _step.exists() else 0
        return super().now() + timedelta(seconds=wrong_by)


request_log.configure()
app = create_app(build_services(_settings, clock=SteppedClock()))
