import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auth.errors import KeyRingInvalid
from auth.keys import Algorithm, SigningKey, thumbprint


def test_a_key_survives_its_file() -> None:
    key = SigningKey.generate()

    loaded = SigningKey.from_pem(key.to_pem())

    assert loaded.kid == key.kid
    assert loaded.algorithm is Algorithm.EDDSA


def test_the_key_id_is_the_thumbprint_of_rfc_8037() -> None:
    members = {"crv": "Ed25519", "kty": "OKP", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}

    assert thumbprint(members) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_public_form_has_no_private_member() -> None:
    jwk = SigningKey.generate().public_jwk()

    assert set(jwk) == {"kty", "crv", "x", "kid", "alg", "use"}


def test_a_key_of_another_kind_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

    with pytest.raises(KeyRingInvalid, match="not Ed25519"):
        SigningKey.from_pem(other)


def test_an_encrypted_key_is_refused() -> None:
    encrypted = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"secret")
    )

    with pytest.raises(KeyRingInvalid, match="unencrypted"):
        SigningKey.from_pem(encrypted)


def test_garbage_is_refused() -> None:
    with pytest.raises(KeyRingInvalid, match="PKCS#8"):
        SigningKey.from_pem(b"-----BEGIN PRIVATE KEY-----\ngarbage\n-----END PRIVATE KEY-----\n")
