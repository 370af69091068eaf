"""The ring a process works with: read from the folder of keys, and again whenever that has changed."""

import logging
from collections.abc import Callable

from auth.errors import KeyInvalid, KeyRingInvalid
from auth.key_folder import KeyFolder, digest
from auth.keyring import KeyRing
from auth.keys import SigningKey
from auth.ring_document import RingDocument, revoked_in

log = logging.getLogger("javumbo.keys")


class KeyStore:
    """Holds the ring in force. Whoever needs one takes it from here each time, and keeps none.

    A folder that cannot be used leaves the ring before in force, loudly; but keys it revokes are revoked.
    """

    def __init__(
        self, folder: KeyFolder, remembered: int = 20_000, on_fault: Callable[[bool], None] = lambda _: None
    ) -> None:
        """Read the folder. What is wrong with it is in `fault`; a ring that cannot be read knows no keys."""
        self.folder = folder
        self.ring = KeyRing(RingDocument(()), {}, is_known=False)
        self.digest = ""
        self.fault: str | None = None
        self._remembered = remembered
        self._on_fault = on_fault
        self._seen: tuple[int, ...] | None = None
        self._load()

    def reload(self) -> None:
        """Read the folder again if it has changed, or could not be used before. One stat when it has not."""
        signature = self.folder.signature()
        if signature != self._seen or self.fault is not None:
            self._load()

    def _load(self) -> None:
        self._seen = self.folder.signature()
        try:
            data = self.folder.read()
            revoked = revoked_in(data)
        except KeyRingInvalid as error:
            self._set_fault(f"{self.folder.ring_file} {error}")
            return
        try:
            document = RingDocument.from_json(data)
        except KeyRingInvalid as error:
            document = RingDocument(self.ring.document.entries, self.ring.document.revoked | revoked)
            self._use(document, self.ring.keys, data)
            self._set_fault(f"{self.folder.ring_file} {error}")
        else:
            # A copy put back may be older than a revocation; what this process has once heard revoked stays so.
            revoked |= self.ring.document.revoked
            self._use_keys_of(RingDocument(document.entries, revoked), data)

    def _use_keys_of(self, document: RingDocument, data: bytes) -> None:
        keys: dict[str, SigningKey] = {}
        faults = []
        for entry in document.active:
            try:
                keys[entry.kid] = self.folder.key(entry)
            except KeyInvalid as error:
                faults.append(str(error))
                # Its id is its thumbprint: what is in memory under it is the same key.
                if entry.kid in self.ring.keys:
                    keys[entry.kid] = self.ring.keys[entry.kid]
        self._use(document, keys, data)
        self._set_fault("; ".join(faults) or None)

    def _use(self, document: RingDocument, keys: dict[str, SigningKey], data: bytes) -> None:
        # While a fault lasts the folder is read each second, and what is remembered should survive that.
        if digest(data) == self.digest and keys.keys() == self.ring.keys.keys():
            return
        is_known = bool(document.entries)
        self.ring = KeyRing(document, keys, remembered=self._remembered, is_known=is_known)
        self.digest = digest(data)
        log.info("key ring in force", extra={"ring": self.digest[:12], "keys": len(keys)})

    def _set_fault(self, fault: str | None) -> None:
        if fault == self.fault:
            return
        self.fault = fault
        self._on_fault(fault is not None)
        if fault is None:
            log.warning("the key folder can be used again")
        else:
            log.critical("the key folder cannot be used; the ring before stays in force", extra={"reason": fault})
