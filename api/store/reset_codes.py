"""One-time codes for forgotten passwords: a digest for each account that has one."""

from datetime import datetime

from api.store import statements
from api.store.engine import Connection
from api.store.instants import to_ms


def put(connection: Connection, user_id: int, digest: str, expires_at: datetime) -> None:
    """Give an account a code, in place of the one it may have."""
    statements.run(connection, "put_reset_code", user_id=user_id, digest=digest, expires_at=to_ms(expires_at))


def holds(connection: Connection, user_id: int, digest: str, now: datetime) -> bool:
    """Tell whether this is the account's code, and still good."""
    row = statements.run(connection, "reset_code_holds", user_id=user_id, digest=digest, now=to_ms(now))
    return row is not None


def use(connection: Connection, user_id: int, digest: str, now: datetime) -> bool:
    """Use a code up. False if it is not the account's, or not good any more."""
    return bool(statements.run(connection, "use_reset_code", user_id=user_id, digest=digest, now=to_ms(now)) == 1)


def forget(connection: Connection, user_id: int) -> None:
    """Take an account's code back, if it has one."""
    statements.run(connection, "forget_reset_code", user_id=user_id)
