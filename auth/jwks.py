"""Reads a JWKS document from outside, and refuses one that should not be believed (RFC 7517, RFC 7518 §6)."""

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth import encoding
from auth.errors import KeyInvalid
from auth.keys import Algorithm, PublicKey, VerifyingKey, algorithm_of

_PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
_SIGNING_ONLY = {"sign", "encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"}
_ALGORITHMS = {**{algorithm.value: algorithm for algorithm in Algorithm}, "Ed25519": Algorithm.EDDSA}  # RFC 9864
_COORDINATE = 32

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
# y of the points of order 1, 2, 4 and 8: signatures under them can be made by anybody.
_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER = (0, 1, _P - 1, _ORDER_8, _P - _ORDER_8)


class KeySet:
    """The verifying keys of a JWKS document, by key id."""

    def __init__(self, keys: Mapping[str, VerifyingKey]) -> None:
        self._keys = dict(keys)

    def __contains__(self, kid: object) -> bool:
        return kid in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def key(self, kid: str) -> VerifyingKey | None:
        """Return the key of this id."""
        return self._keys.get(kid)


def load_jwks(document: object) -> KeySet:
    """Return the keys of a parsed JWKS document. KeyInvalid says which key cannot be used, and why.

    Keys of a kind unknown to us are skipped and unknown members ignored, as RFC 7517 §5 asks.
    """
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise KeyInvalid("the document is not a JWKS: it has no list 'keys'")
    keys: dict[str, VerifyingKey] = {}
    for number, jwk in enumerate(document["keys"], start=1):
        try:
            key = _load(jwk)
        except KeyInvalid as error:
            raise KeyInvalid(f"key {number} of the set cannot be used: {error}") from error
        if key is None:
            continue
        if key.kid in keys:
            raise KeyInvalid(f"key {number} of the set cannot be used: another has the same kid {key.kid!r}")
        keys[key.kid] = key
    return KeySet(keys)


def _load(jwk: object) -> VerifyingKey | None:
    if not isinstance(jwk, dict):
        raise KeyInvalid("it is not an object")
    kind = jwk.get("kty")
    if kind == "oct":
        raise KeyInvalid("it is symmetric, and whoever verifies with it could sign")
    if not isinstance(kind, str) or kind not in _READERS:
        return None
    private = [name for name in _PRIVATE if name in jwk]
    if private:
        raise KeyInvalid(f"it has the private member {private[0]!r}, which must never leave its owner")
    _check_use(jwk)
    public = _READERS[kind](jwk)
    return VerifyingKey(_kid(jwk), _agreed_algorithm(jwk, algorithm_of(public)), public)


def _kid(jwk: dict[str, Any]) -> str:
    kid = jwk.get("kid")
    if not isinstance(kid, str) or not kid:
        raise KeyInvalid("it has no kid")
    return kid


def _check_use(jwk: dict[str, Any]) -> None:
    operations = jwk.get("key_ops")
    if jwk.get("use", "sig") != "sig":
        raise KeyInvalid(f"its use is {jwk['use']!r}, not 'sig'")
    if operations is None:
        return
    if not isinstance(operations, list) or "verify" not in operations or _SIGNING_ONLY & set(map(str, operations)):
        raise KeyInvalid(f"its key_ops are {operations!r}, not ['verify']")


def _agreed_algorithm(jwk: dict[str, Any], algorithm: Algorithm) -> Algorithm:
    named = jwk.get("alg", algorithm.value)
    if not isinstance(named, str) or _ALGORITHMS.get(named) is not algorithm:
        raise KeyInvalid(f"its alg is {named!r}, and its kind of key is used with {algorithm.value}")
    return algorithm


def _bytes(jwk: dict[str, Any], name: str) -> bytes:
    try:
        return encoding.decode(jwk[name])
    except (KeyError, TypeError, ValueError) as error:
        raise KeyInvalid(f"its member {name!r} is missing or not base64url") from error


def _coordinate(jwk: dict[str, Any], name: str) -> int:
    data = _bytes(jwk, name)
    if len(data) != _COORDINATE:
        raise KeyInvalid(f"its member {name!r} has {len(data)} bytes instead of {_COORDINATE}")
    return int.from_bytes(data, "big")


def _okp(jwk: dict[str, Any]) -> PublicKey:
    if jwk.get("crv") != "Ed25519":
        raise KeyInvalid(f"its curve is {jwk.get('crv')!r}, and only Ed25519 and P-256 are used")
    data = _bytes(jwk, "x")
    if len(data) != _COORDINATE:
        raise KeyInvalid(f"its member 'x' has {len(data)} bytes instead of {_COORDINATE}")
    if not _is_on_edwards25519(data):
        raise KeyInvalid("its point does not lie on its curve, or is one of the few that are good for nothing")
    return Ed25519PublicKey.from_public_bytes(data)


def _is_on_edwards25519(data: bytes) -> bool:
    # The library takes any 32 bytes. RFC 8032 §5.1.3: x² = (y² - 1) / (d·y² + 1) must have a root.
    y = int.from_bytes(data, "little") & (1 << 255) - 1
    if y >= _P or y in _SMALL_ORDER:
        return False
    numerator, denominator = (y * y - 1) % _P, (_D * y * y + 1) % _P
    return pow(numerator * denominator, (_P - 1) // 2, _P) == 1


def _ec(jwk: dict[str, Any]) -> PublicKey:
    if jwk.get("crv") != "P-256":
        raise KeyInvalid(f"its curve is {jwk.get('crv')!r}, and only Ed25519 and P-256 are used")
    point = ec.EllipticCurvePublicNumbers(_coordinate(jwk, "x"), _coordinate(jwk, "y"), ec.SECP256R1())
    try:
        return point.public_key()
    except ValueError as error:
        raise KeyInvalid("its point does not lie on its curve") from error


def _rsa(jwk: dict[str, Any]) -> PublicKey:
    modulus, exponent = (int.from_bytes(_bytes(jwk, name), "big") for name in ("n", "e"))
    try:
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError as error:
        raise KeyInvalid("its modulus and exponent are not those of an RSA key") from error


_READERS = {"OKP": _okp, "EC": _ec, "RSA": _rsa}
