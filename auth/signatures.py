"""Signs and verifies with PyJWT, each key with its one algorithm (RFC 7515, RFC 7518 §3, RFC 8037)."""

from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import utils
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from jwt.algorithms import ECAlgorithm

from auth.errors import BadSignature
from auth.keys import Algorithm, SigningKey, VerifyingKey

_COORDINATE = 32


class DeterministicES256(ECAlgorithm):
    """ECDSA whose nonce follows from key and message (RFC 6979): no bad random number can give the key away."""

    def __init__(self) -> None:
        super().__init__(SHA256, SECP256R1)

    def sign(self, msg: bytes, key: EllipticCurvePrivateKey) -> bytes:
        """Return the signature as JWS wants it: both numbers, 32 bytes each."""
        numbers = utils.decode_dss_signature(key.sign(msg, ECDSA(SHA256(), deterministic_signing=True)))
        return b"".join(number.to_bytes(_COORDINATE, "big") for number in numbers)


class Signatures:
    """The three algorithms we know, and no other."""

    def __init__(self) -> None:
        self._jws = jwt.PyJWS(algorithms=[algorithm.value for algorithm in Algorithm])
        self._jws.unregister_algorithm(Algorithm.ES256.value)
        self._jws.register_algorithm(Algorithm.ES256.value, DeterministicES256())

    def sign(self, payload: bytes, key: SigningKey, headers: dict[str, Any]) -> str:
        """Return the compact serialization of a signed payload; the header names the key."""
        headers = {**headers, "kid": key.kid}
        return self._jws.encode(payload, key.private, algorithm=key.algorithm.value, headers=headers)

    def verify(self, text: str, key: VerifyingKey) -> None:
        """Check a signature. BadSignature."""
        try:
            self._jws.decode(text, key.public, algorithms=[key.algorithm.value])
        except jwt.InvalidTokenError as error:
            raise BadSignature("its signature does not match") from error
