"""Issues and verifies access tokens (RFC 9068; the checks of RFC 8725 §3)."""

from dataclasses import dataclass
from datetime import timedelta

import jwt

from auth import compact, encoding
from auth.claims import Claims
from auth.clock import Clock
from auth.errors import BadSignature, ExpiredToken, InvalidClaim, MalformedToken, WrongAlgorithm
from auth.keyring import Purpose
from auth.keys import Algorithm
from auth.keystore import KeyStore
from auth.settings import AuthSettings

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
        self._jws = jwt.PyJWS(algorithms=[algorithm.value for algorithm in Algorithm])

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
            expires_at=now + self._settings.access_lifetime,
            token_id=encoding.random_id(),
            session_id=session_id,
        )
        return IssuedToken(self._sign(claims), claims)

    def _sign(self, claims: Claims) -> str:
        key = self._keystore.ring.signing_key(Purpose.SESSION, self._clock.now())
        payload = encoding.dump_object(claims.to_payload())
        headers = {"typ": ACCESS_TYPE, "kid": key.kid}
        return self._jws.encode(payload, key.private, algorithm=key.algorithm.value, headers=headers)

    def verify(self, text: str) -> Claims:
        """Return the claims of a token, after every check. TokenRefused carries the reason, for the log only."""
        unverified = compact.read(text)
        if unverified.typ != ACCESS_TYPE:
            raise MalformedToken(f"its typ is {unverified.typ!r}")
        self._check_signature(text, unverified)
        claims = Claims.parse(compact.parse_payload(unverified.payload))
        self._check_claims(claims)
        return claims

    def _check_signature(self, text: str, unverified: compact.Unverified) -> None:
        key = self._keystore.ring.verifying_key(unverified.kid, self._clock.now())
        # One key, one algorithm: what the header names can only ever confirm it (RFC 8725 §3.1).
        if unverified.algorithm != key.algorithm.value:
            raise WrongAlgorithm(f"its header names {unverified.algorithm!r}")
        try:
            self._jws.decode(text, key.public, algorithms=[key.algorithm.value])
        except jwt.InvalidTokenError as error:
            raise BadSignature("its signature does not match") from error

    def _check_claims(self, claims: Claims) -> None:
        now = self._clock.now()
        if claims.issuer != self._settings.issuer:
            raise InvalidClaim("iss", "names another issuer")
        if claims.audience != self._settings.audience:
            raise InvalidClaim("aud", "names another audience")
        if now >= claims.expires_at:
            raise ExpiredToken(f"expired at {claims.expires_at.isoformat()}")
        for name, instant in (("iat", claims.issued_at), ("nbf", claims.not_before)):
            if instant > now + _CLOCK_SKEW:
                raise InvalidClaim(name, "lies in the future")
