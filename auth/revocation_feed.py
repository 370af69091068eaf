"""Keeps what a worker knows of revocations fresh from the durable record."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from auth.revocations import MARGIN, MINUTE, ReadStart, Revocation, Revocations

RECORD_EVERY = timedelta(seconds=1)
WHOLE_EVERY = timedelta(seconds=60)
# An entry that ended longer ago has left: in the minute that began a margin after its end.
LONG_OVER = MARGIN + MINUTE

log = logging.getLogger("javumbo.revocations")


@dataclass(frozen=True)
class RecordPage:
    """What a read of the record brought, and the highest seq the record has given out, seen no later than that."""

    last_seq: int
    revocations: Sequence[Revocation]


class RevocationRecord(Protocol):
    """The durable truth. It raises whatever its store raises."""

    def after(self, seq: int) -> RecordPage:
        """Return the revocations with a higher seq."""

    def whole(self, not_before: datetime) -> RecordPage:
        """Return every revocation whose `until` is at or after an instant."""


class RecordFollower:
    """Reads the record again and again: what is new in it, and now and then all of it."""

    def __init__(self, known: Revocations, record: RevocationRecord) -> None:
        self._known = known
        self._record = record
        self._whole_at: float | None = None
        self._last: Revocation | None = None

    def start(self) -> None:
        """Read the record before serving anybody. Where that fails, nobody is let in until a later read is good."""
        try:
            self.read()
        except Exception:
            log.critical("the record of revocations cannot be read; nobody is let in until it can", exc_info=True)

    def read(self) -> None:
        """Read what is new, or everything if that is due. One that fails raises, and what is known grows older."""
        start = self._known.begin()
        if self._is_whole_due(start):
            self._read_whole(start)
        else:
            self._read_new(start)
        self._known.expire()

    def _is_whole_due(self, start: ReadStart) -> bool:
        if self._whole_at is None or self._known.needs_whole_read:
            return True
        return start.monotonic - self._whole_at >= WHOLE_EVERY.total_seconds()

    def _read_whole(self, start: ReadStart) -> None:
        # Due until it has succeeded: whatever made it so, a later read would not see it again.
        self._whole_at = None
        page = self._record.whole(start.wall - LONG_OVER)
        self._known.replace(start, page.last_seq, page.revocations)
        self._remember_last(page)
        self._whole_at = start.monotonic

    def _remember_last(self, page: RecordPage) -> None:
        self._last = next((one for one in page.revocations if one.seq == page.last_seq), None)

    def _read_new(self, start: ReadStart) -> None:
        # The last entry is asked for again while it lasts: another in its place would tell of a record that was put
        # back and has grown since.
        last = self._last if self._last is not None and self._last.until > start.wall else None
        page = self._record.after(self._known.last_seq if last is None else last.seq - 1)
        is_continued = last is None or any((one.seq, one.sid) == (last.seq, last.sid) for one in page.revocations)
        if page.last_seq < self._known.last_seq or not is_continued:
            log.critical(
                "the record of revocations was rolled back; revoke all keys if it was restored from a copy",
                extra={"known": self._known.last_seq, "found": page.last_seq},
            )
            self._read_whole(start)
        else:
            self._known.extend(start, page.last_seq, page.revocations)
            self._remember_last(page)
