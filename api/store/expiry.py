"""Removing for good what was kept for a day: deleted text, deletions that can be taken back, and answers."""

from datetime import timedelta

from api.store import answers, deletions, notes
from api.store.collection import Collection
from api.store.instants import to_ms

KEPT = timedelta(days=1)
"""How long what was deleted can be brought back, and an answer is given again."""
_MARGIN = timedelta(minutes=5)
_AT_ONCE = 100


def expire(collection: Collection) -> None:
    """Remove what nobody can ask for any more, a little of it with each write."""
    before = collection.now - KEPT - _MARGIN
    if not collection.run("has_expired", before=to_ms(before))["has_expired"]:
        return
    answers.forget(collection, before)
    deletions.forget(collection, before)
    notes.purge(collection, before, _AT_ONCE)
