"""Issues and verifies access tokens (RFC 9068; the checks of RFC 8725 §3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth import compact, encoding
from auth.claims import Claims
from auth.clock import Clock
from auth.errors import ExpiredToken, InvalidClaim, MalformedToken, UnknownKey, WrongAlgorithm
from auth.keyring import KeyRing
from auth.keystore import KeyStore
from auth.ring_document import Purpose
from auth.settings import AuthSettings
from auth.signatures import Signatures
from auth.token_memory import VerifiedToken

ACCESS_TYPE = "at+jwt"

_CLOCK_SKEW = timedelta(seconds=60)
"""How far in the future `iat` and `nbf` may lie: another machine's clock may run ahead. `exp` has no leeway."""


@dataclass(frozen=True)
class IssuedToken:
    """A signed token and what it says."""

    text: str
    claims: Claims


class AccessTokens:
    """Signs access tokens with the ring's key of the moment, and believes those that pass every check."""

    def __init__(self, keystore: KeyStore, settings: AuthSettings, clock: Clock) -> None:
        self._keystore = keystore
        self._settings = settings
        self._clock = clock
        self._signatures = Signatures()

    def issue(self, user_id: int, client_id: str, scope: frozenset[str], session_id: str) -> IssuedToken:
        """Sign a token for one user. NoSigningKey if the ring has none for now."""
        now = self._clock.now().replace(microsecond=0)
        claims = Claims(
            issuer=self._settings.issuer,
            audience=self._settings.audience,
            user_id=user_id,
            client_id=client_id,
            scope=scope,
            issued_at=now,
            expires_at=now + self._settings.access_ttl,
            token_id=encoding.random_id(),
            session_id=session_id,
        )
        key = self._keystore.ring.signing_key(Purpose.SESSION, self._clock.now())
        payload = encoding.dump_object(claims.to_payload())
        return IssuedToken(self._signatures.sign(payload, key, {"typ": ACCESS_TYPE}), claims)

    def verify(self, text: str) -> Claims:
        """Return the claims of a token, after every check. TokenRefused carries the reason, for the log only.

        KeyUnavailable if the ring could not be read, so that nobody can tell.
        """
        # The memory is the ring's own: a token that an earlier ring has verified is not known to this one.
        ring = self._keystore.ring
        now = self._clock.now()
        known = ring.memory.get(text)
        verified = known or self._verify_signature(ring, text, now)
        try:
            _check_times(verified, now)
        except (ExpiredToken, UnknownKey):
            ring.memory.forget(text)
            raise
        if known is None:
            ring.memory.add(text, verified)
        return verified.claims

    def _verify_signature(self, ring: KeyRing, text: str, now: datetime) -> VerifiedToken:
        unverified = compact.read(text)
        if unverified.typ != ACCESS_TYPE:
            raise MalformedToken(f"its typ is {unverified.typ!r}")
        key, entry = ring.verifying_key(unverified.kid, now)
        # One key, one algorithm: what the header names can only ever confirm it (RFC 8725 §3.1).
        if unverified.algorithm != key.algorithm.value:
            raise WrongAlgorithm(f"its header names {unverified.algorithm!r}")
        self._signatures.verify(text, key)
        claims = Claims.parse(compact.parse_payload(unverified.payload))
        self._check_parties(claims)
        return VerifiedToken(claims, entry.verify_until)

    def _check_parties(self, claims: Claims) -> None:
        if claims.issuer != self._settings.issuer:
            raise InvalidClaim("iss", "names another issuer")
        if claims.audience != self._settings.audience:
            raise InvalidClaim("aud", "names another audience")


def _check_times(verified: VerifiedToken, now: datetime) -> None:
    claims = verified.claims
    if verified.verify_until is not None and now >= verified.verify_until:
        raise UnknownKey("the time of its key is over")
    if now >= claims.expires_at:
        raise ExpiredToken(f"expired at {claims.expires_at.isoformat()}")
    for name, instant in (("iat", claims.issued_at), ("nbf", claims.not_before)):
        if instant > now + _CLOCK_SKEW:
            raise InvalidClaim(name, "lies in the future")
