"""The real application in a worker that keeps a record of each look at the folder of keys.

Each line of `looks-<pid>` in the data folder is one: `stat` or `open`, and the file's name.
"""

import os
import sys
from pathlib import Path
from typing import Any

from api import request_log
from api.app import create_app
from api.services import build_services
from api.settings import Settings

request_log.configure()
_settings = Settings.from_environ(os.environ)
_services = build_services(_settings)
_record = (_settings.data / f"looks-{os.getpid()}").open("a", buffering=1)
_stat = os.stat


def note(verb: str, path: object) -> None:
    if isinstance(path, str | Path) and _settings.key_folder in Path(path).parents:
        _record.write(f"{verb} {Path(path).name}\n")


def stat(path: Any, *arguments: Any, **options: Any) -> os.stat_result:
    note("stat", path)
    return _stat(path, *arguments, **options)


def hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        note("open", arguments[0])


sys.addaudithook(hear)
os.stat = stat
app = create_app(_services)
