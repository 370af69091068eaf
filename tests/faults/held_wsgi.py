"""The application with passwords that are cheap to check, and a check that can be held up.

If there is a file `hold` in the data folder, the next password that was found right is held: there is a file `held`
then with the process id of its worker, and the check returns once that is removed.
"""

import os
import time
from pathlib import Path

from api import request_log
from api.app import create_app
from api.services import build_services
from api.settings import Settings
from auth.passwords import Passwords
from tests.cheap import HASHER
from tests.faults.triggers import used_up


class HeldPasswords(Passwords):
    def __init__(self, data: Path) -> None:
        super().__init__(4, 8, hasher=HASHER)
        self._hold, self._held = data / "hold", data / "held"

    def verify(self, password: str, stored: str | None) -> str | None:
        better = super().verify(password, stored)
        if used_up(self._hold):
            self._held.write_text(str(os.getpid()))
            while self._held.exists():
                time.sleep(0.01)
        return better


request_log.configure()
_settings = Settings.from_environ(os.environ)
app = create_app(build_services(_settings, passwords=HeldPasswords(_settings.data)))
