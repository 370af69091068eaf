"""Study days: they begin at 4 in the morning of the user's time zone, and are numbered from 1970-01-01."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_FIRST = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class StudyDays:
    """A user's calendar."""

    zone: tzinfo = UTC
    rollover_hour: int = 4

    def day_of(self, instant: datetime) -> int:
        """Return the number of the study day an instant belongs to."""
        local = instant.astimezone(self.zone).replace(tzinfo=None) - timedelta(hours=self.rollover_hour)
        return local.date().toordinal() - _FIRST

    def start_of(self, day: int) -> datetime:
        """Return the instant a study day begins, in UTC."""
        morning = datetime.combine(date.fromordinal(day + _FIRST), time(self.rollover_hour), self.zone)
        return morning.astimezone(UTC)
