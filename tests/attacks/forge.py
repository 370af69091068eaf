"""Makes tokens as an attacker would, and tells what becomes of them: a 401 with one and the same answer."""

import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.services import Services
from auth import encoding
from auth.ring_document import Purpose
from tests.callers import Caller
from tests.clocks import NOON

GENERIC_CHALLENGE = 'Bearer realm="javumbo", error="invalid_token", error_description="The access token is not valid"'
REFRESH_TYPE = "rt+jwt"


def ask(client: FlaskClient, authorization: str) -> TestResponse:
    return client.get("/v1/accounts/me", headers={"Authorization": authorization})


def assert_refused(client: FlaskClient, token: str, name: str = "") -> None:
    answer = ask(client, f"Bearer {token}")
    body = dict(answer.json or {})
    assert body.pop("request_id")
    assert answer.status_code == 401, (name, answer.text)
    assert answer.headers["WWW-Authenticate"] == GENERIC_CHALLENGE
    assert body == {
        "type": "urn:javumbo:problem:invalid-token",
        "title": "The access token is not valid",
        "status": 401,
        "detail": "The access token is expired, revoked, malformed or not meant for this service. Sign in again.",
    }


class Forge:
    """Signs whatever it is told with the service's own key, unless told to use another."""

    def __init__(self, services: Services, anna: Caller) -> None:
        self.key = services.keystore.ring.signing_key(Purpose.SESSION, NOON)
        assert isinstance(self.key.private, Ed25519PrivateKey)
        self.private = self.key.private
        self.other_kid = services.keystore.ring.signing_key(Purpose.API, NOON).kid
        self.issuer = services.settings.issuer
        header, payload, self.signature = anna.token.split(".")
        self.header: dict[str, Any] = json.loads(encoding.decode(header))
        self.payload: dict[str, Any] = json.loads(encoding.decode(payload))

    def token(self, header: dict[str, Any] | None = None, payload: dict[str, Any] | None = None) -> str:
        return self.sign(
            encoding.dump_object(self.header if header is None else header),
            encoding.dump_object(self.payload if payload is None else payload),
        )

    def sign(self, header: bytes, payload: bytes, key: Ed25519PrivateKey | None = None) -> str:
        signed = f"{encoding.encode(header)}.{encoding.encode(payload)}"
        return f"{signed}.{encoding.encode((key or self.private).sign(signed.encode()))}"

    def with_header(self, **members: Any) -> str:
        return self.token(header={**self.header, **members})

    def with_claims(self, **members: Any) -> str:
        return self.token(payload={**self.payload, **members})

    def hmac(self, alg: str, secret: bytes) -> str:
        header = encoding.encode(encoding.dump_object({**self.header, "alg": alg}))
        signed = f"{header}.{encoding.encode(encoding.dump_object(self.payload))}"
        return f"{signed}.{encoding.encode(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"
