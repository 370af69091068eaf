from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.study.days import StudyDays

# Zones and dates on which their clocks were changed: by half an hour, at midnight, a minute after it, by whole days.
CHANGES = [
    ("Europe/Oslo", "2026-03-29"),
    ("Europe/Oslo", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("America/Sao_Paulo", "2018-02-18"),
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/St_Johns", "2010-03-14"),
    ("America/St_Johns", "2010-11-07"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Asia/Kathmandu", "1986-01-01"),
    ("Pacific/Apia", "2011-12-30"),
    ("Pacific/Kwajalein", "1969-10-01"),
    ("Pacific/Kwajalein", "1993-08-21"),
]
ZONES = sorted({zone for zone, _ in CHANGES} | {"UTC"})
CALENDARS = st.builds(StudyDays, st.sampled_from(ZONES).map(ZoneInfo), st.integers(0, 23))
INSTANTS = st.datetimes(datetime(1960, 1, 1), datetime(2120, 1, 1), timezones=st.just(UTC))
TICK = timedelta(microseconds=1)


def number(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def assert_begins_with_its_first_instant(days: StudyDays, day: int) -> None:
    start = days.start_of(day)

    assert days.day_of(start - TICK) < day
    if start < days.start_of(day + 1):
        assert days.day_of(start) == day
        assert days.first_from(start) == day
        assert days.first_from(start + TICK) > day


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("UTC", "1970-01-01T04:00:00Z", 0),
        ("UTC", "1970-01-01T03:59:59Z", -1),
        ("America/Sao_Paulo", "2026-11-23T06:59:00Z", 20779),
        ("America/Sao_Paulo", "2026-11-23T07:00:00Z", 20780),
    ],
)
def test_a_study_day_begins_at_four_where_the_user_is(zone: str, instant: str, day: int) -> None:
    assert StudyDays(ZoneInfo(zone)).day_of(at(instant)) == day


@pytest.mark.parametrize(("rollover_hour", "day"), [(0, 1), (12, 1), (13, 0), (23, 0)])
def test_a_study_day_begins_at_the_hour_that_was_chosen(rollover_hour: int, day: int) -> None:
    assert StudyDays(UTC, rollover_hour).day_of(at("1970-01-02T12:00:00Z")) == day


@given(CALENDARS, st.integers(-3_000, 60_000))
def test_a_study_day_begins_with_its_first_instant(days: StudyDays, day: int) -> None:
    assert_begins_with_its_first_instant(days, day)


@pytest.mark.parametrize(("zone", "changed"), CHANGES)
def test_a_study_day_begins_with_its_first_instant_when_clocks_are_changed(zone: str, changed: str) -> None:
    for rollover_hour in range(24):
        days = StudyDays(ZoneInfo(zone), rollover_hour)
        for day in range(number(changed) - 2, number(changed) + 3):
            assert_begins_with_its_first_instant(days, day)


@pytest.mark.parametrize(("zone", "changed"), CHANGES)
def test_study_days_never_go_back_when_clocks_do(zone: str, changed: str) -> None:
    noon = datetime.combine(date.fromisoformat(changed), datetime.min.time(), UTC)
    quarters = [noon + timedelta(minutes=15 * quarter) for quarter in range(-4 * 48, 4 * 48)]

    for rollover_hour in range(24):
        days = [StudyDays(ZoneInfo(zone), rollover_hour).day_of(instant) for instant in quarters]
        assert days == sorted(days)


@given(CALENDARS, INSTANTS)
def test_every_instant_lies_within_its_study_day(days: StudyDays, instant: datetime) -> None:
    day = days.day_of(instant)

    assert days.start_of(day) <= instant < days.start_of(day + 1)


@pytest.mark.parametrize(
    ("zone", "rollover_hour", "day", "start"),
    [
        # Clocks went from 0:00 to 1:00, and from 2:00 to 2:30.
        ("America/Sao_Paulo", 0, "2018-11-04", "2018-11-04T03:00:00Z"),
        ("Australia/Lord_Howe", 2, "2026-10-04", "2026-10-03T15:30:00Z"),
        # Clocks went from 0:01 to 1:01: one o'clock was never read.
        ("America/St_Johns", 1, "2010-03-14", "2010-03-14T03:31:00Z"),
        # Clocks went back from 0:01 to 23:01, and from 2:00 to 1:00: the hour is read twice, and the first counts.
        ("America/St_Johns", 0, "2010-11-07", "2010-11-07T02:30:00Z"),
        ("America/New_York", 1, "2026-11-01", "2026-11-01T05:00:00Z"),
    ],
)
def test_a_study_day_begins_once_however_clocks_are_changed(
    zone: str, rollover_hour: int, day: str, start: str
) -> None:
    assert StudyDays(ZoneInfo(zone), rollover_hour).start_of(number(day)) == at(start)


def test_a_day_that_the_calendar_skipped_begins_with_the_next_and_has_no_instant() -> None:
    days, skipped = StudyDays(ZoneInfo("Pacific/Apia"), 0), number("2011-12-30")

    start = days.start_of(skipped)

    assert start == days.start_of(skipped + 1) == at("2011-12-30T10:00:00Z")
    assert (days.day_of(start - TICK), days.day_of(start)) == (skipped - 1, skipped + 1)


def test_a_day_half_skipped_has_what_is_left_of_it() -> None:
    days, day = StudyDays(ZoneInfo("Pacific/Apia"), 4), number("2011-12-30")

    assert days.start_of(day + 1) - days.start_of(day) == timedelta(hours=4)
