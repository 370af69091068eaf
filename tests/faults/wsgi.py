"""The application with collections that stop their own process in the middle of a write, when told to.

A write of user 7 stops its worker (SIGSTOP), with the lock held and nothing committed, if there is a
file `stop_7` in the data folder; the file is used up by that.
"""

import os
import signal
import threading
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


class StoppingCollections(SqliteCollections):
    def __init__(self, settings: Settings) -> None:
        self._data = settings.data
        pool = Pool(100, Patience(settings.write_timeout.total_seconds(), waiting=3))
        super().__init__(
            settings.collections_folder, pool, SystemClock(), has_account=lambda _: True, quota=settings.quota
        )

    @contextmanager
    def writing(self, user_id: int, purpose: Purpose = Purpose.CHANGE) -> Iterator[Collection]:
        with super().writing(user_id, purpose) as collection:
            yield collection
            if used_up(self._data / f"stop_{user_id}"):
                # To this thread: sent to the process, another may take it, and this one go on to the commit.
                signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


request_log.configure()
_settings = Settings.from_environ(os.environ)
app = create_app(replace(build_services(_settings), collections=StoppingCollections(_settings)))
