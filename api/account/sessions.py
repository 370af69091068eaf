"""Sessions: each is one sign-in on one device."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from api.errors import AccountGone, WrongCredentials
from api.store.accounts import Account, NewSession, SqliteAccounts
from auth import encoding
from auth.claims import SESSION_SCOPE
from auth.clock import Clock
from auth.errors import WrongPassword
from auth.passwords import Passwords
from auth.tokens import AccessTokens, IssuedToken

log = logging.getLogger("javumbo.sessions")


@dataclass(frozen=True)
class SignIn:
    """Who signs in: what they claim, with which client, from which address."""

    username: str
    password: str
    client: str
    address: str


@dataclass(frozen=True)
class OpenedSession:
    """A session just opened, with its first access token."""

    account: Account
    token: IssuedToken


@dataclass(frozen=True)
class Sessions:
    """What can be done with sessions, over the stores it is given."""

    accounts: SqliteAccounts
    passwords: Passwords
    tokens: AccessTokens
    clock: Clock
    session_lifetime: timedelta

    def sign_in(self, claimed: SignIn) -> OpenedSession:
        """Open a session. WrongCredentials, after the same time whatever is wrong."""
        account = self._verified(claimed)
        now = self.clock.now()
        sid = encoding.random_id()
        token = self.tokens.issue(account.user_id, claimed.client, SESSION_SCOPE, sid)
        session = NewSession(
            sid=sid,
            client=claimed.client,
            opened_at=now,
            access_until=token.claims.expires_at,
            expires_at=now + self.session_lifetime,
            address=claimed.address,
        )
        try:
            self.accounts.insert_session(account, session)
        except AccountGone as error:
            raise WrongCredentials from error
        log.info("session opened", extra={"user_id": account.user_id, "sid": sid, "address": claimed.address})
        return OpenedSession(account, token)

    def _verified(self, claimed: SignIn) -> Account:
        account = self.accounts.by_username(claimed.username)
        stored = None if account is None or account.disabled_at is not None else account.password_hash
        try:
            better = self.passwords.verify(claimed.password, stored)
        except WrongPassword as error:
            # Not the name: people type their password there.
            user_id = None if account is None else account.user_id
            log.warning("sign-in refused", extra={"user_id": user_id, "address": claimed.address})
            raise WrongCredentials from error
        assert account is not None, "a password was verified against its hash"
        if better is not None:
            self.accounts.replace_password_hash(account, better)
        return account
