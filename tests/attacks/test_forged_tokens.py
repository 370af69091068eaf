"""Tokens as an attacker would make them. Each is a 401 with one and the same answer, whatever is wrong with it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.services import Services
from auth import encoding
from auth.keyring import Purpose
from auth.keys import SigningKey
from tests.callers import Caller
from tests.clocks import NOON

GENERIC_CHALLENGE = 'Bearer realm="javumbo", error="invalid_token", error_description="The access token is not valid"'
REFRESH_TYPE = "rt+jwt"


def ask(client: FlaskClient, authorization: str) -> TestResponse:
    return client.get("/v1/accounts/me", headers={"Authorization": authorization})


def assert_refused(client: FlaskClient, token: str) -> None:
    answer = ask(client, f"Bearer {token}")
    body = dict(answer.json or {})
    assert body.pop("request_id")
    assert answer.status_code == 401, answer.text
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
        return f"{signed}.{encoding.encode((key or self.key.private).sign(signed.encode()))}"

    def with_header(self, **members: Any) -> str:
        return self.token(header={**self.header, **members})

    def with_claims(self, **members: Any) -> str:
        return self.token(payload={**self.payload, **members})

    def hmac(self, alg: str, secret: bytes) -> str:
        header = encoding.encode(encoding.dump_object({**self.header, "alg": alg}))
        signed = f"{header}.{encoding.encode(encoding.dump_object(self.payload))}"
        return f"{signed}.{encoding.encode(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


@pytest.fixture
def forge(services: Services, anna: Caller) -> Forge:
    return Forge(services, anna)


def test_the_forge_makes_tokens_that_would_pass(client: FlaskClient, forge: Forge) -> None:
    assert ask(client, f"Bearer {forge.token()}").status_code == 200


@pytest.mark.parametrize(
    "alg", ["none", "None", "NONE", "nOnE", "", "HS256", "HS512", "RS256", "ES256", "eddsa", "Ed25519"]
)
def test_algorithm_confusion(client: FlaskClient, forge: Forge, alg: str) -> None:
    assert_refused(client, forge.with_header(alg=alg))


@pytest.mark.parametrize("alg", ["none", "None", "NONE"])
def test_unsigned_tokens_cve_2015_9235(client: FlaskClient, forge: Forge, alg: str) -> None:
    header, payload, _ = forge.with_header(alg=alg).split(".")

    assert_refused(client, f"{header}.{payload}.")
    assert_refused(client, f"{header}.{payload}")


@pytest.mark.parametrize("alg", ["HS256", "EdDSA"])
def test_the_public_key_as_hmac_secret_cve_2016_5431(client: FlaskClient, forge: Forge, alg: str) -> None:
    secrets = (forge.key.public.public_bytes_raw(), json.dumps(forge.key.public_jwk()).encode(), b"", b"secret")

    for secret in secrets:
        assert_refused(client, forge.hmac(alg, secret))


def test_a_key_of_the_attackers(client: FlaskClient, forge: Forge) -> None:
    header, payload = encoding.dump_object(forge.header), encoding.dump_object(forge.payload)

    assert_refused(client, forge.sign(header, payload, key=Ed25519PrivateKey.generate()))


def test_an_embedded_key_cve_2018_0114(client: FlaskClient, forge: Forge) -> None:
    own = SigningKey.generate()
    header = {**forge.header, "kid": own.kid, "jwk": own.public_jwk()}

    assert_refused(client, forge.sign(encoding.dump_object(header), encoding.dump_object(forge.payload), own.private))


@pytest.mark.parametrize(
    "member",
    [
        {"jku": "https://attacker.example/jwks.json"},
        {"x5u": "https://attacker.example/key.pem"},
        {"x5c": ["MIIB"]},
        {"x5t": "abc"},
        {"jwk": {"kty": "OKP"}},
        {"crit": ["exp"]},
        {"crit": []},
        {"crit": ["b64"], "b64": False},
        {"b64": False},
        {"zip": "DEF"},
        {"cty": "JWT"},
        {"unheard-of": 1},
    ],
)
def test_a_header_member_we_never_write(client: FlaskClient, forge: Forge, member: dict[str, Any]) -> None:
    assert_refused(client, forge.with_header(**member))


@pytest.mark.parametrize(
    "kid",
    [
        "",
        "unknown",
        "../../../../dev/null",
        "keys/../ring.json",
        "' OR 1=1 --",
        "$(id)",
        "`id`",
        "x" * 43,
        "x" * 43 + "\n",
        "é" * 43,
        "\x00" * 43,
        5,
        None,
        ["a"],
        {"a": 1},
        True,
    ],
)
def test_key_ids_that_lead_elsewhere(client: FlaskClient, forge: Forge, kid: object) -> None:
    assert_refused(client, forge.with_header(kid=kid))


def test_a_key_id_of_another_algorithm_or_purpose_does_not_help(
    client: FlaskClient, forge: Forge, services: Services
) -> None:
    other = services.keystore.ring.signing_key(Purpose.API, NOON)

    assert_refused(client, forge.with_header(kid=other.kid))


@pytest.mark.parametrize(
    "typ", ["JWT", "jwt", "rt+jwt", "at+JWT", "AT+JWT", "application/at+jwt", "", "dpop+jwt", None, 5, []]
)
def test_a_token_of_another_type(client: FlaskClient, forge: Forge, typ: object) -> None:
    assert_refused(client, forge.with_header(typ=typ))


def test_a_refresh_token_is_not_an_access_token(client: FlaskClient, forge: Forge) -> None:
    refresh = {name: forge.payload[name] for name in ("iss", "sub", "sid", "iat", "exp", "jti")}

    assert_refused(client, forge.token({**forge.header, "typ": REFRESH_TYPE}, {**refresh, "gen": 1}))
    assert_refused(client, forge.token(payload={**refresh, "gen": 1, "aud": forge.issuer}))


@pytest.mark.parametrize("name", ["alg", "typ", "kid"])
def test_a_header_without(client: FlaskClient, forge: Forge, name: str) -> None:
    assert_refused(client, forge.token(header={key: value for key, value in forge.header.items() if key != name}))


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "user_id", "client_id", "scope", "iat", "exp", "jti", "sid"])
def test_a_claim_is_missing(client: FlaskClient, forge: Forge, name: str) -> None:
    assert_refused(client, forge.token(payload={key: value for key, value in forge.payload.items() if key != name}))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://attacker.example"},
        {"iss": "HTTP://127.0.0.1:8000"},
        {"iss": "http://127.0.0.1:8000/"},
        {"aud": "another"},
        {"aud": "JAVUMBO"},
        {"aud": ["javumbo"]},
        {"aud": ["javumbo", "another"]},
        {"sub": "2"},
        {"sub": 1},
        {"user_id": "1"},
        {"user_id": 2},
        {"user_id": 1.0},
        {"user_id": True},
        {"user_id": 0},
        {"user_id": 2**53},
        {"client_id": "admin"},
        {"scope": ["account"]},
        {"sid": "short"},
        {"jti": 5},
    ],
)
def test_a_claim_that_is_not_ours_or_mistyped(client: FlaskClient, forge: Forge, claims: dict[str, Any]) -> None:
    assert_refused(client, forge.with_claims(**claims))


NOW = int(NOON.timestamp())


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOW},
        {"exp": NOW - 1},
        {"exp": 0},
        {"exp": -1},
        {"exp": str(NOW + 600)},
        {"exp": NOW + 600.5},
        {"exp": float(NOW + 600)},
        {"exp": 1e300},
        {"exp": 10**30},
        {"exp": None},
        {"exp": True},
        {"iat": NOW + 61},
        {"iat": str(NOW)},
        {"iat": NOW + 0.5},
        {"nbf": NOW + 61},
        {"nbf": "now"},
        {"nbf": None},
    ],
)
def test_dates_out_of_bounds_or_mistyped(client: FlaskClient, forge: Forge, claims: dict[str, Any]) -> None:
    assert_refused(client, forge.with_claims(**claims))


def test_an_issue_date_within_a_minute_is_believed(client: FlaskClient, forge: Forge) -> None:
    assert ask(client, f"Bearer {forge.with_claims(iat=NOW + 60, nbf=NOW + 60)}").status_code == 200


def duplicate(document: dict[str, Any], name: str) -> bytes:
    extra = json.dumps({name: document[name]})[1:-1]
    return f"{json.dumps(document)[:-1]},{extra}}}".encode()


def test_duplicate_members(client: FlaskClient, forge: Forge) -> None:
    header, payload = encoding.dump_object(forge.header), encoding.dump_object(forge.payload)

    assert_refused(client, forge.sign(duplicate(forge.header, "alg"), payload))
    assert_refused(client, forge.sign(header, duplicate(forge.payload, "user_id")))


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"null", b"1", b'"text"', b"{", b"{}", b"\xff\xfe", b'{"exp":NaN}', b"\xef\xbb\xbf{}", b"[" * 2000],
)
def test_a_payload_that_is_not_an_object(client: FlaskClient, forge: Forge, payload: bytes) -> None:
    assert_refused(client, forge.sign(encoding.dump_object(forge.header), payload))
    assert_refused(client, forge.sign(payload, encoding.dump_object(forge.payload)))


def spellings(token: str) -> dict[str, str]:
    header, payload, signature = token.split(".")
    standard = base64.b64encode(encoding.decode(signature)).decode()
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spare_bits = signature[:-1] + last[last.index(signature[-1]) | 1]
    return {
        "padding": f"{header}.{payload}.{signature}==",
        "padding in the middle": f"{header}=.{payload}.{signature}",
        "the standard alphabet": f"{header}.{payload}.{standard}",
        "spare bits of the last character": f"{header}.{payload}.{spare_bits}",
        "a space inside": f"{header}. {payload}.{signature}",
        "a tab inside": f"{header}.{payload[:5]}\t{payload[5:]}.{signature}",
        "four parts": f"{token}.",
        "five parts": f"{header}..{payload}.{signature}.{signature}",
        "empty parts": "..",
        "no signature": f"{header}.{payload}.",
        "no dots": header,
        "nothing": "",
        "too long": f"{header}.{payload}.{'A' * 4096}",
        "JSON serialization": json.dumps({"payload": payload, "protected": header, "signature": signature}).replace(
            ",", ";"
        ),
    }


@pytest.mark.parametrize("spelling", sorted(spellings("e30.e30.AA")))
def test_another_spelling_of_a_good_token(client: FlaskClient, forge: Forge, spelling: str) -> None:
    assert_refused(client, spellings(forge.token())[spelling])


def test_a_token_of_another_service_with_our_key_id(client: FlaskClient, forge: Forge) -> None:
    token = jwt.encode(
        forge.payload, Ed25519PrivateKey.generate(), "EdDSA", headers={"kid": forge.key.kid, "typ": "at+jwt"}
    )

    assert_refused(client, token)


def test_an_expired_token(client: FlaskClient, anna: Caller, clock: Any) -> None:
    clock.advance(timedelta(minutes=10))

    assert_refused(client, anna.token)


def test_the_reason_is_in_the_log_and_the_token_is_not(
    client: FlaskClient, forge: Forge, caplog: pytest.LogCaptureFixture
) -> None:
    token = forge.with_claims(aud="another")
    caplog.set_level("INFO", "javumbo")

    assert_refused(client, token)

    logged = " ".join(str(vars(record)) for record in caplog.records if record.name.startswith("javumbo"))
    assert "names another audience" in logged
    assert token not in logged
    assert token.split(".")[2] not in logged


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_scheme_may_be_spelt_in_any_case(client: FlaskClient, anna: Caller, scheme: str) -> None:
    assert ask(client, f"{scheme} {anna.token}").status_code == 200


@pytest.mark.parametrize("authorization", ["", "Basic YTpi", "Token abc", "Bearer"])
def test_no_token_is_told_apart_from_a_bad_one(client: FlaskClient, authorization: str) -> None:
    answer = ask(client, authorization)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="javumbo"')
    if authorization != "Bearer":
        assert "error" not in answer.headers["WWW-Authenticate"]


def in_query(client: FlaskClient, token: str) -> TestResponse:
    return client.get(f"/v1/accounts/me?access_token={token}")


def in_both(client: FlaskClient, token: str) -> TestResponse:
    return client.get(f"/v1/accounts/me?access_token={token}", headers={"Authorization": f"Bearer {token}"})


def twice(client: FlaskClient, token: str) -> TestResponse:
    return ask(client, f"Bearer {token}, Bearer {token}")


@pytest.mark.parametrize("place", [in_query, in_both, twice])
def test_a_token_in_the_wrong_place_or_in_two(
    client: FlaskClient, anna: Caller, place: Callable[[FlaskClient, str], TestResponse]
) -> None:
    answer = place(client, anna.token)

    assert answer.status_code == 400
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="javumbo", error="invalid_request"'
