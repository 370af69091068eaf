"""Reads the JWS compact serialization, refusing what a token of ours cannot contain (RFC 7515 §7.1, RFC 8725 §3).

It stands in front of PyJWT, which is more forgiving: nothing reaches a signature check that is not
spelled exactly as we would have spelled it.
"""

import re
from dataclasses import dataclass
from typing import Any

from auth import encoding
from auth.errors import MalformedToken

MAX_LENGTH = 4096
"""Longest token looked at, in characters; ours have about 700."""

_THREE_PARTS = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_KID = re.compile(r"[A-Za-z0-9_-]{43}")
_MOST_NESTED = 32
_MEMBERS = {"alg", "kid", "typ"}


@dataclass(frozen=True)
class Unverified:
    """A token that is well formed, and so far nothing more than that."""

    kid: str
    algorithm: str
    typ: str
    payload: bytes


def read(text: str) -> Unverified:
    """Take a token apart. MalformedToken says what is wrong with it."""
    if len(text) > MAX_LENGTH:
        raise MalformedToken(f"longer than {MAX_LENGTH} characters")
    parts = _THREE_PARTS.fullmatch(text)
    if parts is None:
        raise MalformedToken("not three parts of base64url")
    try:
        header, payload, _ = (encoding.decode(part) for part in parts.groups())
    except ValueError as error:
        raise MalformedToken(str(error)) from error
    return _unverified(_parse(header), payload)


def parse_payload(payload: bytes) -> dict[str, Any]:
    """Return the claims set, once the signature is known to be good."""
    return _parse(payload)


def _parse(data: bytes) -> dict[str, Any]:
    # Ours is one object of plain values. What is nested deeply would cost more to parse than to verify.
    if data.count(b"{") + data.count(b"[") > _MOST_NESTED:
        raise MalformedToken("too many objects and lists in it")
    try:
        return encoding.parse_object(data)
    except ValueError as error:
        raise MalformedToken(str(error)) from error


def _unverified(header: dict[str, Any], payload: bytes) -> Unverified:
    # Exactly the three members we write. So `crit`, `jku`, `x5u`, `jwk` and whatever is invented
    # next are refused without a list of them.
    if set(header) != _MEMBERS:
        raise MalformedToken(f"its header has the members {sorted(header)}")
    if not all(isinstance(value, str) for value in header.values()):
        raise MalformedToken("a member of its header is not text")
    # A key id is used for a lookup in memory only; even so, it must look like one.
    if _KID.fullmatch(header["kid"]) is None:
        raise MalformedToken("its kid is not a thumbprint")
    return Unverified(header["kid"], header["alg"], header["typ"], payload)
