"""Rows of API tokens: all but the token itself, which is shown once and kept nowhere."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api.errors import AccountChanged
from api.store import revocations, statements
from api.store.accounts import Account
from api.store.engine import Connection, Row
from api.store.instants import from_ms, to_ms
from auth.revocations import Revocation

_FIRST_DAY = date(1970, 1, 1)


@dataclass(frozen=True)
class ApiToken:
    """An API token, as its owner sees it in the list."""

    id: int
    sid: str
    name: str
    scopes: tuple[str, ...]
    last_characters: str
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None = None


def new_id(connection: Connection) -> int:
    """Return an id that no API token has had."""
    found: int = statements.run(connection, "advance_counter", name="api_tokens", by=1)["last"]
    return found


def insert(connection: Connection, account: Account, token: ApiToken) -> None:
    """Add an API token. AccountChanged if the account is not what it was: nothing slips in behind the change."""
    inserted = statements.run(
        connection,
        "insert_api_token",
        id=token.id,
        sid=token.sid,
        user_id=account.user_id,
        version=account.version,
        name=token.name,
        scope=" ".join(token.scopes),
        last_characters=token.last_characters,
        created_at=to_ms(token.created_at),
        expires_at=to_ms(token.expires_at),
    )
    if inserted != 1:
        raise AccountChanged(account.user_id)


def count(connection: Connection, user_id: int) -> tuple[int, int]:
    """Return how many API tokens a user has, and how many with those that were deleted before they ran out."""
    row = statements.run(connection, "count_api_tokens", user_id=user_id)
    return row["live"], row["remembered"]


def page(connection: Connection, user_id: int, after: int, limit: int) -> list[ApiToken]:
    """Return API tokens of a user in the order they were made, from past an id on."""
    rows = statements.run(connection, "api_tokens_after", user_id=user_id, after=after, page=limit)
    return [_token(row) for row in rows]


def delete(connection: Connection, user_id: int, token_id: int, now: datetime) -> list[Revocation]:
    """Delete an API token of a user; return its entry in the record, or none if there is no such token."""
    row = statements.run(connection, "delete_api_token", user_id=user_id, id=token_id, deleted_at=to_ms(now))
    return revocations.insert(connection, [] if row is None else [row], now)


def delete_by_sid(connection: Connection, user_id: int, sid: str, now: datetime) -> list[Revocation]:
    """Delete the API token behind a sid, likewise."""
    row = statements.run(connection, "delete_api_token_by_sid", user_id=user_id, sid=sid, deleted_at=to_ms(now))
    return revocations.insert(connection, [] if row is None else [row], now)


def delete_all(connection: Connection, user_id: int, now: datetime) -> list[Revocation]:
    """Delete every API token of a user; return their entries in the record."""
    rows = statements.run(connection, "delete_api_tokens", user_id=user_id, deleted_at=to_ms(now))
    return revocations.insert(connection, list(rows), now)


def note_use(connection: Connection, sid: str, day: date) -> None:
    """Keep the day on which a token was last used; an earlier day than the one kept changes nothing."""
    statements.run(connection, "note_api_token_use", sid=sid, day=(day - _FIRST_DAY).days)


def _token(row: Row) -> ApiToken:
    day = row["last_used_day"]
    return ApiToken(
        id=row["id"],
        sid=row["sid"],
        name=row["name"],
        scopes=tuple(row["scope"].split()),
        last_characters=row["last_characters"],
        created_at=from_ms(row["created_at"]),
        expires_at=from_ms(row["expires_at"]),
        last_used_on=None if day is None else _FIRST_DAY + timedelta(days=day),
    )
