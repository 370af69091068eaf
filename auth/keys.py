"""One signing key: generate, load, its id and its public form (RFC 7517, RFC 7518 §6, RFC 7638, RFC 8037)."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from auth import encoding
from auth.errors import KeyInvalid

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey
PublicKey = Ed25519PublicKey | EllipticCurvePublicKey | RSAPublicKey

_RSA_BITS = 2048
_LONGEST_RSA_BITS = 8192
_RSA_EXPONENT = 65537
_LARGEST_EXPONENT = 2**32
_COORDINATE = 32


class Algorithm(StrEnum):
    """The signature algorithms we sign and verify with; nothing else is ever believed."""

    EDDSA = "EdDSA"
    ES256 = "ES256"
    RS256 = "RS256"


@dataclass(frozen=True)
class VerifyingKey:
    """A public key, the one algorithm it is good for (RFC 8725 §3.1), and its id."""

    kid: str
    algorithm: Algorithm
    public: PublicKey

    def public_jwk(self) -> dict[str, str]:
        """Return the key as the JWKS document lists it."""
        return {**_members(self.public), "kid": self.kid, "alg": self.algorithm.value, "use": "sig"}


@dataclass(frozen=True)
class SigningKey(VerifyingKey):
    """A private key with its public half; its id is the RFC 7638 thumbprint."""

    private: PrivateKey

    @classmethod
    def generate(cls, algorithm: Algorithm = Algorithm.EDDSA) -> "SigningKey":
        """Make a new key."""
        while True:
            key = cls._of(_generate(algorithm))
            # An id that begins with a dash would look like an option on the command line.
            if not key.kid.startswith("-"):
                return key

    @classmethod
    def from_pem(cls, pem: bytes, passphrase: bytes | None = None) -> "SigningKey":
        """Load a PKCS#8 key, encrypted or not. KeyInvalid says why it cannot be used."""
        is_encrypted = b"ENCRYPTED" in pem
        if is_encrypted and passphrase is None:
            raise KeyInvalid("it is encrypted, and there is no passphrase (JAVUMBO_KEYS_PASSPHRASE)")
        try:
            private = serialization.load_pem_private_key(pem, passphrase if is_encrypted else None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            reason = "the passphrase is wrong, or it" if is_encrypted else "it"
            raise KeyInvalid(f"{reason} is not a PKCS#8 private key") from error
        algorithm_of(private.public_key())
        return cls._of(private)  # type: ignore[arg-type] # its public half is of one of our kinds, and so is it

    @classmethod
    def _of(cls, private: PrivateKey) -> "SigningKey":
        public = private.public_key()
        return cls(thumbprint(_members(public)), algorithm_of(public), public, private)

    def to_pem(self, passphrase: bytes | None = None) -> bytes:
        """Return the private key as PKCS#8 PEM."""
        encryption = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
        return self.private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def algorithm_of(public: object) -> Algorithm:
    """Return the algorithm a public key is good for. KeyInvalid if there is none, or the key is weak."""
    match public:
        case Ed25519PublicKey():
            return Algorithm.EDDSA
        case EllipticCurvePublicKey(curve=ec.SECP256R1()):
            return Algorithm.ES256
        case EllipticCurvePublicKey():
            raise KeyInvalid(f"its curve is {public.curve.name}, and only P-256 is used")
        case RSAPublicKey():
            _check_rsa(public)
            return Algorithm.RS256
    raise KeyInvalid("it is neither Ed25519, nor EC on P-256, nor RSA")


def thumbprint(members: dict[str, str]) -> str:
    """Return the RFC 7638 thumbprint of a JWK's required members."""
    canonical = encoding.dump_object(dict(sorted(members.items())))
    return encoding.encode(hashlib.sha256(canonical).digest())


def _check_rsa(public: RSAPublicKey) -> None:
    if not _RSA_BITS <= public.key_size <= _LONGEST_RSA_BITS:
        raise KeyInvalid(f"it is RSA of {public.key_size} bits, and only {_RSA_BITS} to {_LONGEST_RSA_BITS} are used")
    if public.public_numbers().n % 2 == 0:
        raise KeyInvalid("its RSA modulus is even, and so no product of two great primes")
    exponent = public.public_numbers().e
    if not _RSA_EXPONENT <= exponent < _LARGEST_EXPONENT:
        raise KeyInvalid(
            f"its RSA exponent is {exponent}: less than {_RSA_EXPONENT} is weak, and much more is never used"
        )


def _generate(algorithm: Algorithm) -> PrivateKey:
    if algorithm is Algorithm.EDDSA:
        return Ed25519PrivateKey.generate()
    if algorithm is Algorithm.ES256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(_RSA_EXPONENT, _RSA_BITS)


def _members(public: PublicKey) -> dict[str, str]:
    if isinstance(public, Ed25519PublicKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": encoding.encode(public.public_bytes_raw())}
    if isinstance(public, EllipticCurvePublicKey):
        point = public.public_numbers()
        return {"kty": "EC", "crv": "P-256", "x": _fixed(point.x), "y": _fixed(point.y)}
    numbers = public.public_numbers()
    return {"kty": "RSA", "n": _shortest(numbers.n), "e": _shortest(numbers.e)}


def _fixed(coordinate: int) -> str:
    return encoding.encode(coordinate.to_bytes(_COORDINATE, "big"))


def _shortest(number: int) -> str:
    return encoding.encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))
