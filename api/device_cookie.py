"""The device token as a cookie that no script can read, and that is sent to nothing but the routes of sessions.

It carries no authority: it says which limit counts for a sign-in, and the password decides as ever. So unlike the
refresh token it needs no `Origin` check; another site that had it sent would gain nothing by it.
"""

from flask import Request, Response

from api.refresh_cookie import is_https
from api.settings import Settings
from auth.device_tokens import DeviceToken

NAME = "javumbo_device"
PATH = "/v1/sessions"


def read(request: Request) -> str | None:
    """Return the device token that came as a cookie, if one did. Nothing in it is checked yet, not even its size."""
    return request.cookies.get(NAME)


def put(response: Response, token: DeviceToken, settings: Settings) -> None:
    """Keep a device token in the browser for as long as it is good."""
    is_secure = is_https(settings)
    response.set_cookie(NAME, token.text, token.lifetime, path=PATH, secure=is_secure, httponly=True, samesite="Strict")
