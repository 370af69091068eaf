"""Removes from the accounts file what has run out, a little at a time. Every worker looks, and one of them does it."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.store import purge
from api.store.accounts_file import AccountsFile
from auth.clock import Clock

log = logging.getLogger("javumbo.purge")

LOOK_EVERY = timedelta(minutes=1)
PURGE_EVERY = timedelta(minutes=10)

LEAP = timedelta(hours=1)

KEPT_FOR = timedelta(days=1)
"""How much longer than it is needed anything is kept: a clock that is hours ahead must not make the record forget."""

STEP = 200
"""How many rows go in one transaction: a few milliseconds, for which a writer waits who comes in between."""

PAUSE = 0.05
"""Seconds between two steps, in which other writers get their turn."""

LONGEST = timedelta(minutes=2)
"""How long one turn lasts at most; what is left is for the next. The background would be taken for stuck otherwise."""


@dataclass(frozen=True)
class Purging:
    """The work of one worker. `count` is told of what was removed, `pause` waits for some seconds."""

    file: AccountsFile
    clock: Clock
    count: Callable[[str, int], None]
    pause: Callable[[float], None] = time.sleep

    def look(self) -> None:
        """Purge if it is time to, and no other worker does. A StoreError leaves the rest to the next turn."""
        now = self._claim()
        if now is not None:
            self._purge(now - KEPT_FOR)

    def _claim(self) -> datetime | None:
        with self.file.writing() as connection:
            # Asked for once it is this worker's turn to write, so that what two workers take for now is in that order.
            now = self.clock.now()
            is_leap = self._is_leap(purge.due(connection), now)
            is_ours = purge.claim(connection, now, now + (purge.FARTHEST if is_leap else PURGE_EVERY))
        return now if is_ours and not is_leap else None

    def _is_leap(self, due: datetime | None, now: datetime) -> bool:
        # Nobody has looked for hours, or the clock was set far ahead, perhaps wrongly: what is removed now might be
        # needed when it is put right. So it must stay like this for a day.
        return due is not None and now - due > LEAP

    def _purge(self, before: datetime) -> None:
        until = self.clock.monotonic() + LONGEST.total_seconds()
        removed = dict.fromkeys(purge.KINDS, 0)
        left = list(purge.KINDS)
        while left and self.clock.monotonic() < until:
            # A step of each in turn: much of one kind keeps no other waiting.
            for kind in tuple(left):
                found = self._remove(kind, before)
                removed[kind] += found
                if found < STEP:
                    left.remove(kind)
        if any(removed.values()):
            log.info("purged", extra=removed | {"is_done": not left})

    def _remove(self, kind: str, before: datetime) -> int:
        with self.file.writing() as connection:
            found = purge.remove(connection, kind, before, STEP)
        if found:
            self.count(kind, found)
            self.pause(PAUSE)
        return found
