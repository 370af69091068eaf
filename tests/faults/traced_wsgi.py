"""The application in a worker that keeps a record of each statement on the accounts, and of the thread that ran it.

Each line of `statements-<pid>` in the data folder is one: the thread's name, a tab, and how the statement begins.
"""

import os
import threading
from pathlib import Path

from api import request_log
from api.app import create_app
from api.services import build_services
from api.settings import Settings
from api.store import engine

request_log.configure()
_settings = Settings.from_environ(os.environ)
_record = (_settings.data / f"statements-{os.getpid()}").open("a", buffering=1)
_connect = engine.connect


def connect(path: Path) -> engine.Connection:
    connection = _connect(path)
    if path == _settings.accounts_file:
        connection.set_trace_callback(note)
    return connection


def note(statement: str) -> None:
    _record.write(f"{threading.current_thread().name}\t{' '.join(statement.split())[:60]}\n")


engine.connect = connect
app = create_app(build_services(_settings))
