"""Fewer lines about what is refused again and again: whoever floods the service shall not flood its log."""

from threading import Lock

from flask import g, has_request_context

from auth.clock import Clock

_EACH_SECOND = 10


class LogSampling:
    """Lets the lines of a few refused requests a second into the log, and counts the others."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._second = 0
        self._logged = 0
        self._left_out = 0

    def sample(self) -> None:
        """Decide whether the request that is being handled is one of those."""
        if has_request_context() and "is_logged" not in g:
            g.is_logged, g.left_out = self._decide()

    def _decide(self) -> tuple[bool, int]:
        second = int(self._clock.monotonic())
        with self._lock:
            if second != self._second:
                self._second, self._logged = second, 0
            if self._logged == _EACH_SECOND:
                self._left_out += 1
                return False, 0
            self._logged += 1
            left_out, self._left_out = self._left_out, 0
            return True, left_out
