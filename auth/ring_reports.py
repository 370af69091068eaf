"""Small files in which the running processes say which key ring they have, so that a command can wait for them.

A process holds a lock on its file while it lives; a file that nobody holds is left from one that died.
"""

import fcntl
import os
from pathlib import Path

from auth import encoding

_PREFIX = "ring-"


class RingReport:
    """The file of the process that makes this."""

    def __init__(self, folder: Path) -> None:
        """Make the file and hold it. Called after the fork, for the file is named by the process id."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Not by the process id alone: containers that share a folder have the same ones.
        self._path = folder / f"{_PREFIX}{os.getpid()}-{encoding.random_id()}"
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)  # at most a command is looking at it

    def write(self, digest: str) -> None:
        """Say which ring is in force."""
        os.pwrite(self._descriptor, digest.ljust(64).encode("ascii"), 0)

    def close(self) -> None:
        """Remove the file."""
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def behind(folder: Path, digest: str) -> list[int]:
    """Return the ids of the running processes that have another ring in force than this one."""
    found = [path for path in folder.glob(f"{_PREFIX}*") if _is_held(path)]
    return sorted(int(path.name.split("-")[1]) for path in found if _text(path) not in (digest, None))


def sweep(folder: Path) -> None:
    """Remove what processes that were killed have left. For a time in which none of ours is being started."""
    for path in folder.glob(f"{_PREFIX}*"):
        if not _is_held(path):
            path.unlink(missing_ok=True)


def _is_held(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


def _text(path: Path) -> str | None:
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        return None
