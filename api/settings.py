"""The settings, read once from the environment, typed and checked."""

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from auth.settings import AuthSettings

PREFIX = "JAVUMBO_"
OTHER_DESCRIPTORS = 200
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class SettingInvalid(Exception):
    """A setting cannot be used. Its text is one sentence that names the setting."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{PREFIX}{name}: {problem}")


class Environment(StrEnum):
    """What the service runs for. In production nothing is made up: keys and issuer must be given."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


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


def environment(value: str) -> Environment:
    """Read what the service runs for."""
    if value not in set(Environment):
        raise ValueError("must be development or production")
    return Environment(value)


def origins(value: str) -> tuple[str, ...]:
    """Read web origins (scheme, host and port, nothing else), separated by commas."""
    listed = tuple(part.strip() for part in value.split(",") if part.strip())
    for origin in listed:
        parts = urlsplit(origin)
        if (
            parts.scheme not in ("http", "https")
            or "*" in origin
            or origin != f"{parts.scheme}://{parts.netloc}"
            or not parts.hostname
        ):
            raise ValueError(f"{origin!r} is not an origin such as https://cards.example.org")
    return listed


def url(value: str) -> str:
    """Read an http or https URL without query and fragment."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an http or https URL without query and fragment")
    return value


def _setting(default: str, read: Callable[[str], Any], meaning: str) -> Any:
    """Describe a setting: its default as somebody would write it, how it is read, and what it means."""
    return field(metadata={"default": default, "read": read, "meaning": meaning})


_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)


@dataclass(frozen=True)
class Settings:
    """Every setting; each is the environment variable of its name in capitals, with the prefix JAVUMBO_."""

    host: str = _setting("127.0.0.1", str, "Address to listen on.")
    port: int = _setting("8000", integer(0, 65535), "Port to listen on; 0 takes a free one.")
    workers: int = _setting("3", integer(1, 64), "Worker processes.")
    threads: int = _setting(
        "32", integer(1, 256), "Threads of each worker; at most three quarters of them wait for one thing."
    )
    data: Path = _setting("data", Path, "Folder of the databases, and of the keys unless KEYS says otherwise.")
    env: Environment = _setting(
        "development", environment, "development, or production, where issuer and keys must be given."
    )
    keys: Path = _setting("", Path, "Folder of the signing keys; keys in DATA when empty.")
    issuer: str = _setting("http://127.0.0.1:8000", url, "Who issues the tokens: their iss.")
    audience: str = _setting("javumbo", str, "Whom the tokens are for: their aud.")
    access_ttl: timedelta = _setting("10m", duration(_SECOND, _DAY), "Lifetime of an access token.")
    refresh_max: timedelta = _setting(
        "90d", duration(_SECOND, 400 * _DAY), "Longest life of a session, however often it is refreshed."
    )
    cors_origins: tuple[str, ...] = _setting(
        "", origins, "Origins whose pages may call the API, separated by commas; none when empty."
    )
    write_timeout: timedelta = _setting(
        "5s", duration(_SECOND, 60 * _SECOND), "How long a write waits for its turn at a database file."
    )
    open_collections: int = _setting(
        "1000", integer(1, 100_000), "Most collections a worker keeps open; fewer if descriptors run short."
    )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings. SettingInvalid names the first that cannot be used."""
        known = {PREFIX + entry.name.upper(): entry for entry in fields(cls)}
        for name in sorted(environ):
            if name.startswith(PREFIX) and name not in known:
                raise SettingInvalid(name.removeprefix(PREFIX), _unknown(name, list(known)))
        settings = cls(**{entry.name: _read(name, environ.get(name), entry.metadata) for name, entry in known.items()})
        settings._check_production(environ)
        return settings

    def _check_production(self, environ: Mapping[str, str]) -> None:
        if self.env is Environment.PRODUCTION and not environ.get(PREFIX + "ISSUER"):
            raise SettingInvalid("ISSUER", "must be set in production, to the URL that clients know the service by")

    @property
    def auth(self) -> AuthSettings:
        """What the auth library needs to know."""
        return AuthSettings(
            issuer=self.issuer,
            audience=self.audience,
            access_lifetime=self.access_ttl,
            session_lifetime=self.refresh_max,
            keys=self.data / "keys" if self.keys == Path() else self.keys,
            hashes_at_once=max(1, (os.cpu_count() or 1) // self.workers),
            hashes_waiting=self.waiting_threads,
        )

    @property
    def waiting_threads(self) -> int:
        """How many threads of a worker may wait for one thing, so that others are left for everything else."""
        return max(1, self.threads * 3 // 4)

    @property
    def descriptors(self) -> int:
        """How many files a worker may have open: four for each collection, and the rest for connections."""
        return 4 * self.open_collections + OTHER_DESCRIPTORS

    @property
    def accounts_file(self) -> Path:
        """The database of accounts."""
        return self.data / "accounts.db"

    @property
    def collections_folder(self) -> Path:
        """The folder of the collections."""
        return self.data / "collections"


def _read(name: str, value: str | None, metadata: Mapping[str, Any]) -> Any:
    try:
        # An empty variable is an unset one: compose files and shells make no difference.
        return metadata["read"](value or metadata["default"])
    except ValueError as error:
        raise SettingInvalid(name.removeprefix(PREFIX), str(error)) from error


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"there is no such setting{f'; did you mean {near[0]}?' if near else ''}"
