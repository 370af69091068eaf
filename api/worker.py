"""gunicorn's worker with threads, which may be told to quit at any moment."""

from types import FrameType
from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """Serves with threads. To quit is done between two events, not in the signal handler."""

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """Quit at the next event."""
        # It may interrupt the adding of a thread, and gunicorn's own handler then waits for the lock held by that.
        quit_now: Any = super().handle_quit
        self.method_queue.defer(quit_now, sig, frame)
