"""The settings, read once from the environment, typed and checked."""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from auth.redis_url import redis_url
from auth.settings import PREFIX, SECOND, AuthSettings, SettingInvalid, duration, integer, setting

OTHER_DESCRIPTORS = 200


class Environment(StrEnum):
    """What the service runs for. In production nothing is made up: keys and issuer must be given."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


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


def yes_or_no(value: str) -> bool:
    """Read yes or no."""
    if value not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return value == "yes"


def metrics(value: str) -> str:
    """Read where metrics are served: a host and a port, off, or nothing for the usual place."""
    host, _, port = value.rpartition(":")
    if value not in ("", "off") and not (host and port.isascii() and port.isdecimal() and int(port) <= 65535):
        raise ValueError("must be a host and a port, such as 127.0.0.1:8001, or off")
    return value


@dataclass(frozen=True)
class Settings(AuthSettings):
    """Every setting; each is the environment variable of its name in capitals, with the prefix JAVUMBO_."""

    host: str = setting("127.0.0.1", str, "Address to listen on.")
    port: int = setting("8000", integer(0, 65535), "Port to listen on; 0 takes a free one.")
    workers: int = setting("3", integer(1, 64), "Worker processes.")
    threads: int = setting(
        "32", integer(1, 256), "Threads of each worker; at most three quarters of them wait for one thing."
    )
    env: Environment = setting(
        "development", environment, "development, or production, where issuer and keys must be given."
    )
    metrics: str = setting(
        "", metrics, "Address of the metrics, such as 10.0.0.5:9000, or off; PORT + 1 on 127.0.0.1 when empty."
    )
    redis_url: str = setting(
        "", redis_url, "Redis to use (redis, rediss or unix); one of its own is started when empty.", is_secret=True
    )
    start_without_redis: bool = setting(
        "no", yes_or_no, "Whether to start though the Redis of REDIS_URL cannot be used: yes or no."
    )
    cors_origins: tuple[str, ...] = setting(
        "", origins, "Origins whose pages may call the API, separated by commas; none when empty."
    )
    write_timeout: timedelta = setting(
        "5s", duration(SECOND, 60 * SECOND), "How long a write waits for its turn at a database file."
    )
    open_collections: int = setting(
        "1000", integer(1, 100_000), "Most collections a worker keeps open; fewer if descriptors run short."
    )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings. SettingInvalid names the first that cannot be used, or that does not exist."""
        known = [PREFIX + entry.name.upper() for entry in fields(cls)]
        for name in sorted(environ):
            if name.startswith(PREFIX) and name not in known:
                raise SettingInvalid(name.removeprefix(PREFIX), _unknown(name, known))
        settings = super().from_environ(environ)
        settings._check_production(environ)
        return settings

    def _check_production(self, environ: Mapping[str, str]) -> None:
        if self.env is Environment.PRODUCTION and not environ.get(PREFIX + "ISSUER"):
            raise SettingInvalid("ISSUER", "must be set in production, to the URL that clients know the service by")

    @property
    def hashes_at_once(self) -> int:
        """How many passwords a worker hashes at once, so that all workers together keep every core busy and no more."""
        return max(1, (os.cpu_count() or 1) // self.workers)

    @property
    def waiting_threads(self) -> int:
        """How many threads of a worker may wait for one thing, so that others are left for everything else."""
        return max(1, self.threads * 3 // 4)

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Where the metrics are served, if they are."""
        if self.metrics == "off":
            return None
        host, _, port = self.metrics.rpartition(":")
        usual = self.port + 1 if self.port else 0
        return (host.strip("[]"), int(port)) if self.metrics else ("127.0.0.1", usual)

    @property
    def descriptors(self) -> int:
        """How many files a worker may have open: four for each collection, and the rest for connections."""
        return 4 * self.open_collections + OTHER_DESCRIPTORS

    @property
    def accounts_file(self) -> Path:
        """The database of accounts."""
        return self.data / "accounts.db"

    @property
    def redis_folder(self) -> Path:
        """The folder of the Redis that is started where none is given."""
        return self.data / "redis"

    @property
    def collections_folder(self) -> Path:
        """The folder of the collections."""
        return self.data / "collections"


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"there is no such setting{f'; did you mean {near[0]}?' if near else ''}"
