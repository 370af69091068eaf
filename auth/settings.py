"""What this library needs to know, read from the environment; the application's settings add to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

PREFIX = "JAVUMBO_"
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
_UNITS = {"s": SECOND, "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": DAY}


class SettingInvalid(Exception):
    """A setting cannot be used. Its text is one sentence that names the setting."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{PREFIX}{name}: {problem}")


def integer(lowest: int, highest: int) -> Callable[[str], int]:
    """Read a whole number within bounds."""

    def read(value: str) -> int:
        if not value.isascii() or not value.isdecimal() or not lowest <= int(value) <= highest:
            raise ValueError(f"must be a whole number from {lowest} to {highest}")
        return int(value)

    return read


def duration(lowest: timedelta, highest: timedelta) -> Callable[[str], timedelta]:
    """Read a duration such as 30s, 10m, 12h or 90d, within bounds."""

    def read(value: str) -> timedelta:
        number, unit = value[:-1], value[-1:]
        if unit not in _UNITS or not number.isascii() or not number.isdecimal() or len(number) > 9:
            raise ValueError("must be a duration such as 30s, 10m, 12h or 90d")
        if not lowest <= int(number) * _UNITS[unit] <= highest:
            raise ValueError(f"must lie between {lowest.total_seconds():.0f}s and {highest.total_seconds():.0f}s")
        return int(number) * _UNITS[unit]

    return read


def url(value: str) -> str:
    """Read an http or https URL without query and fragment."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an http or https URL without query and fragment")
    return value


def setting(default: str, read: Callable[[str], Any], meaning: str, *, is_secret: bool = False) -> Any:
    """Describe a setting: its default as somebody would write it, how it is read, and what it means."""
    return field(repr=not is_secret, metadata={"default": default, "read": read, "meaning": meaning})


@dataclass(frozen=True)
class AuthSettings:
    """What is said of tokens and keys; each is the environment variable of its name in capitals, with JAVUMBO_."""

    data: Path = setting("data", Path, "Folder of the databases, and of the keys unless KEYS says otherwise.")
    keys: Path = setting("", Path, "Folder of the signing keys; keys in DATA when empty.")
    keys_passphrase: str = setting(
        "", str, "What the private keys are encrypted with; they are not when empty.", is_secret=True
    )
    keys_passphrase_file: Path = setting("", Path, "File whose first line is the passphrase, instead of the above.")
    issuer: str = setting("http://127.0.0.1:8000", url, "Who issues the tokens: their iss.")
    audience: str = setting("javumbo", str, "Whom the tokens are for: their aud.")
    access_ttl: timedelta = setting("10m", duration(SECOND, DAY), "Lifetime of an access token.")
    refresh_idle: timedelta = setting(
        "30d", duration(SECOND, 400 * DAY), "How long a session lasts without being refreshed."
    )
    refresh_max: timedelta = setting(
        "90d", duration(SECOND, 400 * DAY), "Longest life of a session, however often it is refreshed."
    )
    refresh_window: timedelta = setting(
        "30s",
        duration(SECOND, timedelta(hours=1)),
        "How long the same refresh, sent again, gets the same answer instead of ending the session.",
    )
    clock_margin: timedelta = setting(
        "5m", duration(SECOND, DAY), "How much longer a key verifies than what it signed lives, for clocks differ."
    )
    jwks_max_age: timedelta = setting(
        "5m", duration(SECOND, DAY), "How long others may keep the JWKS document; a rotation waits at least as long."
    )
    revocation_max_age: timedelta = setting(
        "60s",
        duration(5 * SECOND, DAY),
        "How old a worker's knowledge of what was revoked may be; older, and who is signed in gets a 503.",
    )
    remembered_tokens: int = setting(
        "20000", integer(1, 10_000_000), "Verified tokens a worker remembers; best more than are in use."
    )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings. SettingInvalid names the first that cannot be used."""
        return cls(**{entry.name: _read(entry.name.upper(), environ, entry.metadata) for entry in fields(cls)})

    @property
    def key_folder(self) -> Path:
        """The folder of the signing keys."""
        return self.data / "keys" if self.keys == Path() else self.keys

    @property
    def run_folder(self) -> Path:
        """The folder where the running workers say which key ring they have."""
        return self.data / "run"

    @property
    def passphrase(self) -> bytes | None:
        """What the private keys are encrypted with. SettingInvalid if its file cannot be read, or it is given twice."""
        if self.keys_passphrase_file == Path():
            return self.keys_passphrase.encode() or None
        if self.keys_passphrase:
            raise SettingInvalid("KEYS_PASSPHRASE", "is set, and so is KEYS_PASSPHRASE_FILE; set one of them")
        try:
            first_line = self.keys_passphrase_file.read_bytes().partition(b"\n")[0].rstrip(b"\r")
        except OSError as error:
            raise SettingInvalid("KEYS_PASSPHRASE_FILE", f"cannot be read ({error})") from error
        if not first_line:
            raise SettingInvalid("KEYS_PASSPHRASE_FILE", f"{self.keys_passphrase_file} begins with an empty line")
        return first_line


def _read(name: str, environ: Mapping[str, str], metadata: Mapping[str, Any]) -> Any:
    try:
        # An empty variable is an unset one: compose files and shells make no difference.
        return metadata["read"](environ.get(PREFIX + name) or metadata["default"])
    except ValueError as error:
        raise SettingInvalid(name, str(error)) from error
