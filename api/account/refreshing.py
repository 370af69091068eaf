"""Refreshing a session: one successor for a refresh token, however many ask for it at once (RFC 9700 §4.14.2)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from api.account.endings import Endings
from api.account.limits import Limits
from api.account.sessions import OpenedSession
from api.errors import StoreBusy
from api.store import accounts, sessions
from api.store.accounts import Account
from api.store.accounts_file import AccountsFile
from auth.clock import Clock
from auth.errors import RefreshRefused, ReusedRefreshToken, SupersededRefreshToken, TokenRefused
from auth.refresh_tokens import RefreshClaims
from auth.session_tokens import SessionTokens
from auth.sessions import EndedBy, Session, SessionRules, Verdict

log = logging.getLogger("javumbo.sessions")

_ATTEMPTS = 10


@dataclass(frozen=True)
class Refreshing:
    """Gives the successor of a refresh token, or finds out that somebody has a copy of it."""

    file: AccountsFile
    tokens: SessionTokens
    rules: SessionRules
    limits: Limits
    endings: Endings
    clock: Clock
    count: Callable[[str], None]
    count_replay: Callable[[], None]

    def refresh(self, refresh_token: str, address: str) -> OpenedSession:
        """Return a session with its next tokens, or once more with those handed out a moment ago.

        RefreshRefused; ReusedRefreshToken once the session is ended for it. LimitReached; KeyUnavailable; a StoreError.
        """
        try:
            opened, outcome = self._refreshed(refresh_token, address)
        except RefreshRefused as error:
            is_told_apart = isinstance(error, ReusedRefreshToken | SupersededRefreshToken)
            self.count(error.code if is_told_apart else "refused")
            raise
        self.count(outcome)
        return opened

    def _refreshed(self, refresh_token: str, address: str) -> tuple[OpenedSession, str]:
        try:
            presented = self.tokens.read(refresh_token)
        except TokenRefused as error:
            self.limits.refused_refresh(address)
            raise RefreshRefused(f"the refresh token is not believed: {error}") from error
        self.limits.refresh(presented.session_id)
        for _ in range(_ATTEMPTS):
            account, session = self._read(presented)
            verdict = self.rules.judge(session, presented, self.clock.now())
            if verdict is Verdict.REPEAT:
                return self._repeat(account, session, address), "repeated"
            if verdict is not Verdict.ROTATE:
                self._refuse(verdict, session, presented, address)
            # It comes to nothing if another request was faster, or the account has changed: it is judged again.
            if opened := self._rotate(account, session, address):
                return opened, "rotated"
        raise StoreBusy("accounts.db", "the session changed each time it was read")

    def _read(self, presented: RefreshClaims) -> tuple[Account, Session]:
        with self.file.reading() as connection:
            session = sessions.by_sid(connection, presented.session_id)
            account = accounts.by_id(connection, presented.user_id)
        if session is None or account is None or account.disabled_at is not None:
            raise RefreshRefused("there is no such session, or its account is gone")
        return account, session

    def _rotate(self, account: Account, session: Session, address: str) -> OpenedSession | None:
        with self.file.writing() as connection:
            # From when it is this request's turn to write: the window begins then, however long it waited.
            rotated = self.rules.rotated(session, address, self.clock.now())
            is_ours = sessions.rotate(connection, account, session, rotated)
        return OpenedSession(account, rotated, self.tokens.of(rotated)) if is_ours else None

    def _repeat(self, account: Account, session: Session, address: str) -> OpenedSession:
        if address != session.address:
            told = {"sid": session.sid, "user_id": session.user_id, "address": address, "first": session.address}
            log.warning("refresh repeated from another address", extra=told)
            self.count_replay()
            if address != session.replayed_from:
                with self.file.writing() as connection:
                    sessions.note_replay(connection, session.sid, address)
        return OpenedSession(account, session, self.tokens.of(session))

    def _refuse(self, verdict: Verdict, session: Session, presented: RefreshClaims, address: str) -> NoReturn:
        if verdict is Verdict.SUPERSEDED:
            raise SupersededRefreshToken("rotated out a moment ago, and its successor has been used")
        if verdict is Verdict.REUSED:
            self._end_reused(session, presented, address)
            raise ReusedRefreshToken("rotated out long ago, or never handed out; its session is ended")
        raise RefreshRefused("its session has ended, or its time is over")

    def _end_reused(self, session: Session, presented: RefreshClaims, address: str) -> None:
        with self.file.writing() as connection:
            ended = sessions.end(connection, session.user_id, session.sid, EndedBy.REUSE, self.clock.now())
        self.endings.tell(session.user_id, EndedBy.REUSE, ended)
        log.warning(
            "refresh token reused; the session is ended",
            extra={
                "sid": session.sid,
                "user_id": session.user_id,
                "address": address,
                "last_address": session.address,
                "generation": presented.generation,
                "live_generation": session.generation,
            },
        )
