"""The folder of keys on disk: one private key per file, and `ring.json` saying what each is for."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auth import disk, encoding
from auth.errors import KeyRingInvalid
from auth.keyring import KeyRing, Purpose, RingKey
from auth.keys import Algorithm, SigningKey

_RING = "ring.json"


class KeyStore:
    """A folder of keys, read when this is made. KeyRingInvalid says what is wrong with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ring = _read_ring(folder)


def exists(folder: Path) -> bool:
    """Tell whether the folder holds a key ring, whole or damaged: anything in it counts."""
    return folder.is_dir() and any(folder.iterdir())


def create(folder: Path, now: datetime) -> None:
    """Make a ring with one Ed25519 key per purpose, each signing at once: all of it or nothing.

    KeyRingInvalid if the folder has anything in it, so that no key is ever replaced.
    """
    if exists(folder):
        raise KeyRingInvalid(f"the key folder {folder} is not empty; nothing was changed")
    keys = [RingKey(SigningKey.generate(), purpose, created=now, sign_from=now) for purpose in Purpose]
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))  # mode 0700
    try:
        for entry in keys:
            _write(building / f"{entry.key.kid}.pem", entry.key.to_pem())
        _write(building / _RING, _ring_document(keys, revoked=()))
        disk.sync(building)
        building.rename(folder)
    except OSError:
        shutil.rmtree(building, ignore_errors=True)
        raise
    disk.sync(folder.parent)


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _ring_document(keys: Iterable[RingKey], revoked: Iterable[str]) -> bytes:
    document = {"keys": [_entry(key) for key in keys], "revoked": sorted(revoked)}
    return json.dumps(document, indent=2).encode() + b"\n"


def _entry(ring_key: RingKey) -> dict[str, str]:
    entry = {
        "kid": ring_key.key.kid,
        "alg": ring_key.key.algorithm.value,
        "purpose": ring_key.purpose.value,
        "created": ring_key.created.isoformat(),
        "sign_from": ring_key.sign_from.isoformat(),
    }
    if ring_key.verify_until is not None:
        entry["verify_until"] = ring_key.verify_until.isoformat()
    return entry


def _read_ring(folder: Path) -> KeyRing:
    path = folder / _RING
    try:
        document = encoding.parse_object(path.read_bytes())
        if not isinstance(document["revoked"], list):
            raise TypeError("revoked is not a list")  # noqa: TRY301 - told below with the file it is about
        revoked = frozenset(document["revoked"])
        # A revoked key's file may be gone or damaged already, which must not matter.
        entries = [entry for entry in document["keys"] if entry["kid"] not in revoked]
        return KeyRing([_read_key(folder, entry) for entry in entries], revoked)
    except OSError as error:
        raise KeyRingInvalid(f"cannot read the key ring: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise KeyRingInvalid(f"{path} is not a key ring: {error!r}") from error


def _read_key(folder: Path, entry: dict[str, Any]) -> RingKey:
    key = SigningKey.from_pem((folder / f"{entry['kid']}.pem").read_bytes())
    if key.kid != entry["kid"] or key.algorithm is not Algorithm(entry["alg"]):
        raise KeyRingInvalid(f"{entry['kid']}.pem holds another key than ring.json says")
    until = entry.get("verify_until")
    return RingKey(
        key,
        Purpose(entry["purpose"]),
        created=_instant(entry["created"]),
        sign_from=_instant(entry["sign_from"]),
        verify_until=None if until is None else _instant(until),
    )


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return instant.astimezone(UTC)
