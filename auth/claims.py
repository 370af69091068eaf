"""What an access token says (RFC 9068 §2.2, RFC 7519 §4.1); anything missing or odd is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from sys import intern
from typing import Any

from auth import claim_rules
from auth.claim_rules import ALWAYS, Rule
from auth.errors import ExpiredToken, InvalidClaim

COLLECTION_READ = "collection:read"
COLLECTION_WRITE = "collection:write"
ACCOUNT = "account"
SESSION_SCOPE = frozenset({COLLECTION_READ, COLLECTION_WRITE, ACCOUNT})
"""What a token of a session may do: everything."""

CLIENTS = ("web", "cli", "compat")
"""The clients a session can be opened by; a token of an API token has `api:<id>`."""

_API = "api:"
_CLIENT = re.compile(rf"{'|'.join(CLIENTS)}|{_API}[1-9][0-9]{{0,15}}")
_SCOPE = re.compile(r"[!#-\[\]-~]+( [!#-\[\]-~]+)*")  # RFC 6749 §3.3


@dataclass(frozen=True, slots=True)
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
    not_before: datetime = ALWAYS

    @property
    def is_of_api_token(self) -> bool:
        """Tell whether an API token stands behind this one, and not a session."""
        return self.client_id.startswith(_API)

    @property
    def lifetime(self) -> timedelta:
        """How long the token lives from when it was issued."""
        return self.expires_at - self.issued_at

    def require_unexpired(self, now: datetime) -> None:
        """ExpiredToken once the instant in `exp` has come."""
        if now >= self.expires_at:
            raise ExpiredToken(f"expired at {self.expires_at.isoformat()}", self.session_id)

    def to_payload(self) -> dict[str, Any]:
        """Return the claims under their registered names, dates as whole seconds."""
        return {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": str(self.user_id),
            "user_id": self.user_id,
            "client_id": self.client_id,
            "scope": written(self.scope),
            "iat": int(self.issued_at.timestamp()),
            "exp": int(self.expires_at.timestamp()),
            "jti": self.token_id,
            "sid": self.session_id,
        }

    @classmethod
    def parse(cls, payload: Mapping[str, Any]) -> "Claims":
        """Return the claims of a payload. InvalidClaim names the first that is missing or odd."""
        claim_rules.check(payload, _RULES)
        if payload["sub"] != str(payload["user_id"]):
            raise InvalidClaim("sub", "differs from user_id")
        if "nbf" in payload:
            claim_rules.require("nbf", payload["nbf"], claim_rules.is_date)
        return cls(
            # What thousands of tokens have in common is kept once: each request looks at less memory for it.
            issuer=intern(payload["iss"]),
            audience=intern(payload["aud"]),
            user_id=payload["user_id"],
            client_id=intern(payload["client_id"]),
            scope=_scope(payload["scope"]),
            issued_at=claim_rules.instant(payload["iat"]),
            expires_at=claim_rules.instant(payload["exp"]),
            token_id=payload["jti"],
            session_id=payload["sid"],
            not_before=claim_rules.instant(payload.get("nbf", 0)),
        )


def client_of(api_token_id: int) -> str:
    """Return the client that an API token's tokens name."""
    return f"{_API}{api_token_id}"


def written(scope: frozenset[str]) -> str:
    """Return a scope as it stands in tokens and answers (RFC 6749 §3.3)."""
    return " ".join(sorted(scope))


@lru_cache(maxsize=64)
def _scope(text: str) -> frozenset[str]:
    return frozenset(text.split(" "))


_RULES: dict[str, Rule] = {
    "iss": claim_rules.is_text,
    "aud": claim_rules.is_text,
    "sub": claim_rules.is_text,
    "user_id": claim_rules.is_id,
    "client_id": claim_rules.matches(_CLIENT),
    "scope": claim_rules.matches(_SCOPE),
    "iat": claim_rules.is_date,
    "exp": claim_rules.is_date,
    "jti": claim_rules.is_random_id,
    "sid": claim_rules.is_random_id,
}
