"""One signing key: generate, load, its id and its public form (RFC 7517, RFC 7638, RFC 8037)."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from auth import encoding
from auth.errors import KeyRingInvalid


class Algorithm(StrEnum):
    """The signature algorithms we sign and verify with; nothing else is ever believed."""

    EDDSA = "EdDSA"


@dataclass(frozen=True)
class SigningKey:
    """A private key and what follows from it: its one algorithm, its public half and its id."""

    kid: str
    algorithm: Algorithm
    private: Ed25519PrivateKey
    public: Ed25519PublicKey

    @classmethod
    def generate(cls) -> "SigningKey":
        """Make a new Ed25519 key."""
        return cls._of(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> "SigningKey":
        """Load an unencrypted PKCS#8 key. KeyRingInvalid if it is anything but Ed25519."""
        try:
            private = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError) as error:
            raise KeyRingInvalid("the file is not an unencrypted PKCS#8 private key") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyRingInvalid("the file holds a key that is not Ed25519")
        return cls._of(private)

    @classmethod
    def _of(cls, private: Ed25519PrivateKey) -> "SigningKey":
        public = private.public_key()
        return cls(thumbprint(_public_members(public)), Algorithm.EDDSA, private, public)

    def to_pem(self) -> bytes:
        """Return the private key as PKCS#8 PEM."""
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def public_jwk(self) -> dict[str, str]:
        """Return the public key as the JWKS document lists it."""
        return {**_public_members(self.public), "kid": self.kid, "alg": self.algorithm.value, "use": "sig"}


def thumbprint(members: dict[str, str]) -> str:
    """Return the RFC 7638 thumbprint of a JWK's required members."""
    canonical = encoding.dump_object(dict(sorted(members.items())))
    return encoding.encode(hashlib.sha256(canonical).digest())


def _public_members(public: Ed25519PublicKey) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": encoding.encode(public.public_bytes_raw())}
