"""The lock that writers of one file take: fair enough among threads and processes, and with a deadline.

SQLite's own busy handler sleeps up to 100 ms between tries, and one of three busy writers starves.
"""

import fcntl
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from api.errors import StoreBusy

_LONGEST_PAUSE = 0.001
_STUCK_AFTER = 1.0
_GLANCE = 0.05


class WriteLock:
    """A thread lock, and an flock on a file of its own. It ends with the process, however that dies.

    On the database file itself, closing the second descriptor would drop the locks SQLite holds.
    """

    def __init__(self, path: Path, patience: float) -> None:
        self._name = path.name
        self._patience = patience
        self._threads = Lock()
        self._contended_since: float | None = None
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextmanager
    def held(self, patience: float | None = None) -> Iterator[None]:
        """Hold the lock. StoreBusy if it did not come free in time; `patience` in seconds replaces the usual one."""
        deadline = time.monotonic() + (self._patience if patience is None else patience)
        self._wait_for_other_threads(deadline)
        try:
            self._wait_for_other_processes(deadline)
            try:
                yield
            finally:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        finally:
            self._threads.release()

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._descriptor)

    def _wait_for_other_threads(self, deadline: float) -> None:
        while not self._threads.acquire(timeout=min(_GLANCE, max(0.0, deadline - time.monotonic()))):
            # When a process that holds the lock has stopped, one thread of this worker waits for it to
            # the end. If all did, they would soon be waiting for one user's file, and all other users for them.
            if self._is_stuck() or time.monotonic() >= deadline:
                raise StoreBusy(self._name, "another thread held or awaited the write lock")

    def _is_stuck(self) -> bool:
        since = self._contended_since
        return since is not None and time.monotonic() - since > _STUCK_AFTER

    def _wait_for_other_processes(self, deadline: float) -> None:
        try:
            while not self._try():
                now = time.monotonic()
                self._contended_since = self._contended_since or now
                if now >= deadline:
                    raise StoreBusy(self._name, "another process held the write lock")
                time.sleep(random.uniform(0, _LONGEST_PAUSE))  # noqa: S311 - spreads the tries, guards nothing
        finally:
            self._contended_since = None

    def _try(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
