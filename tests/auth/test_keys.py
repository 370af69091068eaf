import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from auth import encoding
from auth.errors import KeyInvalid
from auth.keys import Algorithm, SigningKey, algorithm_of, thumbprint

PASSPHRASE = b"a long passphrase"
NEITHER = "it is neither Ed25519, nor EC on P-256, nor RSA"
RSA_OF_RFC_7638 = (
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj"
    "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ"
    "vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK"
    "nqDKgw"
)
MEMBERS = {
    Algorithm.EDDSA: {"kty", "crv", "x"},
    Algorithm.ES256: {"kty", "crv", "x", "y"},
    Algorithm.RS256: {"kty", "n", "e"},
}


@dataclass(frozen=True)
class Refused:
    make: Callable[[], PrivateKeyTypes]
    sentence: str


REFUSED = {
    "RSA of 1024 bits": Refused(
        lambda: rsa.generate_private_key(65537, 1024), "it is RSA of 1024 bits, and only 2048 to 8192 are used"
    ),
    "RSA of exponent 3": Refused(
        lambda: rsa.generate_private_key(3, 2048),
        "its RSA exponent is 3: less than 65537 is weak, and much more is never used",
    ),
    "P-384": Refused(lambda: ec.generate_private_key(ec.SECP384R1()), "its curve is secp384r1, and only P-256 is used"),
    "secp256k1": Refused(
        lambda: ec.generate_private_key(ec.SECP256K1()), "its curve is secp256k1, and only P-256 is used"
    ),
    "Ed448": Refused(ed448.Ed448PrivateKey.generate, NEITHER),
    "DSA": Refused(lambda: dsa.generate_private_key(1024), NEITHER),
    "X25519": Refused(x25519.X25519PrivateKey.generate, NEITHER),
}


@pytest.fixture(scope="module", params=list(Algorithm))
def key(request: pytest.FixtureRequest) -> SigningKey:
    return SigningKey.generate(request.param)


def pem(private: PrivateKeyTypes, passphrase: bytes | None = None) -> bytes:
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_new_key_is_of_the_algorithm_asked_for(algorithm: Algorithm) -> None:
    key = SigningKey.generate(algorithm)

    assert key.algorithm is algorithm
    assert algorithm_of(key.public) is algorithm


def test_a_new_key_is_ed25519_unless_said_otherwise() -> None:
    assert SigningKey.generate().algorithm is Algorithm.EDDSA


def test_a_new_rsa_key_has_2048_bits_and_the_usual_exponent() -> None:
    public = SigningKey.generate(Algorithm.RS256).public

    assert isinstance(public, rsa.RSAPublicKey)
    assert (public.key_size, public.public_numbers().e) == (2048, 65537)


def test_no_two_keys_are_the_same() -> None:
    assert len({SigningKey.generate().kid for _ in range(20)}) == 20


def test_an_id_never_begins_with_a_dash() -> None:
    first = {SigningKey.generate().kid[0] for _ in range(2000)}

    assert "-" not in first
    assert "_" in first


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_a_key_survives_its_file(key: SigningKey, passphrase: bytes | None) -> None:
    loaded = SigningKey.from_pem(key.to_pem(passphrase), passphrase)

    assert (loaded.kid, loaded.algorithm, loaded.public) == (key.kid, key.algorithm, key.public)
    assert loaded.to_pem() == key.to_pem()


def test_a_passphrase_encrypts_the_key(key: SigningKey) -> None:
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in key.to_pem(PASSPHRASE)
    assert b"BEGIN PRIVATE KEY" in key.to_pem()


def test_an_unencrypted_key_is_taken_although_there_is_a_passphrase(key: SigningKey) -> None:
    assert SigningKey.from_pem(key.to_pem(), PASSPHRASE).kid == key.kid


def test_a_wrong_passphrase_is_refused(key: SigningKey) -> None:
    with pytest.raises(KeyInvalid, match=r"^the passphrase is wrong, or it is not a PKCS#8 private key$"):
        SigningKey.from_pem(key.to_pem(PASSPHRASE), b"another")


