"""What becomes of those who send tokens that are refused, again and again."""

import time
from collections.abc import Callable
from threading import BoundedSemaphore

from auth.addresses import partition_of
from auth.amortised_limiter import AmortisedLimiter
from auth.errors import QuotaExceeded, SpentToken, TokenRefused

_PAUSE = 0.5


class RefusedTokens:
    """Limits refused tokens: those we never made by address, those that were good once by their session.

    Who goes on beyond the limit is made to wait, for who asks only when answered asks less then. That takes threads,
    so only some can be made to wait at once.
    """

    def __init__(self, limiter: AmortisedLimiter, waiting: int, pause: Callable[[float], None] = time.sleep) -> None:
        self._limiter = limiter
        self._places = BoundedSemaphore(waiting)
        self._pause = pause

    def charge(self, error: TokenRefused, address: str) -> None:
        """Charge a token that was refused. QuotaExceeded if there were too many that we never made."""
        bucket = error.session_id if isinstance(error, SpentToken) else partition_of(address)
        try:
            self._limiter.charge(bucket)
        except QuotaExceeded:
            self._wait()
            # A client whose token has expired has to hear that, to refresh it: it is told the 401, only later.
            if not isinstance(error, SpentToken):
                raise

    def _wait(self) -> None:
        if self._places.acquire(blocking=False):
            try:
                self._pause(_PAUSE)
            finally:
                self._places.release()
