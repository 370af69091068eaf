"""Revoking a token: whoever has it may end what stands behind it (RFC 7009)."""

from dataclasses import dataclass

from api.account import presented
from api.account.endings import Endings
from api.account.limits import Limits
from api.store import api_tokens, revocations, sessions
from api.store.accounts_file import AccountsFile
from auth.claims import Claims
from auth.clock import Clock
from auth.refresh_tokens import RefreshClaims
from auth.session_tokens import SessionTokens
from auth.sessions import EndedBy
from auth.tokens import AccessTokens


@dataclass(frozen=True)
class Revoking:
    """Ends the session or the API token behind a token.

    What this worker knows of revocations is not asked: a token can be revoked while nobody may use one.
    """

    file: AccountsFile
    access: AccessTokens
    tokens: SessionTokens
    limits: Limits
    endings: Endings
    clock: Clock

    def revoke(self, token: str, address: str) -> None:
        """End what is behind a token, one that was rotated out included; nothing if it is not believed.

        LimitReached, but never while there is something to end; KeyUnavailable; a StoreError: then the token is as good
        as before.
        """
        claims = presented.read(token, self.access, self.tokens)
        if claims is None:
            self.limits.refused_refresh(address)
            return
        if not self._is_live(claims.session_id):
            # Before that, nothing is charged: whoever has stolen the token could keep its owner from ending it.
            self.limits.refresh(claims.session_id)
            return
        self._end(claims)

    def _is_live(self, sid: str) -> bool:
        with self.file.reading() as connection:
            return revocations.is_live(connection, sid)

    def _end(self, claims: Claims | RefreshClaims) -> None:
        is_of_api_token = isinstance(claims, Claims) and claims.is_of_api_token
        now = self.clock.now()
        with self.file.writing() as connection:
            if is_of_api_token:
                ended = api_tokens.delete_by_sid(connection, claims.user_id, claims.session_id, now)
            else:
                ended = sessions.end(connection, claims.user_id, claims.session_id, EndedBy.REVOCATION, now)
        self.endings.tell(claims.user_id, EndedBy.REVOCATION, ended)
