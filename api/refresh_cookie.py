"""The refresh token as a cookie that no script can read, and that is sent to nothing but the refresh route.

`SameSite=Strict` keeps other sites from having it sent, and the `Origin` check those that are of the same site and
are not ours (RFC 9700 §2.1, OWASP CSRF).
"""

from urllib.parse import urlsplit

from flask import Request, Response

from api.errors import OriginRefused, RefreshTokenMissing
from api.settings import Settings
from auth.refresh_tokens import RefreshClaims

NAME = "javumbo_refresh"
_USUAL_PORTS = {"http": 80, "https": 443}
PATH = "/v1/sessions/refresh"


def read(request: Request, settings: Settings) -> str:
    """Return the refresh token that came as a cookie. RefreshTokenMissing; OriginRefused if no page of ours sent it."""
    token = request.cookies.get(NAME)
    if token is None:
        raise RefreshTokenMissing
    origin = request.headers.get("Origin", "")
    if origin not in _own_origins(request, settings):
        raise OriginRefused(origin)
    return token


def put(response: Response, refresh_token: str, claims: RefreshClaims, settings: Settings) -> None:
    """Keep a refresh token in the browser for as long as it is good."""
    lifetime = claims.expires_at - claims.issued_at
    is_secure = is_https(settings)
    response.set_cookie(NAME, refresh_token, lifetime, path=PATH, secure=is_secure, httponly=True, samesite="Strict")


def clear(response: Response, settings: Settings) -> None:
    """Take the refresh token out of the browser."""
    response.delete_cookie(NAME, path=PATH, secure=is_https(settings), httponly=True, samesite="Strict")


def _own_origins(request: Request, settings: Settings) -> set[str]:
    own = {origin_of(settings.issuer), *settings.cors_origins}
    # Where the issuer is https, a page without it is none of ours, whatever address it was asked by.
    return own if is_https(settings) else own | {origin_of(request.host_url)}


def origin_of(url: str) -> str:
    """Return the origin of a URL as browsers write it: in lower case, and without the usual port."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in (None, _USUAL_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def is_https(settings: Settings) -> bool:
    """Tell whether browsers reach the service by https, so that its cookies need not go over anything else."""
    return urlsplit(settings.issuer).scheme == "https"
