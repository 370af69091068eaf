"""The same attacks where the ring signs with ES256 or RS256: those are where they were found in the field."""

import json
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from flask.testing import FlaskClient

from api.services import Services
from auth import encoding, rotation
from auth.key_folder import KeyFolder
from auth.keys import Algorithm, SigningKey
from auth.ring_document import Purpose
from tests.attacks.forge import Forge, ask, assert_refused
from tests.callers import PASSWORD, Caller
from tests.clocks import NOON, ManualClock

SECOND = timedelta(seconds=1)


@pytest.fixture(params=[Algorithm.ES256, Algorithm.RS256])
def key(request: pytest.FixtureRequest, services: Services, clock: ManualClock, anna: Caller) -> SigningKey:
    """The ring's signing key of another algorithm; Anna has a new token that it signed."""
    folder: KeyFolder = services.keystore.folder
    key = SigningKey.generate(request.param)
    change = rotation.rotate(folder.document(), Purpose.SESSION, key, NOON, SECOND, timedelta(days=30))
    folder.write(change.document, change.new_keys)
    services.keystore.reload()
    clock.advance(SECOND)
    session = anna.client.post("/v1/sessions", json={"username": "anna", "password": PASSWORD})
    assert session.json is not None
    anna.token = session.json["access_token"]
    assert jwt.get_unverified_header(anna.token)["alg"] == request.param.value
    return key


def with_signature(token: str, signature: bytes) -> str:
    return f"{token.rpartition('.')[0]}.{encoding.encode(signature)}"


def test_a_good_token_of_each_passes(client: FlaskClient, anna: Caller, key: SigningKey) -> None:
    assert ask(client, f"Bearer {anna.token}").status_code == 200
    assert ask(client, f"Bearer {anna.token}").status_code == 200


def test_psychic_signatures_cve_2022_21449(client: FlaskClient, anna: Caller, key: SigningKey) -> None:
    for size in (0, 64, 256):
        assert_refused(client, with_signature(anna.token, bytes(size)) if size else f"{anna.token.rpartition('.')[0]}.")


def test_the_public_key_as_hmac_secret_cve_2016_5431(client: FlaskClient, forge: Forge, key: SigningKey) -> None:
    pem = key.public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    forge.header["kid"] = key.kid

    for secret in (pem, pem.strip(), json.dumps(key.public_jwk()).encode()):
        for algorithm in ("HS256", key.algorithm.value):
            assert_refused(client, forge.hmac(algorithm, secret))


def test_one_key_has_one_algorithm(client: FlaskClient, forge: Forge, key: SigningKey) -> None:
    for algorithm in ("ES256", "RS256", "PS256", "RS512", "ES256K", "EdDSA"):
        assert_refused(client, forge.token({**forge.header, "kid": key.kid, "alg": algorithm}))


def test_a_der_signature_is_not_a_jws_one(client: FlaskClient, anna: Caller, key: SigningKey) -> None:
    signature = encoding.decode(anna.token.rpartition(".")[2])

    assert_refused(client, with_signature(anna.token, b"\x30" + signature))
    assert_refused(client, with_signature(anna.token, signature + b"\0"))
    assert_refused(client, with_signature(anna.token, signature[:-1]))
