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
    session = client.post("/v1/sessions", json={"username": username, "password": PASSWORD})
    assert session.status_code == 201, session.text
    return Caller(client, account.json["user_id"], session.json["access_token"])  # type: ignore[index]
