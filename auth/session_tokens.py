"""The two tokens of a session: pure functions of its row, so that who asks again is given the same, byte for byte."""

import hashlib
from dataclasses import dataclass

from auth import encoding
from auth.claims import SESSION_SCOPE
from auth.clock import Clock
from auth.keystore import KeyStore
from auth.refresh_tokens import RefreshClaims, RefreshTokens
from auth.sessions import Session, SessionRules
from auth.settings import AuthSettings
from auth.tokens import AccessTokens, Grant, IssuedToken

_ID_BYTES = 16


@dataclass(frozen=True)
class TokenPair:
    """What a client gets when it signs in or refreshes."""

    access: IssuedToken
    refresh: str
    refresh_claims: RefreshClaims


class SessionTokens:
    """Makes the tokens of sessions, and reads those that are presented to refresh."""

    def __init__(self, keystore: KeyStore, settings: AuthSettings, clock: Clock) -> None:
        self._rules = SessionRules(settings)
        self._access = AccessTokens(keystore, settings, clock)
        self._refresh = RefreshTokens(keystore, settings, clock)

    def of(self, session: Session) -> TokenPair:
        """Return the tokens of a session's present generation. NoSigningKey if the ring has no key for now."""
        issued_at = session.rotated_at
        grant = Grant(
            user_id=session.user_id,
            client_id=session.client,
            scope=SESSION_SCOPE,
            session_id=session.sid,
            token_id=_derived_id("access", session),
            issued_at=issued_at,
            expires_at=self._rules.access_expiry(session),
        )
        claims = RefreshClaims(
            user_id=session.user_id,
            session_id=session.sid,
            generation=session.generation,
            token_id=_derived_id("refresh", session),
            issued_at=issued_at.replace(microsecond=0),
            expires_at=session.refresh_until.replace(microsecond=0),
        )
        return TokenPair(self._access.issue(grant), self._refresh.issue(claims, issued_at), claims)

    def read(self, refresh_token: str) -> RefreshClaims:
        """Return what a refresh token says, after every check but its session's. TokenRefused; KeyUnavailable."""
        return self._refresh.verify(refresh_token)


def _derived_id(kind: str, session: Session) -> str:
    digest = hashlib.sha256(f"{kind} {session.sid} {session.generation}".encode()).digest()
    return encoding.encode(digest[:_ID_BYTES])
