"""The application with collections that kill their own worker between the commit and the answer, when told to.

A write that has been committed kills its worker if there is a file `kill` in the data folder, which is used up by that.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from api import request_log
from api.app import create_app
from api.services import build_services
from api.settings import Settings
from api.store.collection import Collection
from api.store.collections import SqliteCollections
from api.store.pool import Pool
from api.store.quota import Purpose
from api.store.write_lock import Patience
from auth.clock import SystemClock
from tests.faults.triggers import used_up


class KillingCollections(SqliteCollections):
    def __init__(self, settings: Settings) -> None:
        self._kill = settings.data / "kill"
        pool = Pool(100, Patience(settings.write_timeout.total_seconds(), settings.waiting_threads))
        super().__init__(
            settings.collections_folder, pool, SystemClock(), has_account=lambda _: True, quota=settings.quota
        )

    @contextmanager
    def writing(self, user_id: int, purpose: Purpose = Purpose.CHANGE) -> Iterator[Collection]:
        with super().writing(user_id, purpose) as collection:
            yield collection
        if used_up(self._kill):
            os.kill(os.getpid(), signal.SIGKILL)


request_log.configure()
_settings = Settings.from_environ(os.environ)
app = create_app(replace(build_services(_settings), collections=KillingCollections(_settings)))
