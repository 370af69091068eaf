"""Who may call what, found by walking the routes: a new one cannot forget to say."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api import app as app_module
from api.app import create_app
from api.authentication import Access, access_of
from api.services import Services
from auth.claims import COLLECTION_READ, SESSION_SCOPE
from auth.tokens import AccessTokens
from tests.callers import Caller
from tests.clocks import ManualClock
from tests.grants import grant

PUBLIC = {
    ("POST", "/v1/accounts"),
    ("POST", "/v1/accounts/password-reset"),
    ("POST", "/v1/sessions"),
    ("POST", "/v1/sessions/refresh"),
    ("POST", "/oauth/token"),
    ("POST", "/oauth/revoke"),
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/.well-known/oauth-authorization-server"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/openapi.json"),
    ("GET", "/docs/"),
    ("GET", "/docs/<path:path>"),
}


def operations(app: Flask) -> set[tuple[str, str, str]]:
    return {
        (method, rule.rule, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_but_the_public_ones_is_a_401_without_a_token(client: FlaskClient) -> None:
    walked = operations(client.application)

    for method, rule, _ in walked:
        if (method, rule) not in PUBLIC:
            answer = client.open(path_of(rule), method=method)
            assert answer.status_code == 401, (method, rule, answer.text)
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="javumbo"'
    assert len(walked) > len(PUBLIC)


def test_the_public_routes_are_those_listed_here(client: FlaskClient) -> None:
    app = client.application

    public = {
        (method, rule) for method, rule, name in operations(app) if access_of(app.view_functions[name]) == Access(None)
    }

    assert public == PUBLIC


def path_of(rule: str) -> str:
    return re.sub(r"[<{](?:int:)?\w+[>}]", "1", re.sub(r"[<{](?:sid:)?session_id[>}]", "S" * 22, rule))


def token_with(services: Services, anna: Caller, scope: frozenset[str]) -> dict[str, str]:
    tokens = AccessTokens(services.keystore, services.settings, services.clock)
    return {"Authorization": f"Bearer {tokens.issue(grant(anna.user_id, scope)).text}"}


def test_every_route_asks_for_the_scope_it_documents(client: FlaskClient, services: Services, anna: Caller) -> None:
    paths = client.get("/openapi.json").json["paths"]  # type: ignore[index]
    asked = {
        (method, path): operation["security"][0]["bearer"]
        for path, operations in paths.items()
        for method, operation in operations.items()
        if "security" in operation
    }

    for (method, path), (scope,) in asked.items():
        headers = token_with(services, anna, SESSION_SCOPE - {scope})
        answer = client.open(path_of(path), method=method, headers=headers)
        assert answer.status_code == 403, (method, path)
        assert answer.headers["WWW-Authenticate"].endswith(f'error="insufficient_scope", scope="{scope}"')
        assert answer.json is not None
        assert (answer.json["type"], answer.json["scope"]) == ("urn:javumbo:problem:insufficient-scope", scope)
    assert {scope for (scope,) in asked.values()} == SESSION_SCOPE


def test_reading_takes_no_scope_to_write_and_the_account_neither(
    client: FlaskClient, services: Services, anna: Caller
) -> None:
    headers = token_with(services, anna, frozenset({COLLECTION_READ}))

    assert client.get("/v1/decks", headers=headers).status_code == 200
    assert client.post("/v1/decks", json={"name": "x"}, headers=headers).status_code == 403
    assert client.get("/v1/accounts/me", headers=headers).status_code == 403


def test_an_application_with_a_view_that_does_not_say_is_not_built(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(app: Any, *arguments: object) -> None:
        app.add_url_rule("/forgotten", "forgotten", lambda: "secrets")

    monkeypatch.setattr(app_module, "_serve_docs", forgetful)

    with pytest.raises(RuntimeError, match="does not say who may call it"):
        create_app(services)


def test_a_caller_sees_only_what_is_theirs(anna: Any, ben: Any) -> None:
    card = anna.add_card("a secret")

    assert ben.ask("GET", f"/v1/cards/{card['id']}").status_code == 404
    assert ben.ask("DELETE", f"/v1/cards/{card['id']}").status_code == 404
    assert ben.ask("GET", f"/v1/decks/{card['deck']['id']}/cards").status_code in (200, 404)
    assert "a secret" not in ben.ask("GET", f"/v1/decks/{card['deck']['id']}/cards").text
    assert anna.ask("GET", f"/v1/cards/{card['id']}").json["front"] == "a secret"


def test_a_request_that_was_suspended_until_its_token_expired_is_refused(
    services: Services, anna: Caller, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was revoked is forgotten once it has expired: so a token must not expire between the two checks."""
    check = services.revocations.check

    def sleep_and_check(sid: str) -> None:
        clock.advance(timedelta(minutes=11))
        services.follower.read()
        check(sid)

    monkeypatch.setattr(services.revocations, "check", sleep_and_check)

    assert anna.ask("GET", "/v1/decks").status_code == 401
