"""Refresh tokens: JWTs that only this service reads, each a generation of a session (RFC 6749 §1.5, RFC 9700 §4.14)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auth import claim_rules
from auth.claim_rules import Rule
from auth.clock import Clock
from auth.errors import ExpiredToken, InvalidClaim
from auth.keystore import KeyStore
from auth.ring_document import Purpose
from auth.settings import AuthSettings
from auth.signed_tokens import SignedTokens

REFRESH_TYPE = "rt+jwt"


@dataclass(frozen=True)
class RefreshClaims:
    """What a refresh token says: which session, and which generation of it."""

    user_id: int
    session_id: str
    generation: int
    token_id: str
    issued_at: datetime
    expires_at: datetime

    def to_payload(self, issuer: str) -> dict[str, Any]:
        """Return the claims under their names. It is for the issuer itself: so its `aud` is the issuer."""
        return {
            "iss": issuer,
            "aud": issuer,
            "sub": str(self.user_id),
            "sid": self.session_id,
            "gen": self.generation,
            "iat": int(self.issued_at.timestamp()),
            "exp": int(self.expires_at.timestamp()),
            "jti": self.token_id,
        }

    @classmethod
    def parse(cls, payload: Mapping[str, Any], issuer: str) -> "RefreshClaims":
        """Return the claims of a payload. InvalidClaim names the first that is missing or odd."""
        claim_rules.check(payload, _RULES)
        for name in ("iss", "aud"):
            if payload[name] != issuer:
                raise InvalidClaim(name, "names another party")
        return cls(
            user_id=int(payload["sub"]),
            session_id=payload["sid"],
            generation=payload["gen"],
            token_id=payload["jti"],
            issued_at=claim_rules.instant(payload["iat"]),
            expires_at=claim_rules.instant(payload["exp"]),
        )


class RefreshTokens:
    """Signs refresh tokens, and believes those that pass every check. Whether one is still good, its session knows."""

    def __init__(self, keystore: KeyStore, settings: AuthSettings, clock: Clock) -> None:
        self._issuer = settings.issuer
        self._clock = clock
        self._signed = SignedTokens(keystore)

    def issue(self, claims: RefreshClaims, issued_at: datetime) -> str:
        """Sign a token: the same one for the same claims. NoSigningKey if the ring has no key for now."""
        payload = claims.to_payload(self._issuer)
        return self._signed.sign(payload, REFRESH_TYPE, Purpose.SESSION, issued_at, self._clock.now())

    def verify(self, text: str) -> RefreshClaims:
        """Return what a token says, after every check. TokenRefused carries the reason, for the log only.

        KeyUnavailable if the ring could not be read, so that nobody can tell.
        """
        now = self._clock.now()
        opened = self._signed.open(self._signed.ring, text, REFRESH_TYPE, now)
        opened.require_purpose(Purpose.SESSION)
        claims = RefreshClaims.parse(opened.payload, self._issuer)
        if now >= claims.expires_at:
            raise ExpiredToken(f"expired at {claims.expires_at.isoformat()}")
        return claims


_RULES: dict[str, Rule] = {
    "iss": claim_rules.is_text,
    "aud": claim_rules.is_text,
    "sub": claim_rules.matches(re.compile(r"[1-9][0-9]{0,15}")),
    "sid": claim_rules.is_random_id,
    "gen": claim_rules.is_id,
    "iat": claim_rules.is_date,
    "exp": claim_rules.is_date,
    "jti": claim_rules.is_random_id,
}
