"""Work beside the requests: threads that begin after the fork, once per worker, and end with it."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread

from auth.clock import Clock
from auth.errors import BackgroundStalled

_ROUNDS_LATE = 5
_GRACE = 5.0

log = logging.getLogger("javumbo.background")


@dataclass(frozen=True)
class Task:
    """Something to be done again and again, with a pause in between."""

    name: str
    every: timedelta
    work: Callable[[], None]
    is_vital: bool = True
    """Whether requests cannot be served for long without it."""
    is_awaited: bool = True
    """Whether the end waits for a round that is under way: there is no need where it only listens."""


class Background:
    """Does its tasks, each in a thread of its own. One that fails is told of, counted, and done again."""

    def __init__(self, tasks: Iterable[Task], clock: Clock, on_failure: Callable[[str], None] = lambda _: None) -> None:
        self._tasks = list(tasks)
        self._clock = clock
        self._on_failure = on_failure
        self._stopping = Event()
        self._awaited: list[Thread] = []
        self._last_done: dict[str, float] = {}

    def start(self) -> None:
        """Begin. Threads do not survive a fork, so this is for the process that serves."""
        for task in self._tasks:
            self._last_done[task.name] = self._clock.monotonic()
            thread = Thread(target=self._run, args=(task,), name=task.name, daemon=True)
            if task.is_awaited:
                self._awaited.append(thread)
            thread.start()

    def stop(self) -> None:
        """End, after the rounds under way that are awaited."""
        self._stopping.set()
        for thread in self._awaited:
            thread.join(_GRACE)

    def check(self) -> None:
        """BackgroundStalled if a vital task has not been done for much longer than it should take."""
        now = self._clock.monotonic()
        for task in self._tasks:
            done = self._last_done.get(task.name)
            if task.is_vital and done is not None and now - done > task.every.total_seconds() * _ROUNDS_LATE + _GRACE:
                raise BackgroundStalled(f"{task.name} was last done {now - done:.0f} s ago")

    def _run(self, task: Task) -> None:
        while not self._stopping.wait(task.every.total_seconds()):
            try:
                self._work(task)
            except BaseException:
                # Whatever it was, SystemExit included: a thread that ends here would end for good.
                log.critical("background work failed and goes on", exc_info=True, extra={"task": task.name})

    def _work(self, task: Task) -> None:
        try:
            task.work()
        except BaseException:
            self._on_failure(task.name)
            raise
        self._last_done[task.name] = self._clock.monotonic()
