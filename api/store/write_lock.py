"""The lock that writers of one file take: fair enough among threads and processes, and with a deadline.

SQLite's own busy handler sleeps up to 100 ms between tries, and one of three busy writers starves.
"""

import fcntl
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Lock

from api.errors import StoreBusy
from api.store import engine


@dataclass(frozen=True)
class Patience:
    """How long somebody waits for a turn at a file, in seconds, and how many threads of this process may at once."""

    seconds: float
    waiting: int = 24


_LONGEST_PAUSE = 0.001
_STUCK_AFTER = 1.0
_GLANCE = 0.05


class WriteLock:
    """A thread lock, and an flock on a file of its own. It ends with the process, however that dies.

    On the database file itself, closing the second descriptor would drop the locks SQLite holds.
    """

    def __init__(self, path: Path, patience: Patience) -> None:
        self._path = path
        self._patience = patience.seconds
        self._places = BoundedSemaphore(patience.waiting)
        self._threads = Lock()
        self._contended_since: float | None = None

    @contextmanager
    def held(self, patience: float | None = None) -> Iterator[None]:
        """Hold the lock. StoreBusy if it did not come free in time; `patience` in seconds replaces the usual one.

        StoreUnavailable or StorageFull if its file cannot be had.
        """
        descriptor = self._take(time.monotonic() + (self._patience if patience is None else patience))
        try:
            yield
        finally:
            # Given back with the descriptor, for thousands of files are open that nobody writes to.
            os.close(descriptor)
            self._threads.release()

    def remove(self) -> None:
        """Delete the file of a lock that nobody will take any more."""
        self._path.unlink(missing_ok=True)

    def _take(self, deadline: float) -> int:
        # Threads are what all users of this worker share. Those who wait for one file leave some to the others.
        if not self._places.acquire(blocking=False):
            raise StoreBusy(self._path.name, "too many threads awaited the write lock")
        try:
            self._wait_for_other_threads(deadline)
            try:
                return self._wait_for_other_processes(deadline)
            except BaseException:
                self._threads.release()
                raise
        finally:
            self._places.release()

    def _wait_for_other_threads(self, deadline: float) -> None:
        while not self._threads.acquire(timeout=min(_GLANCE, max(0.0, deadline - time.monotonic()))):
            # When a process that holds the lock has stopped, one thread of this worker waits for it to
            # the end. If all did, they would soon be waiting for one user's file, and all other users for them.
            if self._is_stuck() or time.monotonic() >= deadline:
                raise StoreBusy(self._path.name, "another thread held or awaited the write lock")

    def _is_stuck(self) -> bool:
        since = self._contended_since
        return since is not None and time.monotonic() - since > _STUCK_AFTER

    def _wait_for_other_processes(self, deadline: float) -> int:
        with engine.faults(self._path):
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._wait_for(descriptor, deadline)
        except BaseException:
            os.close(descriptor)
            raise
        finally:
            self._contended_since = None
        return descriptor

    def _wait_for(self, descriptor: int, deadline: float) -> None:
        while not _is_locked(descriptor):
            now = time.monotonic()
            self._contended_since = self._contended_since or now
            if now >= deadline:
                raise StoreBusy(self._path.name, "another process held the write lock")
            time.sleep(random.uniform(0, _LONGEST_PAUSE))  # noqa: S311 - spreads the tries, guards nothing


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
