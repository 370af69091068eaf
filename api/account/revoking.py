"""Revoking a token: whoever has it may end what stands behind it (RFC 7009)."""

from dataclasses import dataclass

from api.account import presented
from api.account.endings import Endings
from api.account.limits import Limits
from api.store import api_tokens, sessions
from api.store.accounts_file import AccountsFile
from auth.claims import Claims
from auth.clock import Clock
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

        LimitReached; KeyUnavailable; a StoreError: then the token is as good as before.
        """
        claims = presented.read(token, self.access, self.tokens)
        if claims is None:
            self.limits.refused_refresh(address)
            return
        self.limits.refresh(claims.session_id)
        is_of_api_token = isinstance(claims, Claims) and claims.is_of_api_token
        now = self.clock.now()
        with self.file.writing() as connection:
            if is_of_api_token:
                ended = api_tokens.delete_by_sid(connection, claims.user_id, claims.session_id, now)
            else:
                ended = sessions.end(connection, claims.user_id, claims.session_id, EndedBy.REVOCATION, now)
        self.endings.tell(claims.user_id, EndedBy.REVOCATION, ended)
