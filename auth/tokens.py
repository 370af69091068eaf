"""Issues and verifies access tokens (RFC 9068; the checks of RFC 8725 §3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth.claims import Claims
from auth.clock import Clock
from auth.errors import ExpiredToken, InvalidClaim, UnknownKey
from auth.keyring import KeyRing
from auth.keystore import KeyStore
from auth.ring_document import Purpose
from auth.settings import AuthSettings
from auth.signed_tokens import SignedTokens
from auth.token_memory import VerifiedToken

ACCESS_TYPE = "at+jwt"

_CLOCK_SKEW = timedelta(seconds=60)
"""How far in the future `iat` and `nbf` may lie: another machine's clock may run ahead. `exp` has no leeway."""


@dataclass(frozen=True)
class Grant:
    """What an access token is issued for: whom, through which client, for what, and from when until when."""

    user_id: int
    client_id: str
    scope: frozenset[str]
    session_id: str
    token_id: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class IssuedToken:
    """A signed token and what it says."""

    text: str
    claims: Claims


class AccessTokens:
    """Signs access tokens with the ring's key of the moment, and believes those that pass every check."""

    def __init__(self, keystore: KeyStore, settings: AuthSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._signed = SignedTokens(keystore)

    def issue(self, grant: Grant) -> IssuedToken:
        """Sign a token for one user: the same one for the same grant. NoSigningKey if the ring has no key for now."""
        claims = Claims(
            issuer=self._settings.issuer,
            audience=self._settings.audience,
            user_id=grant.user_id,
            client_id=grant.client_id,
            scope=grant.scope,
            issued_at=grant.issued_at.replace(microsecond=0),
            expires_at=grant.expires_at.replace(microsecond=0),
            token_id=grant.token_id,
            session_id=grant.session_id,
        )
        now = self._clock.now()
        text = self._signed.sign(claims.to_payload(), ACCESS_TYPE, _purpose_of(claims), grant.issued_at, now)
        return IssuedToken(text, claims)

    def verify(self, text: str) -> Claims:
        """Return the claims of a token, after every check. TokenRefused carries the reason, for the log only.

        KeyUnavailable if the ring could not be read, so that nobody can tell.
        """
        # The memory is the ring's own: a token that an earlier ring has verified is not known to this one.
        ring = self._signed.ring
        now = self._clock.now()
        known = ring.memory.get(text)
        verified = known or self._verify_signature(ring, text, now)
        if not verified.begins_at <= now < verified.ends_at:
            try:
                _check_times(verified, now)
            except (ExpiredToken, UnknownKey):
                ring.memory.forget(text)
                raise
        if known is None:
            ring.memory.add(text, verified)
        return verified.claims

    def _verify_signature(self, ring: KeyRing, text: str, now: datetime) -> VerifiedToken:
        opened = self._signed.open(ring, text, ACCESS_TYPE, now)
        claims = Claims.parse(opened.payload)
        self._check_parties(claims)
        opened.require_purpose(_purpose_of(claims))
        return VerifiedToken.of(claims, opened.key.verify_until)

    def _check_parties(self, claims: Claims) -> None:
        if claims.issuer != self._settings.issuer:
            raise InvalidClaim("iss", "names another issuer")
        if claims.audience != self._settings.audience:
            raise InvalidClaim("aud", "names another audience")


def _purpose_of(claims: Claims) -> Purpose:
    return Purpose.API if claims.is_of_api_token else Purpose.SESSION


def _check_times(verified: VerifiedToken, now: datetime) -> None:
    claims = verified.claims
    if verified.verify_until is not None and now >= verified.verify_until:
        raise UnknownKey("the time of its key is over")
    claims.require_unexpired(now)
    for name, instant in (("iat", claims.issued_at), ("nbf", claims.not_before)):
        if instant > now + _CLOCK_SKEW:
            raise InvalidClaim(name, "lies in the future")
