"""A token that somebody has sent in, to ask about it or to end it: of which kind it is, its own `typ` decides."""

from auth.claims import Claims
from auth.errors import TokenRefused
from auth.refresh_tokens import RefreshClaims
from auth.session_tokens import SessionTokens
from auth.tokens import AccessTokens


def read(text: str, access: AccessTokens, tokens: SessionTokens) -> Claims | RefreshClaims | None:
    """Return what an access or a refresh token says, after every check; None if it is not believed. KeyUnavailable."""
    for verify in (access.verify, tokens.read):
        try:
            return verify(text)
        except TokenRefused:
            continue
    return None
