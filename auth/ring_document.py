"""`ring.json`: which keys there are, what each is for, and when. What follows from it is a function of the clock."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from auth import encoding
from auth.errors import KeyRingInvalid
from auth.keys import Algorithm

_KID = re.compile(r"[A-Za-z0-9_-]{43}")


class Purpose(StrEnum):
    """What a key signs: the tokens of sessions, or those of API tokens, which live longer."""

    SESSION = "session"
    API = "api"


class State(StrEnum):
    """Where a key stands at an instant. `next` and `signing` keys verify, too."""

    NEXT = "next"
    SIGNING = "signing"
    VERIFYING = "verifying"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True)
class RingEntry:
    """A key's id, purpose and times. Without `verify_until` it verifies until somebody sets one."""

    kid: str
    algorithm: Algorithm
    purpose: Purpose
    created: datetime
    sign_from: datetime
    verify_until: datetime | None = None

    def verifies(self, at: datetime) -> bool:
        """Tell whether signatures of this key are believed at this instant."""
        return self.verify_until is None or at < self.verify_until


class RingDocument:
    """Every key that was not pruned yet, and the ids of those that are revoked."""

    def __init__(self, entries: Iterable[RingEntry], revoked: Iterable[str] = ()) -> None:
        self.entries = tuple(entries)
        self.revoked = frozenset(revoked)
        if len({entry.kid for entry in self.entries}) != len(self.entries):
            raise KeyRingInvalid("names two keys with the same key id")

    @property
    def active(self) -> list[RingEntry]:
        """The keys that are not revoked."""
        return [entry for entry in self.entries if entry.kid not in self.revoked]

    def candidates(self, purpose: Purpose, at: datetime) -> list[RingEntry]:
        """Return the keys that may sign, best first: of those whose time has come, the one that began last."""
        eligible = [
            entry for entry in self.active if entry.purpose is purpose and entry.sign_from <= at and entry.verifies(at)
        ]
        return sorted(eligible, key=lambda entry: entry.sign_from, reverse=True)

    def signer(self, purpose: Purpose, at: datetime) -> RingEntry | None:
        """Return the key whose turn it was to sign at an instant, whatever has become of it since."""
        eligible = [entry for entry in self.entries if entry.purpose is purpose and entry.sign_from <= at]
        return max(eligible, key=lambda entry: entry.sign_from, default=None)

    def waiting(self, purpose: Purpose, at: datetime) -> list[RingEntry]:
        """Return the keys that will sign later, the first to begin first."""
        later = [entry for entry in self.active if entry.purpose is purpose and entry.sign_from > at]
        return sorted(later, key=lambda entry: entry.sign_from)

    def state(self, entry: RingEntry, at: datetime) -> State:
        """Tell where a key of this ring stands."""
        if entry.kid in self.revoked:
            return State.REVOKED
        if not entry.verifies(at):
            return State.EXPIRED
        if entry.sign_from > at:
            return State.NEXT
        return State.SIGNING if self.candidates(entry.purpose, at)[0] == entry else State.VERIFYING

    def to_json(self) -> bytes:
        """Return the file's text."""
        document = {"keys": [_members(entry) for entry in self.entries], "revoked": sorted(self.revoked)}
        return json.dumps(document, indent=2).encode() + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> "RingDocument":
        """Read the file's text. KeyRingInvalid says what is wrong with it."""
        try:
            keys = encoding.parse_object(data)["keys"]
            if not isinstance(keys, list):
                raise TypeError("its 'keys' is not a list")  # noqa: TRY301 - told below with the others
            return cls(map(_entry, keys), revoked_in(data))
        except (KeyError, OverflowError, TypeError, ValueError) as error:
            raise KeyRingInvalid(f"is not a key ring: {error!r}") from error


def revoked_in(data: bytes) -> frozenset[str]:
    """Return the revoked ids alone, which count even if nothing else can be made of the text. KeyRingInvalid."""
    try:
        revoked = encoding.parse_object(data)["revoked"]
    except (KeyError, ValueError) as error:
        raise KeyRingInvalid(f"is not a key ring: {error!r}") from error
    if not isinstance(revoked, list) or not all(isinstance(kid, str) for kid in revoked):
        raise KeyRingInvalid("is not a key ring: its 'revoked' is not a list of key ids")
    return frozenset(revoked)


def _members(entry: RingEntry) -> dict[str, str]:
    members = {
        "kid": entry.kid,
        "alg": entry.algorithm.value,
        "purpose": entry.purpose.value,
        "created": entry.created.isoformat(),
        "sign_from": entry.sign_from.isoformat(),
    }
    if entry.verify_until is not None:
        members["verify_until"] = entry.verify_until.isoformat()
    return members


def _entry(members: dict[str, Any]) -> RingEntry:
    # It names a file: nothing that leads elsewhere may pass.
    if _KID.fullmatch(members["kid"]) is None:
        raise ValueError(f"{members['kid']!r} is not a key id")
    until = members.get("verify_until")
    return RingEntry(
        members["kid"],
        Algorithm(members["alg"]),
        Purpose(members["purpose"]),
        created=_instant(members["created"]),
        sign_from=_instant(members["sign_from"]),
        verify_until=None if until is None else _instant(until),
    )


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return instant.astimezone(UTC)
