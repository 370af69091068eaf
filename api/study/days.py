"""Study days: they begin at an hour of the user's choice and time zone, and are numbered from 1970-01-01."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_FIRST = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class StudyDays:
    """A user's calendar: day after day begins when the clock first reads the rollover hour, or later, on its date."""

    zone: tzinfo = UTC
    rollover_hour: int = 4

    def day_of(self, instant: datetime) -> int:
        """Return the number of the study day an instant belongs to."""
        local = instant.astimezone(self.zone)
        day = (local.replace(tzinfo=None) - timedelta(hours=self.rollover_hour)).toordinal() - _FIRST
        # Clocks that are put back do not end a day that has begun.
        return day + 1 if local.fold and self.start_of(day + 1) <= instant else day

    def start_of(self, day: int) -> datetime:
        """Return the instant a study day begins, in UTC; a day that the calendar skipped begins with the next."""
        rollover = datetime.combine(date.fromordinal(day + _FIRST), time(self.rollover_hour))
        start = rollover.replace(tzinfo=self.zone).astimezone(UTC)
        skipped = self._reading(start) - rollover
        return start - self._since_clocks_changed(rollover, start, skipped) if skipped else start

    def first_from(self, instant: datetime) -> int:
        """Return the first study day that does not begin before an instant."""
        day = self.day_of(instant)
        return day if self.start_of(day) == instant else day + 1

    def _since_clocks_changed(self, rollover: datetime, latest: datetime, skipped: timedelta) -> timedelta:
        # No clock ever read the rollover: the day began when they were put forward past it.
        earliest = latest - skipped
        seconds = range(int(skipped.total_seconds()))
        before = bisect_left(seconds, x=True, key=lambda s: self._reading(earliest + timedelta(seconds=s)) >= rollover)
        return skipped - timedelta(seconds=before)

    def _reading(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone).replace(tzinfo=None)
