"""Device tokens: each says that one browser has signed in to one name before (OWASP, device cookies).

Who has one is limited by itself when it signs in to that name: so nobody who guesses at a name locks its owner out.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta

from auth import claim_rules, encoding
from auth.claim_rules import Rule
from auth.clock import Clock
from auth.errors import ExpiredToken, InvalidClaim, KeyUnavailable, TokenRefused
from auth.keystore import KeyStore
from auth.ring_document import Purpose
from auth.settings import AuthSettings
from auth.signed_tokens import SignedTokens

DEVICE_TYPE = "device+jwt"


@dataclass(frozen=True)
class DeviceToken:
    """A signed token, the id of its device, and how long it is good."""

    text: str
    device_id: str
    lifetime: timedelta


class DeviceTokens:
    """Signs the tokens of devices, and knows the device of one that passes every check."""

    def __init__(self, keystore: KeyStore, settings: AuthSettings, clock: Clock) -> None:
        self._issuer = settings.issuer
        # No longer than a session lasts unused: for so long, and no longer, is a key sure to verify.
        self._lifetime = settings.refresh_idle
        self._clock = clock
        self._signed = SignedTokens(keystore)

    def issue(self, holder: str, device_id: str | None = None) -> DeviceToken:
        """Sign a token for a device that has just signed in: a new device, unless it has an id already.

        The holder is whoever is signed in, in words that become others when their devices are to be strangers again.

        NoSigningKey if the ring has no key for now.
        """
        now = self._clock.now()
        device_id = device_id or encoding.random_id()
        payload = {
            "iss": self._issuer,
            "aud": self._issuer,
            "sub": _subject(holder),
            "iat": int(now.timestamp()),
            "exp": int((now + self._lifetime).timestamp()),
            "jti": device_id,
        }
        text = self._signed.sign(payload, DEVICE_TYPE, Purpose.SESSION, now, now)
        return DeviceToken(text, device_id, self._lifetime)

    def device_of(self, text: str | None, holder: str) -> str | None:
        """Return the id of a device that this holder has signed in with before. None if this is no good token of it."""
        if text is None:
            return None
        # A token opens nothing: without one, a sign-in is limited like anybody's and still needs its password. So
        # one that is bad is as good as none, and no reason to refuse an owner who knows the password.
        try:
            return self._verified(text, holder)
        except (TokenRefused, KeyUnavailable):
            return None

    def _verified(self, text: str, holder: str) -> str:
        now = self._clock.now()
        opened = self._signed.open(self._signed.ring, text, DEVICE_TYPE, now)
        opened.require_purpose(Purpose.SESSION)
        payload = opened.payload
        claim_rules.check(payload, _RULES)
        for name, expected in (("iss", self._issuer), ("aud", self._issuer), ("sub", _subject(holder))):
            if payload[name] != expected:
                raise InvalidClaim(name, "names another")
        expires_at = claim_rules.instant(payload["exp"])
        if now >= expires_at:
            raise ExpiredToken(f"expired at {expires_at.isoformat()}")
        device_id: str = payload["jti"]
        return device_id


def _subject(holder: str) -> str:
    # The browser of one is often the browser of others: who looks at its cookies should read no names there.
    return encoding.encode(hashlib.sha256(holder.encode()).digest())


_RULES: dict[str, Rule] = {
    "iss": claim_rules.is_text,
    "aud": claim_rules.is_text,
    "sub": claim_rules.matches(re.compile(r"[A-Za-z0-9_-]{43}")),
    "iat": claim_rules.is_date,
    "exp": claim_rules.is_date,
    "jti": claim_rules.is_random_id,
}
