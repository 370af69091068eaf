"""What an access token says (RFC 9068 §2.2, RFC 7519 §4.1); anything missing or odd is refused."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from auth.errors import InvalidClaim

COLLECTION_READ = "collection:read"
COLLECTION_WRITE = "collection:write"
ACCOUNT = "account"
SESSION_SCOPE = frozenset({COLLECTION_READ, COLLECTION_WRITE, ACCOUNT})
"""What a token of a session may do: everything."""

CLIENTS = ("web", "cli", "compat")
"""The clients a session can be opened by; a token of an API token has `api:<id>`."""

MAX_ID = 2**53 - 1
"""Ids are integers that JSON and JavaScript keep exact."""

_MAX_DATE = 253_402_300_799  # 9999-12-31T23:59:59Z, the last second a datetime can hold.
_ALWAYS = datetime.fromtimestamp(0, UTC)
_RANDOM_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_CLIENT = re.compile(rf"{'|'.join(CLIENTS)}|api:[1-9][0-9]{{0,15}}")
_SCOPE = re.compile(r"[!#-\[\]-~]+( [!#-\[\]-~]+)*")  # RFC 6749 §3.3


@dataclass(frozen=True)
class Claims:
    """The claims of one access token, as issued or as verified. We never write `nbf`, and honour it all the same."""

    issuer: str
    audience: str
    user_id: int
    client_id: str
    scope: frozenset[str]
    issued_at: datetime
    expires_at: datetime
    token_id: str
    session_id: str
    not_before: datetime = _ALWAYS

    def to_payload(self) -> dict[str, Any]:
        """Return the claims under their registered names, dates as whole seconds."""
        return {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": str(self.user_id),
            "user_id": self.user_id,
            "client_id": self.client_id,
            "scope": " ".join(sorted(self.scope)),
            "iat": int(self.issued_at.timestamp()),
            "exp": int(self.expires_at.timestamp()),
            "jti": self.token_id,
            "sid": self.session_id,
        }

    @classmethod
    def parse(cls, payload: Mapping[str, Any]) -> "Claims":
        """Return the claims of a payload. InvalidClaim names the first that is missing or odd."""
        for name, is_valid in _RULES.items():
            if name not in payload:
                raise InvalidClaim(name, "is missing")
            if not is_valid(payload[name]):
                raise InvalidClaim(name, "is not of the kind it must be")
        if payload["sub"] != str(payload["user_id"]):
            raise InvalidClaim("sub", "differs from user_id")
        if "nbf" in payload and not _is_date(payload["nbf"]):
            raise InvalidClaim("nbf", "is not of the kind it must be")
        return cls(
            issuer=payload["iss"],
            audience=payload["aud"],
            user_id=payload["user_id"],
            client_id=payload["client_id"],
            scope=frozenset(payload["scope"].split(" ")),
            issued_at=datetime.fromtimestamp(payload["iat"], UTC),
            expires_at=datetime.fromtimestamp(payload["exp"], UTC),
            token_id=payload["jti"],
            session_id=payload["sid"],
            not_before=datetime.fromtimestamp(payload.get("nbf", 0), UTC),
        )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_integer(value: object, maximum: int) -> bool:
    # A bool is an int to Python, and is not one to anybody else.
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= maximum


def _is_id(value: object) -> bool:
    return _is_integer(value, MAX_ID)


def _is_date(value: object) -> bool:
    return _is_integer(value, _MAX_DATE)


def _matches(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


_RULES: dict[str, Callable[[object], bool]] = {
    "iss": _is_text,
    "aud": _is_text,
    "sub": _is_text,
    "user_id": _is_id,
    "client_id": _matches(_CLIENT),
    "scope": _matches(_SCOPE),
    "iat": _is_date,
    "exp": _is_date,
    "jti": _matches(_RANDOM_ID),
    "sid": _matches(_RANDOM_ID),
}
