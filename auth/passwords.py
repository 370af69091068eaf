"""Hashes and verifies passwords (argon2id, RFC 9106), no more at once than the machine can bear."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.hashers import HasherProtocol
from pwdlib.hashers.argon2 import Argon2Hasher

from auth.errors import HashingBusy, WrongPassword

MIN_LENGTH = 10
MAX_LENGTH = 128
"""Bounds on a new password, in characters. They do not apply where a password is checked."""


TIME_COST, MEMORY_COST, PARALLELISM = 2, 19 * 1024, 1
"""What a hash costs: passes, KiB and threads (OWASP Password Storage Cheat Sheet, its first choice for argon2id)."""


class Passwords:
    """Hashing with a bound on how many run at once in this process. Some others wait, for a while."""

    def __init__(
        self,
        at_once: int,
        waiting: int,
        patience: timedelta = timedelta(seconds=10),
        hasher: HasherProtocol | None = None,
    ) -> None:
        self._hashing = PasswordHash([hasher or Argon2Hasher(TIME_COST, MEMORY_COST, PARALLELISM)])
        self._turns = BoundedSemaphore(at_once)
        self._places = BoundedSemaphore(at_once + waiting)
        self._patience = patience.total_seconds()
        self._decoy = self._hashing.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """Return the hash to store. HashingBusy if no turn came in time."""
        with self._turn():
            return self._hashing.hash(password)

    def verify(self, password: str, stored: str | None) -> str | None:
        """Return None, or a better hash to store instead. WrongPassword, or HashingBusy if no turn came in time.

        `stored` is None for an unknown user: a decoy is checked, so that the answer takes as long.
        """
        with self._turn():
            right, better = self._hashing.verify_and_update(password, stored or self._decoy)
        if stored is None or not right:
            raise WrongPassword("the password is wrong" if stored else "there is no such account")
        return better

    @contextmanager
    def _turn(self) -> Iterator[None]:
        # Who waits holds a thread, and a crowd of sign-ins should leave some to those who are signed in.
        if not self._places.acquire(blocking=False):
            raise HashingBusy("too many passwords wait to be hashed")
        try:
            if not self._turns.acquire(timeout=self._patience):
                raise HashingBusy("no turn to hash a password came in time")
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()
