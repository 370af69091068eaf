"""What errors are called towards OAuth clients (RFC 6749 §5.2, RFC 6750 §3.1, RFC 7009 §2.2.1)."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

_MARK = "_javumbo_oauth_errors"
_NOT_ALLOWED = re.compile(r"[^ !#-\[\]-~]")


@dataclass(frozen=True)
class OAuthError:
    """The status and the code of an error, for OAuth clients."""

    status: HTTPStatus
    code: str


_UNAVAILABLE = OAuthError(HTTPStatus.SERVICE_UNAVAILABLE, "temporarily_unavailable")
_INVALID_REQUEST = OAuthError(HTTPStatus.BAD_REQUEST, "invalid_request")
_ERRORS = {
    "invalid-grant": OAuthError(HTTPStatus.BAD_REQUEST, "invalid_grant"),
    "invalid-scope": OAuthError(HTTPStatus.BAD_REQUEST, "invalid_scope"),
    "unsupported-grant-type": OAuthError(HTTPStatus.BAD_REQUEST, "unsupported_grant_type"),
    "credentials-missing": OAuthError(HTTPStatus.UNAUTHORIZED, "invalid_client"),
    "invalid-token": OAuthError(HTTPStatus.UNAUTHORIZED, "invalid_token"),
    "insufficient-scope": OAuthError(HTTPStatus.FORBIDDEN, "insufficient_scope"),
    "body-too-large": OAuthError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "invalid_request"),
    "temporarily-unavailable": _UNAVAILABLE,
    "temporary-reduced-capacity": _UNAVAILABLE,
    "quota-exceeded": OAuthError(HTTPStatus.TOO_MANY_REQUESTS, "temporarily_unavailable"),
    # Only a 503 tells a client that the token it wanted revoked is still good, and that it may try again.
    "storage-full": _UNAVAILABLE,
    "internal-error": OAuthError(HTTPStatus.INTERNAL_SERVER_ERROR, "server_error"),
}


def for_oauth_clients(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view whose errors OAuth clients are to understand."""
    setattr(view, _MARK, True)
    return view


def is_for_oauth_clients(view: object) -> bool:
    """Tell whether a view has the mark."""
    return getattr(view, _MARK, False)


def of_problem(code: str) -> OAuthError:
    """Return what a problem is called; anything else that is wrong with a request makes it invalid."""
    return _ERRORS.get(code, _INVALID_REQUEST)


def description(detail: str, field_errors: Iterable[dict[str, str]]) -> str:
    """Return a text for the client's developer, in the characters that `error_description` may have."""
    parts = [f"{error['field']}: {error['message']}" for error in field_errors]
    return _NOT_ALLOWED.sub("", "; ".join(parts) or detail)
