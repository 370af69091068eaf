"""The programs of docs/integrators.md, and tokens to show them."""

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.live import ROOT, User

DOCUMENT = (ROOT / "docs" / "integrators.md").read_text("utf-8")

Ran = subprocess.CompletedProcess[str]


def blocks(language: str) -> list[str]:
    """Return the fenced code blocks in one language."""
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)


def ran(command: list[str], folder: Path, seconds: float = 60, **options: Any) -> Ran:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False, **options)


@dataclass
class Forge:
    """Signs what it is told with the key that has signed the user's token: only the checks after it can tell."""

    user: User
    header: dict[str, Any] = field(init=False)
    claims: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        told = jwt.decode_complete(self.user.token, options={"verify_signature": False})
        self.header, self.claims = told["header"], told["payload"]

    def token(self, header: dict[str, Any] | None = None, without: str = "", **claims: Any) -> str:
        payload = {name: value for name, value in (self.claims | claims).items() if name != without}
        pem = (self.user.server.data / "keys" / f"{self.header['kid']}.pem").read_bytes()
        private: Any = load_pem_private_key(pem, None)
        return jwt.encode(payload, private, self.header["alg"], headers=self.header | (header or {}))


def altered(token: str) -> str:
    """Change the last characters of the signature."""
    return token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")


def bad_tokens(user: User) -> dict[str, str]:
    forge = Forge(user)
    header, payload, _ = user.token.split(".")
    return {
        "altered": altered(user.token),
        "unsigned": f"{header}.{payload}.",
        "of none": jwt.encode(forge.claims, "", "none", headers={"typ": "at+jwt", "kid": forge.header["kid"]}),
        "of another algorithm": jwt.encode(forge.claims, "k" * 32, "HS256", headers={**forge.header, "alg": "HS256"}),
        "of another key": forge.token({"kid": "another"}),
        "a refresh token": forge.token({"typ": "rt+jwt"}),
        "without a type": forge.token({"typ": ""}),
        "expired": forge.token(exp=forge.claims["iat"]),
        "without an end": forge.token(without="exp"),
        "of another issuer": forge.token(iss="http://127.0.0.1:8000/"),
        "without an issuer": forge.token(without="iss"),
        "for another audience": forge.token(aud="another"),
        "without an audience": forge.token(without="aud"),
        "of somebody else's sub": forge.token(sub=str(user.user_id + 1)),
        "of somebody else's user_id": forge.token(user_id=user.user_id + 1),
        "without sub": forge.token(without="sub"),
        "not a token": "no",
    }


def assert_verifies(command: list[str], folder: Path, users: Iterable[User]) -> None:
    """Assert that a program prints the user's id for each good token, and gives a reason for refusing each bad one."""
    for user in users:
        forge = Forge(user)
        for good in (user.token, forge.token(), forge.token(iat=forge.claims["iat"] + 30)):
            told = ran([*command, user.server.url, good], folder)
            assert (told.returncode, told.stdout, told.stderr) == (0, f"{user.user_id}\n", ""), told.stderr
    for name, bad in bad_tokens(user).items():
        told = ran([*command, user.server.url, bad], folder)
        assert (told.returncode, told.stdout) == (1, ""), name
        assert told.stderr.startswith("refused: "), (name, told.stderr)
