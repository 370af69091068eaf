"""Forgotten passwords: an operator makes a code, and whoever it is given to sets another password with it, once."""

import base64
import hashlib
import logging
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api.account.endings import Endings
from api.account.limits import Limits
from api.errors import AccountChanged, AccountGone, ResetRefused
from api.store import accounts, api_tokens, reset_codes, sessions
from api.store.accounts_file import AccountsFile
from api.store.engine import Connection
from auth.clock import Clock
from auth.passwords import Passwords
from auth.revocations import Revocation
from auth.sessions import EndedBy

log = logging.getLogger("javumbo.accounts")

LIFETIME = timedelta(hours=1)

_BYTES = 16
_SEPARATORS = re.compile(r"[\s-]+")
_NOBODY = 0


@dataclass(frozen=True)
class ResetCode:
    """A code that sets a password: kept nowhere but with whom it is shown to."""

    text: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Recovery:
    """Makes codes, and sets passwords for them."""

    file: AccountsFile
    passwords: Passwords
    limits: Limits
    endings: Endings
    clock: Clock

    def issue(self, user_id: int) -> ResetCode:
        """Make a code for an account, in place of the one it may have. AccountGone if there is no such account."""
        code = ResetCode(_new_text(), self.clock.now() + LIFETIME)
        with self.file.writing() as connection:
            if accounts.by_id(connection, user_id) is None:
                raise AccountGone(user_id)
            reset_codes.put(connection, user_id, _digest(code.text), code.expires_at)
        return code

    def reset(self, username: str, code: str, new_password: str, address: str) -> None:
        """Set another password, and end every session and API token of the account.

        ResetRefused, whatever is wrong; LimitReached after many of these from an address.
        """
        with self.limits.reset(address):
            user_id, ended = self._reset(username, _digest(code), new_password)
        log.info("password reset", extra={"user_id": user_id})
        self.endings.tell(user_id, EndedBy.PASSWORD_RESET, ended)

    def _reset(self, username: str, digest: str, new_password: str) -> tuple[int, list[Revocation]]:
        self._check(username, digest)
        # Only now: a password is hashed for nobody but whom an operator has given a code.
        password_hash = self.passwords.hash(new_password)
        try:
            with self.file.writing() as connection:
                return self._replace(connection, username, digest, password_hash)
        except AccountChanged as error:
            raise ResetRefused from error

    def _check(self, username: str, digest: str) -> None:
        with self.file.reading() as connection:
            account = accounts.by_username(connection, username)
            user_id = _NOBODY if account is None else account.user_id
            # Asked for nobody, too, so that the answer takes as long.
            holds = reset_codes.holds(connection, user_id, digest, self.clock.now())
        if account is None or account.disabled_at is not None or not holds:
            # Not the name: people type other things there.
            log.warning("password reset refused", extra={"user_id": user_id or None})
            raise ResetRefused

    def _replace(
        self, connection: Connection, username: str, digest: str, password_hash: str
    ) -> tuple[int, list[Revocation]]:
        # Everything is asked once more: while the password was being hashed, the code may have been used by another.
        now = self.clock.now()
        account = accounts.by_username(connection, username)
        if account is None or not reset_codes.use(connection, account.user_id, digest, now):
            raise ResetRefused
        accounts.replace_password(connection, account, password_hash)
        ended = sessions.end_all(connection, account.user_id, EndedBy.PASSWORD_RESET, now)
        return account.user_id, ended + api_tokens.delete_all(connection, account.user_id, now)


def _new_text() -> str:
    letters = base64.b32encode(secrets.token_bytes(_BYTES)).decode("ascii").rstrip("=")
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _digest(code: str) -> str:
    # Without salt: nobody guesses 128 random bits.
    plain = _SEPARATORS.sub("", code).upper()
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
