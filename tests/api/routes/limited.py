"""Every route that is limited strictly."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests import oauth
from tests.callers import PASSWORD, Caller

WRONG = "wrong password"


@dataclass
class Owner(Caller):
    """Somebody with an account, and a code from the operator for when they forget their password."""

    code: str = ""


@dataclass(frozen=True)
class Case:
    """A limited route: a request that is charged though it does nothing, and one that is good."""

    policy: str
    charged: Callable[[Owner], TestResponse]
    good: Callable[[Owner], TestResponse]
    status: int


def post(path: str, **body: Any) -> Callable[[Owner], TestResponse]:
    return lambda anna: anna.client.post(path, json=body)


def confirmed(method: str, path: str, password: str, **more: Any) -> Callable[[Owner], TestResponse]:
    return lambda anna: anna.ask(method, path.format(sid=anna.session_id), {"password": password, **more})


def with_password(method: str, path: str, status: int, **more: Any) -> Case:
    asks = [confirmed(method, path, password, **more) for password in (WRONG, PASSWORD)]
    return Case("password", asks[0], asks[1], status)


def by_cookie(anna: Owner) -> TestResponse:
    headers = {"Cookie": f"javumbo_refresh={anna.refresh_token}", "Origin": "http://localhost"}
    return anna.client.post("/v1/sessions/refresh", json={}, headers=headers)


def reset(anna: Owner) -> TestResponse:
    body = {"username": "anna", "code": anna.code, "new_password": "another password"}
    return anna.client.post("/v1/accounts/password-reset", json=body)


NEW = {"name": "Carl", "password": PASSWORD}
REFRESH = "/v1/sessions/refresh"


def refreshes(anna: Owner) -> TestResponse:
    """Refresh: with the same token, which gets the same answer."""
    return anna.client.post(REFRESH, json={"refresh_token": anna.refresh_token})


CASES = {
    "sign up": Case(
        "sign-up", post("/v1/accounts", username="anna", **NEW), post("/v1/accounts", username="c", **NEW), 201
    ),
    "sign in": Case(
        "sign-in",
        post("/v1/sessions", username="anna", password=WRONG),
        post("/v1/sessions", username="anna", password=PASSWORD),
        201,
    ),
    "refresh": Case("refresh", refreshes, refreshes, 200),
    "refresh by cookie": Case("refresh", refreshes, by_cookie, 200),
    "change password": with_password("PUT", "/v1/accounts/me/password", 204, new_password="another password"),
    "delete account": with_password("DELETE", "/v1/accounts/me", 204),
    "create API token": with_password("POST", "/v1/api-tokens", 201, name="backup", scopes=["collection:read"]),
    "end session": with_password("DELETE", "/v1/sessions/{sid}", 204),
    "end sessions": with_password("DELETE", "/v1/sessions", 204),
    "reset password": Case(
        "reset", post("/v1/accounts/password-reset", username="anna", code="no", new_password=PASSWORD), reset, 204
    ),
    "OAuth token": Case("refresh", refreshes, lambda anna: oauth.refresh(anna.client, anna.refresh_token), 200),
}