def test_without_its_passphrase_an_encrypted_key_is_refused(key: SigningKey) -> None:
    with pytest.raises(KeyInvalid, match=r"^it is encrypted, and there is no passphrase \(JAVUMBO_KEYS_PASSPHRASE\)$"):
        SigningKey.from_pem(key.to_pem(PASSPHRASE))


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED.keys())
def test_a_key_of_another_kind_or_a_weak_one_is_refused(refused: Refused, passphrase: bytes | None) -> None:
    text = pem(refused.make(), passphrase)

    with pytest.raises(KeyInvalid, match=f"^{re.escape(refused.sentence)}$"):
        SigningKey.from_pem(text, passphrase)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"garbage",
        b"\xff\x00",
        b"-----BEGIN PRIVATE KEY-----\ngarbage\n-----END PRIVATE KEY-----\n",
        pem(ec.derive_private_key(1, ec.SECP256R1()))[:-40],
        ec.derive_private_key(1, ec.SECP256R1())
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    ],
    ids=["empty", "garbage", "no text", "garbage in PEM", "cut off", "a public key"],
)
def test_what_is_no_private_key_is_refused(text: bytes) -> None:
    with pytest.raises(KeyInvalid, match=r"^it is not a PKCS#8 private key$"):
        SigningKey.from_pem(text, PASSPHRASE)


@pytest.mark.parametrize("bits", [2048, 3072, 8192])
def test_rsa_of_these_sizes_is_used(bits: int) -> None:
    public = rsa.RSAPublicNumbers(65537, 2 ** (bits - 1) + 1).public_key()

    assert algorithm_of(public) is Algorithm.RS256


@pytest.mark.parametrize("bits", [2047, 8193])
def test_rsa_of_other_sizes_is_refused(bits: int) -> None:
    public = rsa.RSAPublicNumbers(65537, 2 ** (bits - 1) + 1).public_key()

    with pytest.raises(KeyInvalid, match=f"RSA of {bits} bits"):
        algorithm_of(public)


def test_an_rsa_exponent_just_below_the_usual_one_is_refused() -> None:
    public = rsa.RSAPublicNumbers(65535, 2**2047 + 1).public_key()

    with pytest.raises(KeyInvalid, match="exponent is 65535"):
        algorithm_of(public)


def test_what_is_no_key_at_all_has_no_algorithm() -> None:
    with pytest.raises(KeyInvalid, match=NEITHER):
        algorithm_of(b"secret")


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"kty": "RSA", "n": RSA_OF_RFC_7638, "e": "AQAB"}, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
        (
            {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        ),
    ],
    ids=["RFC 7638 section 3.1", "RFC 8037 A.3"],
)
def test_the_thumbprint_is_the_one_of_the_rfc(members: dict[str, str], expected: str) -> None:
    assert thumbprint(members) == expected


def test_the_id_is_the_thumbprint_of_the_required_members(key: SigningKey) -> None:
    jwk = key.public_jwk()

    assert key.kid == thumbprint({name: jwk[name] for name in MEMBERS[key.algorithm]})
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", key.kid)


def test_the_public_form_has_no_private_member(key: SigningKey) -> None:
    jwk = key.public_jwk()

    assert set(jwk) == MEMBERS[key.algorithm] | {"kid", "alg", "use"}
    assert (jwk["kid"], jwk["alg"], jwk["use"]) == (key.kid, key.algorithm.value, "sig")


def test_a_coordinate_keeps_its_leading_zeros() -> None:
    private = ec.derive_private_key(379, ec.SECP256R1())

    x = encoding.decode(SigningKey.from_pem(pem(private)).public_jwk()["x"])

    assert (len(x), x[0]) == (32, 0)


def test_an_rsa_number_has_no_leading_zeros() -> None:
    jwk = SigningKey.generate(Algorithm.RS256).public_jwk()

    assert (len(encoding.decode(jwk["n"])), jwk["e"]) == (256, "AQAB")
