"""Rows of sessions: opened, rotated under a condition, ended together with their entry in the record."""

import json
from datetime import datetime
from typing import Any

from api.errors import AccountChanged
from api.store import revocations, statements
from api.store.accounts import Account
from api.store.engine import Connection, Row
from api.store.instants import from_ms, to_ms
from auth.revocations import Revocation
from auth.sessions import EndedBy, Session


def insert(connection: Connection, account: Account, session: Session) -> None:
    """Record a sign-in. AccountChanged if the account is not what it was: nothing slips in behind the change."""
    values = _changing(session) | {
        "user_id": account.user_id,
        "client": session.client,
        "created_at": to_ms(session.created_at),
        "expires_at": to_ms(session.expires_at),
    }
    if statements.run(connection, "insert_session", version=account.version, **values) != 1:
        raise AccountChanged(account.user_id)


def by_sid(connection: Connection, sid: str) -> Session | None:
    """Return a session, ended or not."""
    row = statements.run(connection, "session_by_sid", sid=sid)
    return None if row is None else _session(row)


def live(connection: Connection, user_id: int, now: datetime, after: str, limit: int) -> list[Session]:
    """Return sessions of a user that can be refreshed, from past a sid on."""
    rows = statements.run(connection, "live_sessions_after", user_id=user_id, now=to_ms(now), after=after, page=limit)
    return [_session(row) for row in rows]


def rotate(connection: Connection, account: Account, before: Session, after: Session) -> bool:
    """Put a session into its next generation. False if it, or the account, is not what it was any more."""
    changed = statements.run(
        connection,
        "rotate_session",
        generation_before=before.generation,
        version=account.version,
        **_changing(after),
    )
    return bool(changed == 1)


def note_replay(connection: Connection, sid: str, address: str) -> None:
    """Keep the other address from which a refresh was repeated, to show it to the user."""
    statements.run(connection, "note_replay", sid=sid, replayed_from=address)


def end(connection: Connection, user_id: int, sid: str, why: EndedBy, now: datetime) -> list[Revocation]:
    """End a session of a user; return its entry in the record, or none if there is no such session left."""
    row = statements.run(connection, "end_session", user_id=user_id, sid=sid, ended_at=to_ms(now), ended_why=why.value)
    return revocations.insert(connection, [] if row is None else [row], now)


def end_all(connection: Connection, user_id: int, why: EndedBy, now: datetime, kept: str = "") -> list[Revocation]:
    """End all sessions of a user, apart from one that may be kept; return their entries in the record."""
    rows = statements.run(
        connection, "end_sessions", user_id=user_id, kept=kept, ended_at=to_ms(now), ended_why=why.value
    )
    return revocations.insert(connection, list(rows), now)


def _changing(session: Session) -> dict[str, Any]:
    return {
        "sid": session.sid,
        "generation": session.generation,
        "rotated_at": to_ms(session.rotated_at),
        "rotations": json.dumps([to_ms(instant) for instant in session.rotations]),
        "access_until": to_ms(session.access_until),
        "refresh_until": to_ms(session.refresh_until),
        "last_used_at": to_ms(session.last_used_at),
        "address": session.address,
    }


def _session(row: Row) -> Session:
    return Session(
        sid=row["sid"],
        user_id=row["user_id"],
        client=row["client"],
        generation=row["generation"],
        rotated_at=from_ms(row["rotated_at"]),
        rotations=tuple(from_ms(ms) for ms in json.loads(row["rotations"])),
        access_until=from_ms(row["access_until"]),
        refresh_until=from_ms(row["refresh_until"]),
        created_at=from_ms(row["created_at"]),
        last_used_at=from_ms(row["last_used_at"]),
        address=row["address"],
        expires_at=from_ms(row["expires_at"]),
        replayed_from=row["replayed_from"],
        ended_at=None if row["ended_at"] is None else from_ms(row["ended_at"]),
        ended_why=row["ended_why"],
    )
