"""Tells the other workers of revocations through Redis, and hears of theirs: sooner than the record, and never instead.

What is lost here, or was never true, costs a second: the record of revocations says it, or a session too many is over.
"""

import json
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Event
from typing import Any, cast

from redis import Redis

from auth.errors import RedisDown, RedisRefused
from auth.outcome import Outcome, kind
from auth.redis_link import FEED_BLOCK, RedisLink
from auth.revocations import EPOCH, Revocation, Revocations

PUBLISH_EVERY = timedelta(milliseconds=10)
# The least time between two reads, so that what comes in a burst is read together.
LISTEN_EVERY = timedelta(milliseconds=25)
BATCH = 500
# Entries of the stream, about; a worker that was away for longer has the record.
KEPT = 1000
QUEUED = 100_000

_READ = 100
_WAIT = 0.5
_PAUSE = 0.25
_FIELD = b"revocations"
_LATE = "late, through the record"
_MILLISECOND = timedelta(milliseconds=1)

log = logging.getLogger("javumbo.revocations")

_EntryId = tuple[int, int]
_Entry = tuple[bytes, dict[bytes, bytes] | None]


class RevocationStream:
    """One stream in Redis that all workers append to and read. Its work is for two threads: `publish` and `listen`."""

    def __init__(
        self,
        link: RedisLink,
        known: Revocations,
        name: str,
        on_append: Callable[[str], None] = lambda _: None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Use the stream of this name. `on_append` is told how each append went: ok, down or refused."""
        self._link = link
        self._known = known
        self._name = name
        self._on_append = on_append
        self._pause = pause
        # A full queue drops what came first: by the time Redis is back, everybody has read it in the record.
        self._queue: deque[Revocation] = deque(maxlen=QUEUED)
        self._queued = Event()
        self._appending = Outcome(log, "revocations are announced", _LATE)
        self._reading = Outcome(log, "revocations are heard of", _LATE)
        self._position: _EntryId | None = None
        self._is_sure = False

    def announce(self, revocations: Sequence[Revocation]) -> None:
        """Refuse these here from now on, and tell the others soon. For after the commit; it waits for nobody."""
        self._known.add(revocations)
        self._queue.extend(revocations)
        self._queued.set()

    def publish(self) -> None:
        """Wait a moment for something to be announced, and append what there is."""
        if not self._queued.wait(_WAIT):
            return
        self._queued.clear()
        for _ in range(-(-len(self._queue) // BATCH)):
            self._append([self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))])

    def listen(self) -> None:
        """Wait a moment for others to announce something, and learn it."""
        try:
            with self._link.feed() as redis:
                if not self._is_sure:
                    self._find_position(redis)
                entries = self._read(redis)
        except (RedisDown, RedisRefused) as error:
            self._is_sure = False
            self._reading.is_now(kind(error), error)
            self._pause(_PAUSE)
        else:
            # Nothing may mean that the stream is behind us, and that we would not hear what is appended to it.
            self._is_sure = bool(entries)
            self._learn(entries)

    def _append(self, batch: list[Revocation]) -> None:
        try:
            with self._link.commands() as redis:
                redis.xadd(self._name, {_FIELD: _encode(batch)}, maxlen=KEPT)
        except (RedisDown, RedisRefused) as error:
            self._appending.is_now(kind(error), error)
        else:
            self._appending.is_now("ok")
        self._on_append(self._appending.last)

    def _find_position(self, redis: Redis) -> None:
        """Begin at the end of the stream; and go back to it when it was wiped, or an older one was put in its place."""
        last = cast("list[_Entry]", redis.xrevrange(self._name, count=1))
        end = _entry_id(last[0][0]) if last else (0, 0)
        self._position = end if self._position is None else min(self._position, end)

    def _read(self, redis: Redis) -> list[_Entry]:
        assert self._position is not None
        position = f"{self._position[0]}-{self._position[1]}"
        answer = redis.xread({self._name: position}, count=_READ, block=round(FEED_BLOCK * 1000))
        return [entry for _, entries in cast("list[list[Any]]", answer) for entry in entries]

    def _learn(self, entries: list[_Entry]) -> None:
        outcome: tuple[str, Exception | None] = ("ok", None)
        for entry_id, fields in entries:
            self._position = _entry_id(entry_id)
            try:
                self._known.add(_decode((fields or {}).get(_FIELD, b"")))
            except (ValueError, OverflowError, RecursionError) as error:
                outcome = ("unreadable in part", error)
        self._reading.is_now(*outcome)


def _entry_id(text: bytes) -> _EntryId:
    milliseconds, _, number = text.partition(b"-")
    return int(milliseconds), int(number)


def _encode(batch: list[Revocation]) -> bytes:
    return json.dumps([[entry.seq, entry.sid, _milliseconds(entry)] for entry in batch], separators=(",", ":")).encode()


def _milliseconds(revocation: Revocation) -> int:
    # Rounded up: what is told may last longer than what is, never shorter.
    return -((EPOCH - revocation.until) // _MILLISECOND)


def _decode(value: bytes) -> list[Revocation]:
    items = json.loads(value)
    if not isinstance(items, list):
        raise ValueError("not a list of revocations")
    return [_revocation(item) for item in items]


def _revocation(item: object) -> Revocation:
    match item:
        # More may follow in a later version.
        case [int(seq), str(sid), int(until), *_]:
            return Revocation(seq, sid, EPOCH + until * _MILLISECOND)
    raise ValueError("not a revocation")
