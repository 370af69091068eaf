"""What operators ask about everybody's sessions, and about the record; it may walk through the tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.store import statements
from api.store.engine import Connection
from api.store.instants import from_ms, to_ms

EVERYBODY = 0


@dataclass(frozen=True)
class OpenSession:
    """A session as operators see it."""

    sid: str
    user_id: int
    username: str
    client: str
    address: str
    created_at: datetime
    last_used_at: datetime
    replayed_from: str | None


def open_sessions(connection: Connection, user_id: int, now: datetime, limit: int) -> tuple[Sequence[OpenSession], int]:
    """Return sessions that can be used, those used last first, and how many there are; of one user, or EVERYBODY."""
    rows = list(statements.run(connection, "open_sessions", user_id=user_id, now=to_ms(now), page=limit))
    found = [
        OpenSession(
            sid=row["sid"],
            user_id=row["user_id"],
            username=row["username"],
            client=row["client"],
            address=row["address"],
            created_at=from_ms(row["created_at"]),
            last_used_at=from_ms(row["last_used_at"]),
            replayed_from=row["replayed_from"],
        )
        for row in rows
    ]
    return found, rows[0]["total"] if rows else 0


def owner_of(connection: Connection, sid: str) -> int | None:
    """Return whose session or API token this is, ended or not."""
    row = statements.run(connection, "owner_of_sid", sid=sid)
    return None if row is None else row["user_id"]


def count_revocations(connection: Connection) -> int:
    """Return how many entries the record has."""
    found: int = statements.run(connection, "count_revocations")["found"]
    return found
