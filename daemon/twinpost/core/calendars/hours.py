"""From wall clocks to instants: school hours, right over changes of the clock and the date line."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from twinpost.core.calendars.school import SchoolCalendar, days_from


def opening(calendar: SchoolCalendar, day: date) -> datetime:
    """The instant at which school opens on `day`, aware, in the school's zone."""
    return _instant(calendar, day, calendar.hours(day)[0])


def closing(calendar: SchoolCalendar, day: date) -> datetime:
    """The instant at which school closes on `day`, aware, in the school's zone."""
    return _instant(calendar, day, calendar.hours(day)[1])


def next_hours(calendar: SchoolCalendar, moment: datetime) -> datetime:
    """`moment`, aware, where there is school at it; else the next opening. In the school's zone.

    Where the calendar knows no school day any more, its weekdays alone count: a mail is late then, not lost.
    """
    local = moment.astimezone(ZoneInfo(calendar.timezone))
    today = local.date()
    if calendar.is_school_day(today) and _before(local, closing(calendar, today)):
        opens = opening(calendar, today)
        return opens if _before(local, opens) else local
    return opening(calendar, _next_day(calendar, today))


def school_morning(calendar: SchoolCalendar, moment: datetime, count: int) -> datetime:
    """The opening of school hours `count` school days after the day of `moment`, exams included.

    `moment` is aware, its day is the school's. Falls back as `next_hours` does.
    """
    day = moment.astimezone(ZoneInfo(calendar.timezone)).date()
    for _ in range(count):
        day = _next_day(calendar, day)
    return opening(calendar, day)


def _next_day(calendar: SchoolCalendar, day: date) -> date:
    if found := calendar.next_school_day(day):
        return found
    weekdays = (later for later in days_from(day, 1) if later.weekday() in calendar.school_days)
    return next(weekdays, day + timedelta(days=1))


def _instant(calendar: SchoolCalendar, day: date, clock: time) -> datetime:
    """A wall clock time that the clocks leave out becomes the same time by the clock before the change."""
    zone = ZoneInfo(calendar.timezone)
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC).astimezone(zone)


def _before(one: datetime, other: datetime) -> bool:
    """By instants: Python compares two times of one zone by their clocks, and forgets the repeated hour."""
    return one.astimezone(UTC) < other.astimezone(UTC)
