"""Tokens with a header or a key that is not ours."""

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient

from api.services import Services
from auth import encoding
from auth.keyring import Purpose
from auth.keys import SigningKey
from tests.attacks.forge import Forge, ask, assert_refused
from tests.clocks import NOON


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


def test_the_id_of_another_key_of_the_ring_does_not_help(client: FlaskClient, forge: Forge, services: Services) -> None:
    other = services.keystore.ring.signing_key(Purpose.API, NOON)

    assert_refused(client, forge.with_header(kid=other.kid))


@pytest.mark.parametrize(
    "typ", ["JWT", "jwt", "rt+jwt", "at+JWT", "AT+JWT", "application/at+jwt", "", "dpop+jwt", None, 5, []]
)
def test_a_token_of_another_type(client: FlaskClient, forge: Forge, typ: object) -> None:
    assert_refused(client, forge.with_header(typ=typ))


def test_a_refresh_token_is_not_an_access_token(client: FlaskClient, forge: Forge) -> None:
    refresh = {name: forge.payload[name] for name in ("iss", "sub", "sid", "iat", "exp", "jti")}

    assert_refused(client, forge.token({**forge.header, "typ": "rt+jwt"}, {**refresh, "gen": 1}))
    assert_refused(client, forge.token(payload={**refresh, "gen": 1, "aud": forge.issuer}))


@pytest.mark.parametrize("name", ["alg", "typ", "kid"])
def test_a_header_without(client: FlaskClient, forge: Forge, name: str) -> None:
    assert_refused(client, forge.token(header={key: value for key, value in forge.header.items() if key != name}))


def test_a_token_of_another_service_with_our_key_id(client: FlaskClient, forge: Forge) -> None:
    token = jwt.encode(
        forge.payload, Ed25519PrivateKey.generate(), "EdDSA", headers={"kid": forge.key.kid, "typ": "at+jwt"}
    )

    assert_refused(client, token)
