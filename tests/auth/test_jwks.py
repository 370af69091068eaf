from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from auth import encoding
from auth.errors import KeyInvalid
from auth.jwks import load_jwks
from auth.keyring import KeyRing
from auth.keys import Algorithm, SigningKey, VerifyingKey
from auth.ring_document import Purpose, RingDocument, RingEntry
from tests.clocks import NOON

Jwk = dict[str, Any]

OKP: Jwk = {"kty": "OKP", "crv": "Ed25519", "kid": "okp", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
EC: Jwk = {
    "kty": "EC",
    "crv": "P-256",
    "kid": "ec",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
}
RSA: Jwk = {"kty": "RSA", "kid": "rsa", "n": encoding.encode(b"\xc1" * 256), "e": "AQAB"}
KINDS = {Algorithm.EDDSA: OKP, Algorithm.ES256: EC, Algorithm.RS256: RSA}
P = 2**255 - 19
ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def number(value: int) -> str:
    return encoding.encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def without(jwk: Jwk, name: str) -> Jwk:
    return {member: value for member, value in jwk.items() if member != name}


REFUSED: dict[str, tuple[object, str]] = {
    "an entry that is no object": ("okp", "it is not an object"),
    "kty oct": ({"kty": "oct", "kid": "a", "k": "c2VjcmV0"}, "it is symmetric"),
    "no kid": (without(OKP, "kid"), "it has no kid"),
    "kid empty": (OKP | {"kid": ""}, "it has no kid"),
    "kid no text": (OKP | {"kid": 5}, "it has no kid"),
    "use enc": (RSA | {"use": "enc"}, "its use is 'enc', not 'sig'"),
    "use null": (RSA | {"use": None}, "its use is None, not 'sig'"),
    "key_ops of who signs": (OKP | {"key_ops": ["sign", "verify"]}, "its key_ops are "),
    "key_ops of who encrypts": (RSA | {"key_ops": ["encrypt", "verify"]}, "its key_ops are "),
    "key_ops without verify": (OKP | {"key_ops": []}, "its key_ops are "),
    "key_ops no list": (OKP | {"key_ops": "verify"}, "its key_ops are 'verify'"),
    "alg of another kind": (OKP | {"alg": "ES256"}, "its alg is 'ES256', and its kind of key is used with EdDSA"),
    "alg Ed25519 of RSA": (RSA | {"alg": "Ed25519"}, "its alg is 'Ed25519', and its kind of key is used with RS256"),
    "alg RS512": (RSA | {"alg": "RS512"}, "its alg is 'RS512'"),
    "alg HS256": (RSA | {"alg": "HS256"}, "its alg is 'HS256'"),
    "alg none": (EC | {"alg": "none"}, "its alg is 'none'"),
    "alg null": (EC | {"alg": None}, "its alg is None"),
    "alg a list": (EC | {"alg": ["ES256"]}, r"its alg is \['ES256'\]"),
    "RSA of 1024 bits": (RSA | {"n": number(2**1023 + 1)}, "it is RSA of 1024 bits"),
    "RSA of 8193 bits": (RSA | {"n": number(2**8192 + 1)}, "it is RSA of 8193 bits"),
    "RSA of exponent 3": (RSA | {"e": "Aw"}, "its RSA exponent is 3"),
    "RSA of a vast exponent": (RSA | {"e": number(2**64 + 1)}, "and much more is never used"),
    "RSA of exponent 1": (RSA | {"e": "AQ"}, "are not those of an RSA key"),
    "RSA of an even exponent": (RSA | {"e": number(65538)}, "are not those of an RSA key"),
    "RSA of an exponent above the modulus": (RSA | {"e": number(2**2049 + 1)}, "are not those of an RSA key"),
    "RSA of an even modulus": (RSA | {"n": number(2**2047)}, "its RSA modulus is even"),
    "RSA of an empty modulus": (RSA | {"n": ""}, "are not those of an RSA key"),
    "RSA without exponent": (without(RSA, "e"), "its member 'e' is missing or not base64url"),
    "RSA without modulus": (without(RSA, "n"), "its member 'n' is missing or not base64url"),
    "EC off its curve": (EC | {"y": EC["x"]}, "its point does not lie on its curve"),
    "EC at infinity": (EC | {"x": "A" * 43, "y": "A" * 43}, "its point does not lie on its curve"),
    "EC coordinate too short": (EC | {"x": encoding.encode(bytes(31))}, "its member 'x' has 31 bytes instead of 32"),
    "EC coordinate too long": (EC | {"y": encoding.encode(bytes(33))}, "its member 'y' has 33 bytes instead of 32"),
    "EC without y": (without(EC, "y"), "its member 'y' is missing or not base64url"),
    "P-384": (EC | {"crv": "P-384"}, "its curve is 'P-384', and only Ed25519 and P-256 are used"),
    "secp256k1": (EC | {"crv": "secp256k1"}, "its curve is 'secp256k1'"),
    "EC without curve": (without(EC, "crv"), "its curve is None"),
    "X25519": (OKP | {"crv": "X25519"}, "its curve is 'X25519', and only Ed25519 and P-256 are used"),
    "OKP without curve": (without(OKP, "crv"), "its curve is None"),
    "x too short": (OKP | {"x": encoding.encode(bytes(31))}, "has 31 bytes instead of 32"),
    "x too long": (OKP | {"x": encoding.encode(bytes(33))}, "has 33 bytes instead of 32"),
    "x off its curve": (OKP | {"x": encoding.encode(b"\x02" + bytes(31))}, "its point does not lie on its curve"),
    "x above the prime": (OKP | {"x": encoding.encode(b"\xff" * 32)}, "its point does not lie on its curve"),
    "x padded": (OKP | {"x": OKP["x"] + "="}, "its member 'x' is missing or not base64url"),
    "x of base64": (OKP | {"x": OKP["x"].replace("_", "/")}, "its member 'x' is missing or not base64url"),
    "x no text": (OKP | {"x": 5}, "its member 'x' is missing or not base64url"),
    **{
        f"private member {name}": (RSA | {name: "AA"}, f"it has the private member '{name}'")
        for name in ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
    },
}


@pytest.mark.parametrize("sign", [0, 1 << 255])
@pytest.mark.parametrize("y", [1, P - 1, 0, ORDER_8, P - ORDER_8, P, P + 1])
def test_an_ed25519_point_of_small_order_is_refused(y: int, sign: int) -> None:
    x = encoding.encode((y | sign).to_bytes(32, "little"))

    with pytest.raises(KeyInvalid, match="its point does not lie on its curve"):
        load_jwks({"keys": [OKP | {"x": x}]})


@pytest.mark.parametrize("document", [None, 5, "keys", [], [OKP], {}, {"keys": None}, {"keys": {}}, {"keys": "okp"}])
def test_a_document_without_a_list_of_keys_is_refused(document: object) -> None:
    with pytest.raises(KeyInvalid, match=r"^the document is not a JWKS: it has no list 'keys'$"):
        load_jwks(document)


@pytest.mark.parametrize(("jwk", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_key_that_should_not_be_believed_is_refused(jwk: object, reason: str) -> None:
    with pytest.raises(KeyInvalid, match=f"^key 1 of the set cannot be used: .*{reason}"):
        load_jwks({"keys": [jwk]})


def test_the_key_that_is_refused_is_named_by_its_place() -> None:
    with pytest.raises(KeyInvalid, match=r"^key 3 of the set cannot be used: it has no kid$"):
        load_jwks({"keys": [OKP, EC, without(RSA, "kid")]})


def test_the_same_key_id_twice_is_refused() -> None:
    with pytest.raises(KeyInvalid, match=r"^key 2 of the set cannot be used: another has the same kid 'okp'$"):
        load_jwks({"keys": [OKP, EC | {"kid": "okp"}]})


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"use": "sig"},
        {"key_ops": ["verify"]},
        {"use": "sig", "key_ops": ["verify"]},
        {"x5t": "unknown", "nonsense": [1, {}]},
    ],
)
@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_good_key_is_accepted(algorithm: Algorithm, members: Jwk) -> None:
    jwk = KINDS[algorithm] | members

    keys = load_jwks({"keys": [jwk]})

    key = keys.key(jwk["kid"])
    assert key is not None
    assert (key.kid, key.algorithm) == (jwk["kid"], algorithm)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_key_that_names_its_algorithm_is_accepted(algorithm: Algorithm) -> None:
    assert len(load_jwks({"keys": [KINDS[algorithm] | {"alg": algorithm.value}]})) == 1


