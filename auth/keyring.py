"""Many keys: which one signs and which ones verify is a function of the ring and the clock alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from auth.errors import KeyRingInvalid, NoSigningKey, UnknownKey
from auth.keys import SigningKey


class Purpose(StrEnum):
    """What a key signs: the tokens of sessions, or those of API tokens, which live longer."""

    SESSION = "session"
    API = "api"


@dataclass(frozen=True)
class RingKey:
    """A key and its times. Without `verify_until` it verifies until somebody sets one."""

    key: SigningKey
    purpose: Purpose
    created: datetime
    sign_from: datetime
    verify_until: datetime | None = None

    def verifies(self, at: datetime) -> bool:
        """Tell whether signatures of this key are believed at this instant."""
        return self.verify_until is None or at < self.verify_until


class KeyRing:
    """An immutable set of keys, without those whose ids are revoked."""

    def __init__(self, keys: Iterable[RingKey], revoked: Iterable[str] = ()) -> None:
        self.revoked = frozenset(revoked)
        listed = list(keys)
        self._keys = {entry.key.kid: entry for entry in listed if entry.key.kid not in self.revoked}
        if len({entry.key.kid for entry in listed}) != len(listed):
            raise KeyRingInvalid("two keys of the ring have the same key id")

    def signing_key(self, purpose: Purpose, at: datetime) -> SigningKey:
        """Return the key that signs: of those that may by now, the one that began last."""
        eligible = [
            entry
            for entry in self._keys.values()
            if entry.purpose is purpose and entry.sign_from <= at and entry.verifies(at)
        ]
        if not eligible:
            raise NoSigningKey(f"no key of the ring signs for purpose {purpose.value!r} at {at.isoformat()}")
        return max(eligible, key=lambda entry: entry.sign_from).key

    def verifying_key(self, kid: str, at: datetime) -> SigningKey:
        """Return the key of this id. UnknownKey if there is none, or its time is over."""
        entry = self._keys.get(kid)
        if entry is None or not entry.verifies(at):
            raise UnknownKey(f"no key {kid!r} verifies")
        return entry.key

    def jwks(self, at: datetime) -> dict[str, Any]:
        """Return the JWKS document (RFC 7517 §5): every key that verifies now or will."""
        return {"keys": [entry.key.public_jwk() for entry in self._keys.values() if entry.verifies(at)]}
