"""Who may call what, found by walking the routes: a new one cannot forget to say."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api import app as app_module
from api.app import create_app
from api.authentication import access_of
from api.services import Services

PUBLIC = {
    ("POST", "/v1/accounts"),
    ("POST", "/v1/sessions"),
    ("GET", "/.well-known/jwks.json"),
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
            answer = client.open(rule.replace("<int:deck_id>", "1").replace("<int:card_id>", "1"), method=method)
            assert answer.status_code == 401, (method, rule, answer.text)
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="javumbo"'
    assert len(walked) > len(PUBLIC)


def test_the_public_routes_are_those_listed_here(client: FlaskClient) -> None:
    app = client.application

    public = {
        (method, rule) for method, rule, name in operations(app) if access_of(app.view_functions[name]) == "public"
    }

    assert public == PUBLIC


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
