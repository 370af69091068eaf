"""The revocations a worker knows of, and how old that knowledge is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf, nan
from threading import Lock

from auth.clock import Clock
from auth.errors import RevocationsUnknown, RevokedToken

# By how many seconds the wall clock may wander from the monotonic one without having been set.
_STEP = 10.0
MARGIN = timedelta(minutes=1)
MINUTE = timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Revocation:
    """What has been ended, and the latest instant at which an access token under it expires."""

    seq: int
    sid: str
    until: datetime


@dataclass(frozen=True)
class ReadStart:
    """What both clocks said when a read of the record began."""

    monotonic: float
    wall: datetime

    @property
    def offset(self) -> float:
        """The seconds by which the wall clock was ahead of the monotonic one."""
        return self.wall.timestamp() - self.monotonic


@dataclass(frozen=True)
class _Minute:
    """The ids that leave when this minute, counted from 1970, begins."""

    number: int
    sids: list[str] = field(default_factory=list)


class Revocations:
    """The ended sids this worker knows of, and how old that knowledge is. The check costs memory only.

    Entries are kept by the minute of the wall clock at which they leave. When that minute has come is told by the
    monotonic clock and what the wall clock was ahead of it at the last whole read: a step of the wall clock makes no
    entry leave. It closes the check until the next whole read, which brings back what has left too early.
    """

    def __init__(
        self, clock: Clock, max_age: timedelta, on_read: Callable[[float, int], None] = lambda _start, _entries: None
    ) -> None:
        """Know nothing yet. `on_read` is told the monotonic start of each good read, and how many entries there are."""
        self._clock = clock
        self._max_age = max_age.total_seconds()
        self._on_read = on_read
        self._known: dict[str, _Minute] = {}
        self._minutes: dict[int, _Minute] = {}
        self._lock = Lock()
        self._last_seq = 0
        # Never read is infinitely long ago, and no comparison with nan holds.
        self._read_at = -inf
        self._offset = nan

    def check(self, sid: str) -> None:
        """RevokedToken if this sid has ended; RevocationsUnknown if nobody can say, whatever is known of it."""
        self.require_known()
        # Last, so that what is accepted was absent from knowledge that had been found good before.
        if sid in self._known:
            raise RevokedToken("its session or API token has been ended", sid)

    def require_known(self) -> None:
        """RevocationsUnknown if nobody can say what has been ended."""
        monotonic = self._clock.monotonic()
        if not monotonic - self._read_at <= self._max_age:
            raise RevocationsUnknown(self._too_old(monotonic))
        if not self._is_steady(monotonic):
            raise RevocationsUnknown("the wall clock was set, and the record has not been read as a whole since")

    def includes(self, sid: str) -> bool:
        """Whether this sid is known to have ended."""
        return sid in self._known

    def __len__(self) -> int:
        return len(self._known)

    @property
    def age(self) -> float | None:
        """Seconds since the start of the last good read; None if there was none."""
        return None if self._read_at == -inf else self._clock.monotonic() - self._read_at

    @property
    def last_seq(self) -> int:
        """The last seq of the record, as of the last good read."""
        return self._last_seq

    @property
    def needs_whole_read(self) -> bool:
        """Whether the record was never read as a whole, or the wall clock has been set since."""
        return not self._is_steady(self._clock.monotonic())

    def begin(self) -> ReadStart:
        """Begin a read of the record: what it brings is as old as this instant."""
        return ReadStart(self._clock.monotonic(), self._clock.now())

    def add(self, revocations: Iterable[Revocation]) -> None:
        """Learn what has been revoked from elsewhere than the record: it says nothing of what else has been."""
        for revocation in revocations:
            self._learn(revocation.sid, _leaves(revocation.until))

    def extend(self, start: ReadStart, last_seq: int, revocations: Iterable[Revocation]) -> None:
        """Take a good read of what the record has beyond `last_seq`."""
        self.add(revocations)
        self._finish(start, last_seq)

    def replace(self, start: ReadStart, last_seq: int, revocations: Iterable[Revocation]) -> None:
        """Take a good read of the whole record. What is known beside it stays until its time is over."""
        self.add(revocations)
        # After the entries, for the check relies on them from here on. It moves the end of every entry to the new time.
        self._offset = start.offset
        self._finish(start, last_seq)

    def expire(self) -> None:
        """Forget the entries whose minute has come. Without a whole read nobody can say which."""
        now = self._clock.monotonic() + self._offset
        with self._lock:
            for number in [number for number in self._minutes if number * MINUTE.total_seconds() <= now]:
                self._forget(self._minutes.pop(number))

    def _learn(self, sid: str, number: int) -> None:
        # Held for one entry at a time, so that a large read makes nobody wait who has just revoked something.
        with self._lock:
            known = self._known.get(sid)
            if known is None or known.number < number:
                minute = self._minutes.setdefault(number, _Minute(number))
                minute.sids.append(sid)
                self._known[sid] = minute

    def _forget(self, minute: _Minute) -> None:
        for sid in minute.sids:
            # One that was learnt again with a later time is in two minutes, and leaves with the later.
            if self._known.get(sid) is minute:
                del self._known[sid]

    def _finish(self, start: ReadStart, last_seq: int) -> None:
        self._last_seq = last_seq
        self._read_at = start.monotonic
        self._on_read(start.monotonic, len(self._known))

    def _is_steady(self, monotonic: float) -> bool:
        ahead = self._clock.now().timestamp() - monotonic
        return abs(ahead - self._offset) <= _STEP

    def _too_old(self, monotonic: float) -> str:
        if self._read_at == -inf:
            return "the record of revocations has not been read yet"
        return f"the record of revocations was last read {monotonic - self._read_at:.0f} s ago"


def _leaves(until: datetime) -> int:
    return -((EPOCH - until - MARGIN) // MINUTE)
