"""The application with a way of its own to Redis for each worker, and with accounts that can be made slow.

A worker reaches Redis through the link `redis-<pid>.sock` beside the real socket: without the link, it is cut off.
While there is a file `slow` in the data folder, every look into the accounts takes half a second longer.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from api import request_log
from api.app import create_app
from api.services import build_services
from api.settings import Settings
from api.store.accounts_file import AccountsFile
from api.store.engine import Connection

_settings = Settings.from_environ(os.environ)
_socket = Path(_settings.redis_url.removeprefix("unix://"))
_link = _socket.with_name(f"redis-{os.getpid()}.sock")
_link.symlink_to(_socket)
_reading = AccountsFile.reading


@contextmanager
def reading(self: AccountsFile) -> Iterator[Connection]:
    if (_settings.data / "slow").exists():
        time.sleep(0.5)
    with _reading(self) as connection:
        yield connection


AccountsFile.reading = reading  # type: ignore[method-assign]
request_log.configure()
app = create_app(build_services(replace(_settings, redis_url=f"unix://{_link}")))
