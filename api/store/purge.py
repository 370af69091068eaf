"""Removing what has run out: a few rows at a time, so that nobody waits long for the file."""

from datetime import datetime, timedelta

from api.store import statements
from api.store.engine import Connection
from api.store.instants import from_ms, to_ms

_STATEMENTS = {
    "ended_sessions": "purge_ended_sessions",
    "idle_sessions": "purge_idle_sessions",
    "revocations": "purge_revocations",
    "api_tokens": "purge_api_tokens",
    "reset_codes": "purge_reset_codes",
}

FARTHEST = timedelta(days=1)
"""How far away the next turn may be."""

KINDS = tuple(_STATEMENTS)
"""What is purged."""


def due(connection: Connection) -> datetime | None:
    """Return when it is time to purge, as whoever did it last has said; None if nobody ever did."""
    next_at: int = statements.run(connection, "purge_due")["next_at"]
    return from_ms(next_at) if next_at else None


def claim(connection: Connection, now: datetime, next_at: datetime) -> bool:
    """Take the turn to purge, of all workers. False if it is not time yet, or another was faster.

    It is time, too, if the next turn is further away than anybody sets it whose clock is right.
    """
    latest = to_ms(now + FARTHEST)
    return bool(statements.run(connection, "claim_purge", now=to_ms(now), next_at=to_ms(next_at), latest=latest) == 1)


def remove(connection: Connection, kind: str, before: datetime, limit: int) -> int:
    """Remove up to so many rows of a kind that ran out before an instant; return how many there were."""
    removed: int = statements.run(connection, _STATEMENTS[kind], before=to_ms(before), page=limit)
    return removed
