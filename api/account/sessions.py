"""Sessions: opening them, listing and ending them. Each is one sign-in on one device."""

import hashlib
import logging
from dataclasses import dataclass

from api.account.endings import Endings
from api.account.limits import Limits
from api.errors import AccountChanged, SessionNotFound, WrongCredentials
from api.store import accounts, sessions
from api.store.accounts import Account
from api.store.accounts_file import AccountsFile
from auth import encoding
from auth.clock import Clock
from auth.device_tokens import DeviceToken, DeviceTokens
from auth.errors import WrongPassword
from auth.passwords import Passwords
from auth.session_tokens import SessionTokens, TokenPair
from auth.sessions import EndedBy, Session, SessionRules

log = logging.getLogger("javumbo.sessions")

_ATTEMPTS = 2
_DEVICE_BYTES = 16


@dataclass(frozen=True)
class SignIn:
    """Who signs in: what they claim, with which client, from which address, and the device token they have, if any."""

    username: str
    password: str
    client: str
    address: str
    device: str | None = None


@dataclass(frozen=True)
class OpenedSession:
    """A session just opened or refreshed, with its tokens."""

    account: Account
    session: Session
    tokens: TokenPair


@dataclass(frozen=True)
class SignedIn(OpenedSession):
    """A session just opened, and the token by which its device is known from now on."""

    device: DeviceToken


@dataclass(frozen=True)
class Sessions:
    """What can be done with sessions, over the stores it is given. Refreshing has a module of its own."""

    file: AccountsFile
    passwords: Passwords
    tokens: SessionTokens
    rules: SessionRules
    devices: DeviceTokens
    limits: Limits
    endings: Endings
    clock: Clock

    def sign_in(self, claimed: SignIn) -> SignedIn:
        """Open a session. WrongCredentials, after the same time whatever is wrong; LimitReached."""
        device = self._device(claimed)
        with self.limits.sign_in(claimed.username, claimed.address, device):
            opened = self._open(claimed)
        known = self.devices.issue(_holder(opened.account), device)
        return SignedIn(opened.account, opened.session, opened.tokens, known)

    def known_device(self, opened: OpenedSession, device: str) -> DeviceToken:
        """Return the next token of the device a session is used with: the session's own if this one is not good."""
        holder = _holder(opened.account)
        known = self.devices.device_of(device, holder)
        return self.devices.issue(holder, known or _device_of(opened.session))

    def live(self, user_id: int, after: str, limit: int) -> list[Session]:
        """Return the sessions of a user that can be refreshed, in a fixed order, from past a sid on."""
        with self.file.reading() as connection:
            return sessions.live(connection, user_id, self.clock.now(), after, limit)

    def end(self, user_id: int, sid: str, why: EndedBy) -> None:
        """End a session of a user: when this returns, no worker takes its tokens for long. SessionNotFound."""
        with self.file.writing() as connection:
            ended = sessions.end(connection, user_id, sid, why, self.clock.now())
        if not ended:
            raise SessionNotFound(sid)
        self.endings.tell(user_id, why, ended)

    def end_all(self, user_id: int, kept: str = "") -> None:
        """End all sessions of a user, apart from one that may be kept."""
        with self.file.writing() as connection:
            accounts.raise_version(connection, user_id)
            ended = sessions.end_all(connection, user_id, EndedBy.ANOTHER_SESSION, self.clock.now(), kept)
        self.endings.tell(user_id, EndedBy.ANOTHER_SESSION, ended)

    def _open(self, claimed: SignIn) -> OpenedSession:
        for _ in range(_ATTEMPTS):
            account = self._verified(claimed)
            session = self.rules.opened(
                encoding.random_id(), account.user_id, claimed.client, claimed.address, self.clock.now()
            )
            opened = OpenedSession(account, session, self.tokens.of(session))
            try:
                with self.file.writing() as connection:
                    sessions.insert(connection, account, session)
            except AccountChanged:
                continue  # while the password was being checked; whether it is still the right one is asked again
            told = {"user_id": account.user_id, "sid": session.sid, "address": claimed.address}
            log.info("session opened", extra=told)
            return opened
        raise WrongCredentials

    def _device(self, claimed: SignIn) -> str | None:
        if claimed.device is None:
            return None
        with self.file.reading() as connection:
            account = accounts.by_username(connection, claimed.username)
        # Checked for nobody, too, so that the answer takes as long.
        return self.devices.device_of(claimed.device, "" if account is None else _holder(account))

    def _verified(self, claimed: SignIn) -> Account:
        with self.file.reading() as connection:
            account = accounts.by_username(connection, claimed.username)
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
            with self.file.writing() as connection:
                accounts.improve_hash(connection, account, better)
        return account


def _holder(account: Account) -> str:
    # Not the name, which may be another's one day; and with what ends all sessions, devices end, too: whoever knew
    # the password before it was changed is a stranger then.
    return f"{account.user_id} {account.version}"


def _device_of(session: Session) -> str:
    # Always the same: whoever has a session could make themselves any number of devices otherwise, to guess with.
    digest = hashlib.sha256(f"device of {session.sid}".encode()).digest()
    return encoding.encode(digest[:_DEVICE_BYTES])
