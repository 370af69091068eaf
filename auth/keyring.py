"""Many keys in memory: which one signs and which ones verify is a function of the ring and the clock alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from auth.errors import KeyUnavailable, NoSigningKey, UnknownKey
from auth.keys import SigningKey
from auth.ring_document import Purpose, RingDocument, RingEntry
from auth.token_memory import TokenMemory


class KeyRing:
    """An immutable ring: what `ring.json` says, the keys that could be loaded, and the tokens these have verified."""

    def __init__(
        self, document: RingDocument, keys: Mapping[str, SigningKey], *, remembered: int = 20_000, is_known: bool = True
    ) -> None:
        """Make a ring. Unless `is_known`, there may be keys that it knows nothing of."""
        self.document = document
        self.keys = {entry.kid: keys[entry.kid] for entry in document.active if entry.kid in keys}
        self.memory = TokenMemory(remembered)
        self._entries = {entry.kid: entry for entry in document.active}
        self._is_known = is_known

    def signing_key(self, purpose: Purpose, at: datetime) -> SigningKey:
        """Return the key that signs: of those that may by now, the one that began last."""
        for entry in self.document.candidates(purpose, at):
            if entry.kid in self.keys:
                return self.keys[entry.kid]
        raise NoSigningKey(f"no key of the ring signs for purpose {purpose.value!r} at {at.isoformat()}")

    def signing_key_of(self, purpose: Purpose, then: datetime, now: datetime) -> SigningKey:
        """Return the key that signed at an earlier instant or, if that one is revoked since, the one that signs now."""
        signer = self.document.signer(purpose, then)
        if signer is not None and signer.kid in self.keys and signer.verifies(now):
            return self.keys[signer.kid]
        return self.signing_key(purpose, now)

    def verifying_key(self, kid: str, at: datetime) -> tuple[SigningKey, RingEntry]:
        """Return the key of this id, and what the ring says of it.

        UnknownKey if there is none, or its time is over; KeyUnavailable if it should be there and could not be read.
        """
        entry = self._entries.get(kid)
        if entry is not None and entry.verifies(at) and kid in self.keys:
            return self.keys[kid], entry
        if entry is None and (self._is_known or kid in self.document.revoked):
            raise UnknownKey(f"no key {kid!r} verifies")
        if entry is not None and not entry.verifies(at):
            raise UnknownKey(f"the time of key {kid!r} is over")
        raise KeyUnavailable(f"the key {kid!r} could not be read")

    def jwks(self, at: datetime) -> dict[str, Any]:
        """Return the JWKS document (RFC 7517 §5): every key that verifies now or will.

        KeyUnavailable if one is missing: others would keep the document, and refuse what that key has signed.
        """
        missing = [kid for kid, entry in self._entries.items() if entry.verifies(at) and kid not in self.keys]
        if missing or not self._is_known:
            raise KeyUnavailable(f"the keys {missing} could not be read")
        return {"keys": [key.public_jwk() for kid, key in self.keys.items() if self._entries[kid].verifies(at)]}
