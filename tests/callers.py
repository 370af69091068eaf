"""Somebody who uses the API inside this process: an account, a token, and short ways to ask."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "correct horse battery"


@dataclass
class Caller:
    client: FlaskClient
    user_id: int
    token: str
    refresh_token: str = ""
    session_id: str = ""

    def ask(self, method: str, path: str, json: Any = None) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.open(path, method=method, json=json, headers=headers)

    def deck(self, name: str = "Verbal Tenses") -> int:
        items: list[dict[str, Any]] = self.ask("GET", "/v1/decks").json["items"]  # type: ignore[index]
        return next(int(deck["id"]) for deck in items if deck["name"] == name)

    def add_card(self, front: str = "front", deck: str = "MyFirstDeck") -> dict[str, Any]:
        answer = self.ask("POST", f"/v1/decks/{self.deck(deck)}/cards", {"front": front, "back": "back"})
        assert answer.status_code == 201, answer.text
        card: dict[str, Any] = answer.json["cards"][0]  # type: ignore[index]
        return card


def sign_up(client: FlaskClient, username: str) -> Caller:
    new = {"username": username, "name": username.title(), "password": PASSWORD}
    account = client.post("/v1/accounts", json=new)
    assert account.status_code == 201, account.text
    return sign_in(client, username)


def sign_in(client: FlaskClient, username: str, kind: str = "web", refresh: str = "body") -> Caller:
    credentials = {"username": username, "password": PASSWORD, "client": kind, "refresh": refresh}
    session = client.post("/v1/sessions", json=credentials)
    assert session.status_code == 201, session.text
    body: dict[str, Any] = session.get_json()
    tokens = body["access_token"], body.get("refresh_token", "")
    return Caller(client, body["user"]["user_id"], *tokens, body["session_id"])
