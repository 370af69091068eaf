"""Introspection: what a token is good for at this moment, for those who may ask (RFC 7662)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from api.account import presented
from api.errors import AccountGone
from api.store import accounts, sessions
from api.store.accounts import Account
from api.store.accounts_file import AccountsFile
from api.store.engine import Connection
from auth.claims import SESSION_SCOPE, Claims
from auth.clock import Clock
from auth.errors import RevokedToken
from auth.refresh_tokens import RefreshClaims
from auth.revocations import Revocations
from auth.session_tokens import SessionTokens
from auth.sessions import Session, SessionRules, Verdict
from auth.tokens import AccessTokens

TokenType = Literal["Bearer", "N_A"]
"""N_A is the registered type of what is no access token (RFC 8693 §2.2.1): nobody takes a refresh token for one."""


@dataclass(frozen=True)
class ActiveToken:
    """What there is to say of a token that is good."""

    scope: frozenset[str]
    client_id: str
    username: str
    token_type: TokenType
    issued_at: datetime
    expires_at: datetime
    user_id: int
    audience: str
    issuer: str
    token_id: str
    session_id: str


@dataclass(frozen=True)
class Introspection:
    """Tells of a token what the service itself would find, had it been used here and now."""

    file: AccountsFile
    access: AccessTokens
    tokens: SessionTokens
    rules: SessionRules
    revocations: Revocations
    issuer: str
    clock: Clock

    def introspect(self, token: str, caller_id: int) -> ActiveToken | None:
        """Return what is to be said of a token; None if it is not good, or not this caller's to ask about.

        AccountGone if the caller's account is; KeyUnavailable; RevocationsUnknown; a StoreError.
        """
        claims = presented.read(token, self.access, self.tokens)
        with self.file.reading() as connection:
            caller = _usable(connection, caller_id)
            if caller is None:
                raise AccountGone(caller_id)
            if claims is None or (claims.user_id != caller_id and not caller.is_operator):
                return None
            account = _usable(connection, claims.user_id)
            session = sessions.by_sid(connection, claims.session_id) if isinstance(claims, RefreshClaims) else None
        if account is None:
            return None
        if isinstance(claims, RefreshClaims):
            return self._of_refresh_token(claims, session, account)
        return self._of_access_token(claims, account)

    def _of_access_token(self, claims: Claims, account: Account) -> ActiveToken | None:
        try:
            self.revocations.check(claims.session_id)
        except RevokedToken:
            return None
        return ActiveToken(
            scope=claims.scope,
            client_id=claims.client_id,
            username=account.username,
            token_type="Bearer",  # noqa: S106 - a scheme, not a secret
            issued_at=claims.issued_at,
            expires_at=claims.expires_at,
            user_id=claims.user_id,
            audience=claims.audience,
            issuer=claims.issuer,
            token_id=claims.token_id,
            session_id=claims.session_id,
        )

    def _of_refresh_token(self, claims: RefreshClaims, session: Session | None, account: Account) -> ActiveToken | None:
        # Good is the one whose use would make a successor; not one that is merely forgiven.
        if session is None or self.rules.judge(session, claims, self.clock.now()) is not Verdict.ROTATE:
            return None
        return ActiveToken(
            scope=SESSION_SCOPE,
            client_id=session.client,
            username=account.username,
            token_type="N_A",  # noqa: S106 - likewise
            issued_at=claims.issued_at,
            expires_at=claims.expires_at,
            user_id=claims.user_id,
            audience=self.issuer,
            issuer=self.issuer,
            token_id=claims.token_id,
            session_id=claims.session_id,
        )


def _usable(connection: Connection, user_id: int) -> Account | None:
    account = accounts.by_id(connection, user_id)
    return None if account is None or account.disabled_at is not None else account
