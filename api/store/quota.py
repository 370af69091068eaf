"""Holding one collection to the room that it may take."""

from collections.abc import Iterator
from contextlib import contextmanager

from api.errors import QuotaReached
from api.store import engine
from api.store.engine import Connection


@contextmanager
def held(connection: Connection, quota: int) -> Iterator[None]:
    """Run the block inside a write transaction. QuotaReached if it takes more room, and with that more than `quota`.

    What needs no more than before goes on beyond the quota: a quota made smaller must not stop edits.
    """
    before = engine.room_used(connection)
    yield
    if engine.room_used(connection) > max(before, quota):
        raise QuotaReached(before, quota)