def test_alg_ed25519_means_eddsa() -> None:
    key = load_jwks({"keys": [OKP | {"alg": "Ed25519"}]}).key("okp")

    assert key is not None
    assert key.algorithm is Algorithm.EDDSA


@pytest.mark.parametrize("algorithm", [Algorithm.EDDSA, Algorithm.ES256])
def test_every_key_that_we_make_is_accepted(algorithm: Algorithm) -> None:
    made = [SigningKey.generate(algorithm).public_jwk() for _ in range(100)]

    assert len(load_jwks({"keys": made})) == 100


def test_what_our_own_ring_publishes_is_accepted() -> None:
    keys = [SigningKey.generate(algorithm) for algorithm in Algorithm]
    document = RingDocument(RingEntry(key.kid, key.algorithm, Purpose.SESSION, NOON, NOON) for key in keys)
    published = KeyRing(document, {key.kid: key for key in keys}).jwks(NOON)

    loaded = load_jwks(published)

    expected = [VerifyingKey(key.kid, key.algorithm, key.public) for key in keys]
    assert [loaded.key(key.kid) for key in keys] == expected


@pytest.mark.parametrize("unknown", [{"kty": "AKP", "kid": "okp"}, {"kty": "okp"}, {"kty": 5}, {"kty": []}, {}])
def test_a_key_of_an_unknown_kind_is_skipped(unknown: Jwk) -> None:
    keys = load_jwks({"keys": [unknown, OKP, unknown]})

    assert len(keys) == 1
    assert "okp" in keys


def test_a_set_may_be_empty() -> None:
    assert len(load_jwks({"keys": [], "more": 1})) == 0


def test_a_set_knows_no_other_key_than_its_own() -> None:
    keys = load_jwks({"keys": [OKP, EC]})

    assert "rsa" not in keys
    assert keys.key("rsa") is None


@hypothesis_settings(deadline=None)
@given(jwk=st.sampled_from([OKP, EC, RSA]), name=st.sampled_from(["kty", "kid", "crv", "x", "y", "n", "e"]), value=JSON)
def test_whatever_a_key_contains_it_is_read_skipped_or_refused(jwk: Jwk, name: str, value: object) -> None:
    try:
        keys = load_jwks({"keys": [jwk | {name: value}]})
    except KeyInvalid:
        return

    assert len(keys) <= 1
