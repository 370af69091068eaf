"""The settings, read once from the environment, typed and checked."""

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import urlsplit

from auth.addresses import Network, networks
from auth.gcra import Rate
from auth.policies import MOST_WORKERS, rate
from auth.redis_url import redis_url
from auth.settings import PREFIX, SECOND, AuthSettings, SettingInvalid, duration, integer, setting

DESCRIPTORS_EACH = 3
"""What an open collection takes: its file, its log and the index of the log."""
OTHER_DESCRIPTORS = 200

_BYTES = {"k": 1024, "m": 1024**2, "g": 1024**3}


class Environment(StrEnum):
    """What the service runs for. In production nothing is made up: keys and issuer must be given."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


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


class SignUp(StrEnum):
    """Who can make an account: everybody, or operators alone."""

    OPEN = "open"
    CLOSED = "closed"


Word = TypeVar("Word", bound=StrEnum)


def one_of(words: type[Word]) -> Callable[[str], Word]:
    """Read one of a few words."""

    def read(value: str) -> Word:
        if value not in set(words):
            raise ValueError(f"must be {' or '.join(words)}")
        return words(value)

    return read


def size(lowest: int, highest: int) -> Callable[[str], int]:
    """Read a number of bytes such as 512k, 100m or 2g, within bounds."""

    def read(value: str) -> int:
        number, unit = value[:-1], value[-1:]
        if unit not in _BYTES or not number.isascii() or not number.isdecimal() or len(number) > 9:
            raise ValueError("must be a size such as 512k, 100m or 2g")
        if not lowest <= int(number) * _BYTES[unit] <= highest:
            raise ValueError(f"must lie between {lowest // _BYTES['k']}k and {highest // _BYTES['k']}k")
        return int(number) * _BYTES[unit]

    return read


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
        "64", integer(1, 256), "Threads of each worker; at most three quarters of them wait for one thing."
    )
    workers_total: int = setting(
        "0",
        integer(0, MOST_WORKERS),
        "Worker processes on all machines that share one Redis, if they are more than WORKERS.",
    )
    env: Environment = setting(
        "development", one_of(Environment), "development, or production, where issuer and keys must be given."
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
    trusted_proxies: tuple[Network, ...] = setting(
        "", networks, "Proxies, by address or network, whose word on a client's address is taken, separated by commas."
    )
    sign_up: SignUp = setting(
        "open", one_of(SignUp), "Who can make an account: open, or closed, and operators alone do."
    )
    quota: int = setting(
        "512m",
        size(1024**2, 1024**4),
        "Most room that the collection of one user may take; taking something back and deleting go a little beyond.",
    )
    limit_sign_up: Rate = setting("60/1m", rate, "Accounts made from one address.")
    limit_sign_in: Rate = setting(
        "10/1m",
        rate,
        "Failed sign-ins for one name from one address; ten times as many for all names from one address, and five "
        "times as many in a window sixty times as long for one name from all addresses, or twenty for all browsers "
        "that have signed in to it; and six times as many that succeed.",
    )
    limit_refresh: Rate = setting(
        "600/1m", rate, "Refreshes of one session, or with tokens none of ours from one address."
    )
    limit_password: Rate = setting(
        "10/1m", rate, "Wrong passwords from one session where the password is asked for once more."
    )
    limit_reset: Rate = setting("10/1m", rate, "Wrong reset codes from one address.")
    limit_api: Rate = setting("6000/1m/600", rate, "Requests of one user who is signed in.")
    limit_refused: Rate = setting("600/1m", rate, "Refused access tokens from one address.")
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
    def all_workers(self) -> int:
        """How many workers there are on all machines together."""
        return max(self.workers_total, self.workers)

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
        """How many files a worker may have open: so many for each collection, and the rest for connections."""
        return DESCRIPTORS_EACH * self.open_collections + OTHER_DESCRIPTORS

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
