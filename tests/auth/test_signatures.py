import itertools

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth import compact, encoding
from auth.errors import BadSignature
from auth.keys import Algorithm, SigningKey, VerifyingKey
from auth.signatures import DeterministicES256, Signatures

PAYLOAD = b'{"sub":"1"}'
HEADERS = {"typ": "at+jwt"}
PAIRS = list(itertools.permutations(Algorithm, 2))


@pytest.fixture(scope="module")
def keys() -> dict[Algorithm, SigningKey]:
    return {algorithm: SigningKey.generate(algorithm) for algorithm in Algorithm}


@pytest.fixture(params=list(Algorithm))
def key(request: pytest.FixtureRequest, keys: dict[Algorithm, SigningKey]) -> SigningKey:
    return keys[request.param]


@pytest.fixture
def signatures() -> Signatures:
    return Signatures()


def test_what_a_key_signs_it_verifies(signatures: Signatures, key: SigningKey) -> None:
    text = signatures.sign(PAYLOAD, key, HEADERS)

    signatures.verify(text, key)
    assert compact.read(text).payload == PAYLOAD


def test_the_header_names_the_key_its_algorithm_and_the_type(signatures: Signatures, key: SigningKey) -> None:
    header = jwt.get_unverified_header(signatures.sign(PAYLOAD, key, HEADERS))

    assert header == {"alg": key.algorithm.value, "kid": key.kid, "typ": "at+jwt"}


def test_no_other_key_id_can_be_put_into_the_header(signatures: Signatures, key: SigningKey) -> None:
    header = jwt.get_unverified_header(signatures.sign(PAYLOAD, key, {**HEADERS, "kid": "another"}))

    assert header["kid"] == key.kid


def test_the_headers_given_are_left_alone(signatures: Signatures, key: SigningKey) -> None:
    headers = dict(HEADERS)

    signatures.sign(PAYLOAD, key, headers)

    assert headers == HEADERS


def test_the_same_input_gives_the_same_bytes(signatures: Signatures, key: SigningKey) -> None:
    assert len({signatures.sign(PAYLOAD, key, HEADERS) for _ in range(5)}) == 1


def test_pyjwt_alone_believes_a_signature(signatures: Signatures, key: SigningKey) -> None:
    text = signatures.sign(PAYLOAD, key, HEADERS)

    assert jwt.PyJWS().decode(text, key.public, algorithms=[key.algorithm.value]) == PAYLOAD


def test_a_signature_that_pyjwt_has_made_alone_is_believed(signatures: Signatures, key: SigningKey) -> None:
    text = jwt.PyJWS().encode(PAYLOAD, key.private, algorithm=key.algorithm.value)

    signatures.verify(text, key)

    with pytest.raises(BadSignature):
        signatures.verify(text, SigningKey.generate(key.algorithm))


def test_the_signature_of_another_key_is_bad(signatures: Signatures, key: SigningKey) -> None:
    text = signatures.sign(PAYLOAD, SigningKey.generate(key.algorithm), HEADERS)

    with pytest.raises(BadSignature, match="does not match"):
        signatures.verify(text, key)


@pytest.mark.parametrize(("signed", "verified"), PAIRS)
def test_a_signature_of_another_algorithm_is_bad(
    signatures: Signatures, keys: dict[Algorithm, SigningKey], signed: Algorithm, verified: Algorithm
) -> None:
    text = signatures.sign(PAYLOAD, keys[signed], HEADERS)

    with pytest.raises(BadSignature):
        signatures.verify(text, keys[verified])


@pytest.mark.parametrize("algorithm", ["RS384", "PS256"])
def test_an_algorithm_that_is_none_of_ours_is_bad_though_the_key_is_right(
    signatures: Signatures, keys: dict[Algorithm, SigningKey], algorithm: str
) -> None:
    key = keys[Algorithm.RS256]
    text = jwt.PyJWS().encode(PAYLOAD, key.private, algorithm=algorithm)

    with pytest.raises(BadSignature):
        signatures.verify(text, key)


def test_a_text_without_signature_is_bad(signatures: Signatures, key: SigningKey) -> None:
    text = jwt.PyJWS().encode(PAYLOAD, "", algorithm="none")

    with pytest.raises(BadSignature):
        signatures.verify(text, key)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_changed_part_makes_a_signature_bad(signatures: Signatures, key: SigningKey, part: int) -> None:
    parts = signatures.sign(PAYLOAD, key, HEADERS).split(".")
    data = encoding.decode(parts[part])
    parts[part] = encoding.encode(data[:-2] + bytes([data[-2] ^ 1, data[-1]]))

    with pytest.raises(BadSignature):
        signatures.verify(".".join(parts), key)


@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(64), bytes(65), b"\xff" * 64])
def test_a_signature_of_a_wrong_form_is_bad(signatures: Signatures, key: SigningKey, signature: bytes) -> None:
    signed = signatures.sign(PAYLOAD, key, HEADERS).rpartition(".")[0]

    with pytest.raises(BadSignature):
        signatures.verify(f"{signed}.{encoding.encode(signature)}", key)


@pytest.mark.parametrize("text", ["", "a.b", "....", "é.é.é"])
def test_a_text_that_is_no_token_is_a_bad_signature(signatures: Signatures, key: SigningKey, text: str) -> None:
    with pytest.raises(BadSignature):
        signatures.verify(text, key)


def test_es256_signs_like_rfc_6979_a_2_5() -> None:
    secret = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721

    signature = DeterministicES256().sign(b"sample", ec.derive_private_key(secret, ec.SECP256R1()))

    assert signature.hex().upper() == (
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    )


def test_an_es256_signature_always_has_64_bytes(keys: dict[Algorithm, SigningKey]) -> None:
    private = keys[Algorithm.ES256].private
    assert isinstance(private, ec.EllipticCurvePrivateKey)

    lengths = {len(DeterministicES256().sign(str(number).encode(), private)) for number in range(600)}

    assert lengths == {64}


def test_the_signature_of_rfc_8037_a_4_is_believed(signatures: Signatures) -> None:
    public = Ed25519PublicKey.from_public_bytes(encoding.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))
    text = (
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )

    signatures.verify(text, VerifyingKey("any", Algorithm.EDDSA, public))

    with pytest.raises(BadSignature):
        signatures.verify(text.replace("RXhh", "RXhi"), VerifyingKey("any", Algorithm.EDDSA, public))
