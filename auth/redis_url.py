"""The URL of a Redis: what may stand in one, and what of it may be shown."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from redis.connection import parse_url

_SCHEMES = ("redis", "rediss", "unix")
# What else redis-py takes there, such as timeouts, is decided by the code that depends on it.
_OPTIONS = {"db", "username", "password"}
_TLS_OPTIONS = {
    "ssl_ca_certs",
    "ssl_ca_path",
    "ssl_cert_reqs",
    "ssl_certfile",
    "ssl_check_hostname",
    "ssl_keyfile",
    "ssl_password",
}


def redis_url(value: str) -> str:
    """Read the URL of a Redis, or nothing. ValueError says what is wrong without it: there may be a password in it."""
    if value and not _is_url(value):
        raise ValueError("must be a URL such as redis://127.0.0.1:6379/0, rediss://… or unix:///run/redis.sock")
    for name in parse_qs(urlsplit(value).query):
        if name not in _OPTIONS | _TLS_OPTIONS:
            raise ValueError(f"{name!r} cannot be chosen in the URL")
        if name in _TLS_OPTIONS and not value.startswith("rediss://"):
            raise ValueError(f"{name!r} is for rediss:// alone")
    return value


def options_of(url: str) -> dict[str, Any]:
    """Return what a connection is to be made with."""
    options: dict[str, Any] = parse_url(url)  # type: ignore[no-untyped-call] # redis leaves it untyped
    return options


def address_of(url: str) -> str:
    """Name the server of a URL, and nothing else that is in it."""
    options = options_of(url)
    if "path" in options:
        return str(options["path"])
    host, port = options.get("host", "localhost"), options.get("port", 6379)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        _ = parts.port, options_of(value)
    except ValueError:
        return False
    if parts.scheme == "unix":
        return bool(parts.path)
    database = parts.path.removeprefix("/")
    return (
        parts.scheme in _SCHEMES
        and bool(parts.hostname)
        and (not database or (database.isascii() and database.isdecimal()))
    )
