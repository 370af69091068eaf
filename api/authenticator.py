"""Decides who is calling, from the token of a request and from nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Request

from api.account.token_uses import TokenUses
from api.metrics import Metrics
from api.refused_tokens import RefusedTokens
from auth.bearer import bearer_token
from auth.claims import Claims
from auth.clock import Clock
from auth.errors import RevocationsUnknown, TokenRefused
from auth.revocations import Revocations
from auth.tokens import AccessTokens


@dataclass(frozen=True)
class Authenticator:
    """Every check of a bearer token: its signature, its time, and whether it has been revoked."""

    tokens: AccessTokens
    revocations: Revocations
    refused: RefusedTokens
    uses: TokenUses
    metrics: Metrics
    clock: Clock
    address_of: Callable[[Request], str]

    def __call__(self, request: Request) -> Claims:
        """Return the claims of the caller. CredentialsMissing, AmbiguousCredentials, TokenRefused; RevocationsUnknown.

        QuotaExceeded where too many tokens were refused that we never made.
        """
        # Most requests have no query string, and to read one takes longer than to verify a token that was seen before.
        in_query = bool(request.query_string) and "access_token" in request.args
        token = bearer_token(request.headers.get("Authorization"), in_query=in_query)
        try:
            claims = self.tokens.verify(token)
            self.revocations.check(claims.session_id)
            # Once more: what was suspended between the two may have forgotten what has expired meanwhile.
            claims.require_unexpired(self.clock.now())
        except TokenRefused as error:
            self.metrics.refused(error.code)
            self.refused.charge(error, self.address_of(request))
            raise
        except RevocationsUnknown as error:
            self.metrics.refused(error.code)
            raise
        self.uses.note(claims)
        return claims
