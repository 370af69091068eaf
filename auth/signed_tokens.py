"""Signed tokens of every kind: the checks that come before anything in them is believed (RFC 8725 §3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auth import compact, encoding
from auth.errors import MalformedToken, WrongAlgorithm
from auth.keyring import KeyRing
from auth.keystore import KeyStore
from auth.ring_document import Purpose, RingEntry
from auth.signatures import Signatures


@dataclass(frozen=True)
class Opened:
    """What a token says whose signature is good, and what the ring says of the key that made it."""

    payload: dict[str, Any]
    key: RingEntry

    def require_purpose(self, purpose: Purpose) -> None:
        """Make sure that the key signs tokens of this kind. MalformedToken."""
        if self.key.purpose is not purpose:
            raise MalformedToken(f"its key is for {self.key.purpose.value}")


class SignedTokens:
    """Signs with the keys of the ring in force, and opens what one of them has signed."""

    def __init__(self, keystore: KeyStore) -> None:
        self._keystore = keystore
        self._signatures = Signatures()

    @property
    def ring(self) -> KeyRing:
        """The ring in force."""
        return self._keystore.ring

    def sign(self, payload: dict[str, Any], typ: str, purpose: Purpose, issued_at: datetime, now: datetime) -> str:
        """Sign with the key that signed at `issued_at`: so a token signed twice is the same, byte for byte.

        If that key is revoked since, with the one that signs now. NoSigningKey if there is none.
        """
        key = self.ring.signing_key_of(purpose, issued_at, now)
        return self._signatures.sign(encoding.dump_object(payload), key, {"typ": typ})

    def open(self, ring: KeyRing, text: str, typ: str, now: datetime) -> Opened:
        """Return what a token of this type says. TokenRefused, or KeyUnavailable if the ring could not be read."""
        unverified = compact.read(text)
        if unverified.typ != typ:
            raise MalformedToken(f"its typ is {unverified.typ!r}")
        key, entry = ring.verifying_key(unverified.kid, now)
        # One key, one algorithm: what the header names can only ever confirm it (RFC 8725 §3.1).
        if unverified.algorithm != key.algorithm.value:
            raise WrongAlgorithm(f"its header names {unverified.algorithm!r}")
        self._signatures.verify(text, key)
        return Opened(compact.parse_payload(unverified.payload), entry)
