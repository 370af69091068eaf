"""What a worker remembers of tokens it has verified: a signature is checked once, everything else each time."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from auth.claims import Claims


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """The claims of a token whose signature was good, and the instant from which its key is not believed."""

    claims: Claims
    verify_until: datetime | None
    begins_at: datetime
    """When the token begins to be good, by its own clock."""
    ends_at: datetime
    """When the token ceases to be good, or its key to be believed."""

    @classmethod
    def of(cls, claims: Claims, verify_until: datetime | None) -> "VerifiedToken":
        """Work out what is looked at in each request."""
        ends_at = claims.expires_at if verify_until is None else min(claims.expires_at, verify_until)
        return cls(claims, verify_until, max(claims.issued_at, claims.not_before), ends_at)


class TokenMemory:
    """A bounded memory by a digest of the token; full, it forgets what it learnt first.

    It belongs to one key ring: whoever has a new ring begins with an empty memory.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._tokens: dict[bytes, VerifiedToken] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._tokens)

    def get(self, text: str) -> VerifiedToken | None:
        """Return what is known of a token."""
        return self._tokens.get(_digest(text))

    def add(self, text: str, verified: VerifiedToken) -> None:
        """Remember a token."""
        key = _digest(text)
        with self._lock:
            self._tokens.pop(key, None)
            if len(self._tokens) >= self._limit:
                del self._tokens[next(iter(self._tokens))]
            self._tokens[key] = verified

    def forget(self, text: str) -> None:
        """Forget a token whose time is over."""
        with self._lock:
            self._tokens.pop(_digest(text), None)


def _digest(text: str) -> bytes:
    # Not the token itself: a memory dump should give away no token that somebody could use.
    # BLAKE2 for the time it takes: what OpenSSL does for one digest costs a request three times as much.
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=32).digest()
