"""One user's collection inside one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from api.errors import AccountGone, StoreDamaged
from api.store import choices, statements
from api.store.engine import Connection
from api.store.instants import to_ms
from api.study.days import StudyDays
from api.study.preferences import Preferences


class Collection:
    """An open unit of work: whose it is, when it happens, and the ids and the change it hands out."""

    def __init__(self, connection: Connection, user_id: int, now: datetime) -> None:
        """Begin. StoreDamaged unless the file is this user's; AccountGone once it is closed."""
        row = statements.run(connection, "owner", user_id=user_id)
        if row is None:
            raise StoreDamaged(f"user_{user_id}.db", "it has no row of this owner")
        if row["closed_at"] is not None:
            raise AccountGone(user_id)
        self.connection = connection
        self.user_id = user_id
        self.now = now
        self.change: int = row["changed"] + 1
        self.preferences_change: int = row["preferences_changed"]
        self.preferences: Preferences = choices.load_preferences(row["preferences"])
        self._last_id: int = row["last_id"]

    @property
    def days(self) -> StudyDays:
        """The calendar of the user."""
        return self.preferences.days

    @property
    def today(self) -> int:
        """The study day it is."""
        return self.days.day_of(self.now)

    def new_id(self) -> int:
        """Return an id never used in this collection: past the last one, whatever the clock says."""
        self._last_id = max(self._last_id + 1, to_ms(self.now))
        return self._last_id

    def run(self, statement: str, /, **parameters: Any) -> Any:
        """Run a statement on this user's rows, and nobody else's; a row it writes gets this change."""
        parameters |= {"user_id": self.user_id, "changed": self.change}
        return statements.run(self.connection, statement, **parameters)

    def prefer(self, preferences: Preferences) -> None:
        """Replace what the user prefers."""
        self.run("set_preferences", preferences=choices.dump_preferences(preferences))
        self.preferences, self.preferences_change = preferences, self.change

    def finish(self) -> None:
        """Record which ids and which change were handed out."""
        self.run("advance_owner", last_id=self._last_id)


@contextmanager
def changing(connection: Connection, user_id: int, now: datetime) -> Iterator[Collection]:
    """Open a collection for writing; its counters are recorded at the end of the block."""
    collection = Collection(connection, user_id, now)
    yield collection
    collection.finish()
