"""The least that adding a card can cost: a loop that commits the same rows, and the disk below it."""

import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

from api.store import engine
from api.store.engine import Connection

_NOTE = """
    INSERT INTO notes (user_id, id, note_type_id, guid, fields, tags, front_digest, sought, created_at, changed)
    VALUES (?, ?, ?, ?, ?, '[]', ?, ?, ?, ?)
"""
_CARD = """
    INSERT INTO cards
        (user_id, id, note_id, deck_id, ordinal, shuffle, created_at, changed, state, review_count, lapses)
    VALUES (?, ?, ?, ?, 0, ?, ?, ?, 'new', 0, 0)
"""
_OWNER = "UPDATE owner SET last_id = ?, changed = ? WHERE user_id = ?"
_PAGE = b"\0" * 4096


class BareLoop:
    """Commits notes with a card each to a collection that the service has made, and nothing else."""

    def __init__(self, connection: Connection) -> None:
        """Begin where the collection is. Nobody else may write to it."""
        self._connection = connection
        self._user, self._id, self._change = connection.execute(
            "SELECT user_id, last_id, changed FROM owner"
        ).fetchone()
        (self._deck,) = connection.execute("SELECT MIN(id) FROM decks").fetchone()
        (self._type,) = connection.execute("SELECT id FROM note_types WHERE built_in = 'basic'").fetchone()
        self._numbers = count()
        self._drawn = random.Random(0)

    def per_second(self, seconds: float) -> float:
        """Commit for so long, and return how many cards there were in a second."""
        began, added = time.monotonic(), 0
        while time.monotonic() < began + seconds:
            self._add(next(self._numbers))
            added += 1
        return added / (time.monotonic() - began)

    def _add(self, number: int) -> None:
        note, card, self._change = self._id + 1, self._id + 2, self._change + 1
        now = time.time_ns() // 1_000_000
        # As long, and as unlike one another, as the marks of those who write through the service.
        text = f"bare mark of user {self._user} number {number} at {now}"
        fields, sought = json.dumps([text, "back"]), f"{text}\nback"
        user, execute = self._user, self._connection.execute
        # Digests and places among shuffled cards lie as far apart as the service's: each commit writes as many pages.
        digest, shuffle = self._drawn.getrandbits(62), self._drawn.randrange(1_000_003)
        execute("BEGIN IMMEDIATE")
        execute(_NOTE, (user, note, self._type, str(note), fields, digest, sought, now, self._change))
        execute(_CARD, (user, card, note, self._deck, shuffle, now, self._change))
        execute(_OWNER, (card, self._change, user))
        execute("COMMIT")
        self._id = card


@contextmanager
def bare_loop(path: Path) -> Iterator[BareLoop]:
    """Open a collection for the loop."""
    with closing(engine.connect(path)) as connection:
        yield BareLoop(connection)


def fsync_cost(folder: Path, times: int = 200) -> float:
    """Return what it takes to have one page on this disk for certain, in seconds."""
    with tempfile.TemporaryFile(dir=folder) as file:
        return statistics.median(_synced(file.fileno()) for _ in range(times))


def _synced(descriptor: int) -> float:
    began = time.monotonic()
    os.write(descriptor, _PAGE)
    os.fdatasync(descriptor)
    return time.monotonic() - began
