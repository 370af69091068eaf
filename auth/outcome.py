"""How something went the last time it was tried."""

import logging

from auth.errors import RedisDown


class Outcome:
    """How something that is tried again and again went the last time: ok, or why not. Logged when it changes."""

    def __init__(self, log: logging.Logger, what: str, otherwise: str) -> None:
        self.last = "ok"
        self._log = log
        self._what = what
        self._otherwise = otherwise

    def is_now(self, outcome: str, error: Exception | None = None) -> None:
        """Take the newest outcome, with the error where it is not ok."""
        if outcome == self.last:
            return
        self.last = outcome
        if error is None:
            self._log.warning("%s again", self._what)
        else:
            told = {"outcome": outcome, "reason": str(error)}
            self._log.warning("%s %s", self._what, self._otherwise, extra=told)


def kind(error: Exception) -> str:
    """Return what an error of Redis is called among outcomes: down or refused."""
    return "down" if isinstance(error, RedisDown) else "refused"
