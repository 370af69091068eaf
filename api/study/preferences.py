"""What a user has chosen: a calendar, how decks are studied, and what single decks do otherwise."""

from dataclasses import dataclass, field, fields, replace
from datetime import UTC, timedelta, tzinfo
from functools import cache, cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from api.study.days import StudyDays
from api.study.options import Mix, NewOrder, StudyOptions


@dataclass(frozen=True)
class Choices:
    """What has been chosen of the options; None leaves it to the deck above, and at last to the preferences."""

    new_per_day: int | None = None
    reviews_per_day: int | None = None
    desired_retention: float | None = None
    learning_steps: tuple[timedelta, ...] | None = None
    relearning_steps: tuple[timedelta, ...] | None = None
    new_order: NewOrder | None = None
    mix: Mix | None = None

    def over(self, options: StudyOptions) -> StudyOptions:
        """Return these options with what has been chosen instead."""
        chosen = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return replace(options, **{name: value for name, value in chosen.items() if value is not None})


@dataclass(frozen=True)
class Preferences:
    """What holds for a whole collection."""

    time_zone: str = "UTC"
    rollover_hour: int = 4
    options: StudyOptions = field(default_factory=StudyOptions)

    @cached_property
    def days(self) -> StudyDays:
        """The user's calendar."""
        return StudyDays(_zone(self.time_zone), self.rollover_hour)


@cache
def time_zones() -> frozenset[str]:
    """Return the names of all time zones (IANA)."""
    # Neither of these is a place: one is wherever this machine is, the other for clocks that were never set.
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _zone(name: str) -> tzinfo:
    # A name once valid may be gone with another edition of the database; a calendar there must be.
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
