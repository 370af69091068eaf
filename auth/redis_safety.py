"""Which Redis can be relied on: what its own INFO says, held against what this service needs of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

OLDEST = (7, 0)


@dataclass(frozen=True)
class _Rule:
    """Something that must hold, and what to say of a server where it does not."""

    holds: Callable[[Mapping[str, Any]], bool]
    otherwise: str


# What may evict keys, or is overwritten by another server, forgets counters and revocations behind our back.
_RULES = (
    _Rule(lambda info: _version(info) >= OLDEST, "redis_version must be 7.0 or later, and is {redis_version}"),
    _Rule(lambda info: not info.get("cluster_enabled"), "cluster-enabled must be no: one server keeps all keys"),
    _Rule(lambda info: info.get("role") == "master", "replicaof must not be set: this is not a server to write to"),
    _Rule(
        lambda info: info.get("maxmemory_policy") == "noeviction",
        "maxmemory-policy must be noeviction, and is {maxmemory_policy}: keys would vanish when memory runs short",
    ),
)


def why_unsafe(info: Mapping[str, Any]) -> str | None:
    """Return the sentence that names the setting of Redis for which it cannot be relied on, if there is one."""
    said = {"redis_version": "unknown", "maxmemory_policy": "unknown", **info}
    return next((rule.otherwise.format(**said) for rule in _RULES if not rule.holds(info)), None)


def forgets_at_restart(info: Mapping[str, Any]) -> bool:
    """Tell whether nothing is written to disk as it happens: bearable, for the record is elsewhere."""
    return not info.get("aof_enabled")


def server_of(info: Mapping[str, Any]) -> str:
    """Name the program and its version."""
    if "valkey_version" in info:
        return f"valkey {info['valkey_version']}"
    return f"redis {info.get('redis_version', 'unknown')}"


def _version(info: Mapping[str, Any]) -> tuple[int, ...]:
    parts = str(info.get("redis_version", "")).split(".")
    return tuple(int(part) for part in parts[:2] if part.isdecimal())
