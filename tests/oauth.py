"""Short ways to ask the OAuth routes."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.callers import PASSWORD, Caller
from tests.clocks import NOON

SCOPE = "account collection:read collection:write"
AT_NOON = int(NOON.timestamp())


def refresh(client: FlaskClient, token: str, **more: str) -> TestResponse:
    return client.post("/oauth/token", data={"grant_type": "refresh_token", "refresh_token": token, **more})


def revoke(client: FlaskClient, token: str, **more: str) -> TestResponse:
    return client.post("/oauth/revoke", data={"token": token, **more})


def introspect(caller: Caller, token: str, **more: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {caller.token}"}
    answer = caller.client.post("/oauth/introspect", data={"token": token, **more}, headers=headers)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


def is_active(caller: Caller, token: str) -> bool:
    body = introspect(caller, token)
    assert body["active"] or body == {"active": False}
    return bool(body["active"])


def is_signed_in(caller: Caller) -> bool:
    return caller.ask("GET", "/v1/decks").status_code == 200


def api_token(caller: Caller) -> Caller:
    asked = {"password": PASSWORD, "name": "backup", "scopes": ["collection:read"]}
    created = caller.ask("POST", "/v1/api-tokens", asked).get_json()
    return Caller(caller.client, caller.user_id, created["token"])
