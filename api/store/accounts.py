"""Rows of accounts: who has one, under which name, with which password."""

from dataclasses import dataclass
from datetime import datetime

from api.errors import AccountChanged, AccountGone, NameTaken
from api.store import engine, statements
from api.store.engine import Connection, Row
from api.store.instants import from_ms, to_ms


@dataclass(frozen=True)
class Account:
    """One user. `version` is raised by whatever ends all of the user's sessions, or all but one."""

    user_id: int
    username: str
    name: str
    password_hash: str
    version: int
    created_at: datetime
    disabled_at: datetime | None = None
    is_operator: bool = False


def take_user_id(connection: Connection, above: int = 0) -> int:
    """Return a user id never handed out before, greater than `above`."""
    user_id: int = statements.run(connection, "take_user_id", above=above)["last"]
    return user_id


def insert(connection: Connection, account: Account) -> None:
    """Add an account. NameTaken if another has the username."""
    try:
        statements.run(
            connection,
            "insert_account",
            user_id=account.user_id,
            username=account.username,
            name=account.name,
            password_hash=account.password_hash,
            created_at=to_ms(account.created_at),
        )
    except engine.IntegrityError as error:
        raise NameTaken(account.username) from error


def by_id(connection: Connection, user_id: int) -> Account | None:
    """Return an account."""
    return _account(statements.run(connection, "account_by_id", user_id=user_id))


def by_username(connection: Connection, username: str) -> Account | None:
    """Return the account of exactly this username."""
    return _account(statements.run(connection, "account_by_username", username=username))


def rename(connection: Connection, user_id: int, name: str) -> None:
    """Change the name an account is shown under. AccountGone if it is deleted or disabled."""
    if statements.run(connection, "rename_account", user_id=user_id, name=name) != 1:
        raise AccountGone(user_id)


def improve_hash(connection: Connection, account: Account, password_hash: str) -> None:
    """Store a better hash of the same password, unless the password has changed meanwhile."""
    statements.run(
        connection,
        "replace_password_hash",
        user_id=account.user_id,
        version=account.version,
        password_hash=password_hash,
    )


def replace_password(connection: Connection, account: Account, password_hash: str) -> None:
    """Set another password and raise the version. AccountChanged if the account is not what it was when it was read."""
    replaced = statements.run(
        connection,
        "replace_password",
        user_id=account.user_id,
        version=account.version,
        password_hash=password_hash,
    )
    if replaced != 1:
        raise AccountChanged(account.user_id)


def raise_version(connection: Connection, user_id: int) -> None:
    """Let nothing that was begun before open a session or make a token."""
    statements.run(connection, "raise_version", user_id=user_id)


def disable(connection: Connection, user_id: int, now: datetime) -> None:
    """Let nobody use an account, and raise its version; one that is disabled already stays as it is."""
    statements.run(connection, "disable_account", user_id=user_id, disabled_at=to_ms(now))


def enable(connection: Connection, user_id: int) -> None:
    """Let its owner use an account again."""
    statements.run(connection, "enable_account", user_id=user_id)


def set_operator(connection: Connection, user_id: int, *, is_operator: bool) -> None:
    """Say whether an account may ask about the tokens of others."""
    statements.run(connection, "set_operator", user_id=user_id, is_operator=int(is_operator))


def delete(connection: Connection, user_id: int) -> None:
    """Remove an account with its sessions, API tokens and reset code. What was revoked stays revoked."""
    statements.run(connection, "delete_account", user_id=user_id)


def _account(row: Row | None) -> Account | None:
    if row is None:
        return None
    return Account(
        user_id=row["user_id"],
        username=row["username"],
        name=row["name"],
        password_hash=row["password_hash"],
        version=row["version"],
        created_at=from_ms(row["created_at"]),
        disabled_at=None if row["disabled_at"] is None else from_ms(row["disabled_at"]),
        is_operator=bool(row["is_operator"]),
    )
