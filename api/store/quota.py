"""Holding one collection to the room that it may take."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from api.errors import QuotaReached
from api.store import engine
from api.store.engine import Connection

SLACK = 16 * 1024**2
"""How many bytes beyond the quota are there for taking something back: who has reached it can have made a mistake.

Not without end, for the answer kept under a key can show a card of 100 000 characters several times. This is room for a
hundred such answers within a day, or for tens of thousands of common ones, and little beside a quota.
"""


class Purpose(Enum):
    """What a write is for, and so how far it may go."""

    CHANGE = "to add or to change"
    UNDO = "to take a review back"
    RESTORE = "to bring back what was deleted"
    REMOVE = "to delete"


@dataclass(frozen=True)
class Allowance:
    """How many bytes a collection may take, and how many more for what takes something back."""

    quota: int
    slack: int

    @contextmanager
    def held(self, connection: Connection, purpose: Purpose) -> Iterator[None]:
        """Run the block inside a write transaction. QuotaReached if the collection takes too much room after it."""
        before = engine.room_used(connection)
        yield
        most = self._most(purpose, before)
        if most is not None and engine.room_used(connection) > most:
            raise QuotaReached(before, self.quota, 0 if purpose is Purpose.CHANGE else self.slack)

    def _most(self, purpose: Purpose, before: int) -> int | None:
        match purpose:
            case Purpose.CHANGE:
                # What needs no more than before goes on: a quota made smaller must not stop edits.
                return max(before, self.quota)
            case Purpose.UNDO:
                return max(before, self.quota + self.slack)
            case Purpose.RESTORE:
                # Even if it needs no more than before: each thing that is back can be deleted once more, and that
                # needs a little each time.
                return self.quota + self.slack
            case Purpose.REMOVE:
                # How else would anybody get room back? It keeps a few hundred bytes for each thing that there is.
                return None
