"""Asks another host for the keys it publishes."""

import json
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from urllib.parse import urlsplit

from auth.errors import KeyInvalid
from auth.jwks import KeySet, load_jwks

JWKS_PATH = "/.well-known/jwks.json"

_TIMEOUT = 5.0
_LONGEST = 1_000_000


def lacking(url: str, wanted: Sequence[str]) -> str | None:
    """Return None if the host publishes all of these keys; else which it lacks, or why it cannot be asked."""
    try:
        published = _fetch(url)
    except (OSError, HTTPException, ValueError, RecursionError, KeyInvalid) as error:
        return f"cannot be asked: {error}"
    missing = [kid for kid in wanted if kid not in published]
    return f"lacks {', '.join(missing)}" if missing else None


def _fetch(url: str) -> KeySet:
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("it is not an http or https URL")
    address = url if urlsplit(url).path.strip("/") else url.rstrip("/") + JWKS_PATH
    with urllib.request.urlopen(address, timeout=_TIMEOUT) as answer:  # noqa: S310 - the scheme is checked
        return load_jwks(json.loads(answer.read(_LONGEST)))
