"""base64url without padding and JSON without surprises, as signed tokens use them (RFC 7515 §2, §4)."""

import base64
import binascii
import json
import secrets
from typing import Any, NoReturn


def encode(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Return the bytes behind canonical base64url; ValueError for any other spelling of them."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    # The last character has bits to spare: without this, several texts mean the same bytes.
    if encode(data) != text:
        raise ValueError("not canonical base64url")
    return data


def random_id() -> str:
    """Return 128 random bits, or hardly less, as 22 characters of base64url."""
    while True:
        found = encode(secrets.token_bytes(16))
        # One that begins with a dash would look like an option on the command line.
        if not found.startswith("-"):
            return found


def dump_object(members: dict[str, Any]) -> bytes:
    """Return a JSON object without spaces."""
    return json.dumps(members, separators=(",", ":")).encode("ascii")


def parse_object(data: bytes) -> dict[str, Any]:
    """Return the JSON object in `data`; ValueError unless it is UTF-8, an object, and names each member once."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
