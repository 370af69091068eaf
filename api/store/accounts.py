"""`accounts.db`: who has an account, and the sessions of each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from api.errors import AccountGone, NameTaken
from api.store import engine, files, migrations, statements
from api.store.engine import Connection, Row
from api.store.instants import from_ms, to_ms
from api.store.pool import Pool


@dataclass(frozen=True)
class Account:
    """One user. `version` is raised by whatever ends the user's sessions."""

    user_id: int
    username: str
    name: str
    password_hash: str
    version: int
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True)
class NewSession:
    """A sign-in to be recorded: one device, one refresh lineage, one revocable id."""

    sid: str
    client: str
    opened_at: datetime
    access_until: datetime
    expires_at: datetime
    address: str


class SqliteAccounts:
    """The accounts and sessions of everybody."""

    def __init__(self, path: Path, pool: Pool) -> None:
        self._path = path
        self.pool = pool

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self.pool.use(self._path, migrations.ACCOUNTS) as database, database.reading() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self.pool.use(self._path, migrations.ACCOUNTS) as database, database.writing() as connection:
            yield connection

    def take_user_id(self, above: int = 0) -> int:
        """Return a user id never handed out before, greater than `above`; it is used up at once."""
        with self._writing() as connection:
            user_id: int = statements.run(connection, "take_user_id", above=above)["last"]
        return user_id

    def insert(self, account: Account) -> None:
        """Add an account. NameTaken if another has the username."""
        try:
            with self._writing() as connection:
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

    def by_id(self, user_id: int) -> Account | None:
        """Return an account."""
        with self._reading() as connection:
            return _account(statements.run(connection, "account_by_id", user_id=user_id))

    def by_username(self, username: str) -> Account | None:
        """Return the account of exactly this username."""
        with self._reading() as connection:
            return _account(statements.run(connection, "account_by_username", username=username))

    def rename(self, user_id: int, name: str) -> None:
        """Change the name an account is shown under. AccountGone if it is deleted or disabled."""
        with self._writing() as connection:
            renamed = statements.run(connection, "rename_account", user_id=user_id, name=name)
        if renamed != 1:
            raise AccountGone(user_id)

    def replace_password_hash(self, account: Account, password_hash: str) -> None:
        """Store a better hash of the same password, unless the password has changed meanwhile."""
        with self._writing() as connection:
            statements.run(
                connection,
                "replace_password_hash",
                user_id=account.user_id,
                version=account.version,
                password_hash=password_hash,
            )

    def delete(self, user_id: int) -> None:
        """Remove an account and its sessions."""
        with self._writing() as connection:
            statements.run(connection, "delete_account", user_id=user_id)

    def insert_session(self, account: Account, session: NewSession) -> None:
        """Record a sign-in. AccountGone if the account has changed since: nothing slips in behind the change."""
        with self._writing() as connection:
            inserted = statements.run(
                connection,
                "insert_session",
                sid=session.sid,
                user_id=account.user_id,
                version=account.version,
                client=session.client,
                opened_at=to_ms(session.opened_at),
                access_until=to_ms(session.access_until),
                expires_at=to_ms(session.expires_at),
                address=session.address,
            )
        if inserted != 1:
            raise AccountGone(account.user_id)


def create(path: Path) -> None:
    """Make an empty `accounts.db`, whole or not at all. FileExistsError if there is one."""
    files.build(path, migrations.ACCOUNTS, lambda _: None)


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
    )
