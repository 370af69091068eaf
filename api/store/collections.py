"""The collections of all users: a SQLite file each, found from the user's id and from nothing else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from api.errors import AccountGone, StoreError
from api.store import expiry, files, migrations, statements
from api.store.collection import Collection, changing
from api.store.database import Database, transaction
from api.store.engine import Connection
from api.store.instants import to_ms
from api.store.pool import Pool
from api.store.quota import SLACK, Allowance, Purpose
from auth.clock import Clock


class SqliteCollections:
    """Opens, makes and removes collections in one folder, and holds each to a quota and a slack, in bytes."""

    def __init__(
        self,
        folder: Path,
        pool: Pool,
        clock: Clock,
        has_account: Callable[[int], bool],
        quota: int,
        slack: int = SLACK,
    ) -> None:
        self._folder = folder
        self.pool = pool
        self._clock = clock
        self._has_account = has_account
        self._allowance = Allowance(quota, slack)

    @contextmanager
    def reading(self, user_id: int) -> Iterator[Collection]:
        """Open a collection to read one state of it. AccountGone, or a StoreError."""
        with self._open(user_id) as database, database.reading() as connection:
            yield Collection(connection, user_id, self._clock.now())

    @contextmanager
    def writing(self, user_id: int, purpose: Purpose = Purpose.CHANGE) -> Iterator[Collection]:
        """Open a collection to change it: all of the block, durably, or none of it.

        AccountGone, or a StoreError; QuotaReached where it takes more room than there is for this purpose.
        """
        with (
            self._open(user_id) as database,
            database.writing() as connection,
            changing(connection, user_id, self._clock.now()) as collection,
        ):
            with self._allowance.held(connection, purpose):
                yield collection
            # Not held to the quota: to remove words from the index takes room before it gives any.
            expiry.expire(collection)

    def create(self, user_id: int, fill: Callable[[Collection], None]) -> None:
        """Make a collection, whole or not at all. FileExistsError if there is one of this id."""

        def begin(connection: Connection) -> None:
            now = self._clock.now()
            with transaction(connection, "BEGIN IMMEDIATE"):
                statements.run(connection, "insert_owner", user_id=user_id, created_at=to_ms(now))
                with changing(connection, user_id, now) as collection:
                    fill(collection)

        files.build(self.path(user_id), migrations.collection_of(user_id), begin)

    def close(self, user_id: int) -> None:
        """Close a collection for good: every later unit of work refuses, in every process. A missing one is closed."""
        try:
            pooled = self.pool.use(self.path(user_id), migrations.collection_of(user_id))
            with pooled as database, database.writing() as connection:
                statements.run(connection, "close_owner", user_id=user_id, closed_at=to_ms(self._clock.now()))
        except StoreError:
            if self.path(user_id).exists():
                raise

    def remove(self, user_id: int) -> None:
        """Delete the file of a closed collection."""
        self.pool.forget(self.path(user_id))
        files.remove(self.path(user_id))

    def highest_id(self) -> int:
        """Return the highest user id that has a file, or 0."""
        names = (path.stem.removeprefix("user_") for path in self._folder.glob("user_*.db"))
        return max((int(name) for name in names if name.isdecimal()), default=0)

    def path(self, user_id: int) -> Path:
        """Return where a user's collection lies."""
        return _path(self._folder, user_id)

    @contextmanager
    def _open(self, user_id: int) -> Iterator[Database]:
        try:
            with self.pool.use(self.path(user_id), migrations.collection_of(user_id)) as database:
                yield database
        except (StoreError, AccountGone) as error:
            # The file goes last when an account is deleted: no file and no account is what that leaves.
            if self.path(user_id).exists() or self._has_account(user_id):
                raise
            # Who opens a file in the instant in which it is deleted puts others back beside it.
            self.remove(user_id)
            raise AccountGone(user_id) from error


@lru_cache(maxsize=4096)
def _path(folder: Path, user_id: int) -> Path:
    # Kept, for to make and to hash a path takes longer than to find one.
    return folder / f"user_{user_id}.db"
