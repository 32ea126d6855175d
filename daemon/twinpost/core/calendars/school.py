"""When a class is at school, as its school agreed it: a list, never only a national feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Weekday words of the exchange file, in the order of `date.weekday()`."""

SEARCH_LIMIT = timedelta(days=400)
"""How far ahead a school day is looked for before we say that there is none."""


class EntryKind(StrEnum):
    """What an entry of a calendar says; the value is its key in the exchange file."""

    CLOSED = "closed"
    EXAMS = "exams"
    OPEN = "open"
    TERM = "term"
    HOLIDAYS = "holidays"
    SCHOOL_HOLIDAYS = "school_holidays"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One line of a class's calendar; dates are whole school days, both ends included."""

    kind: EntryKind
    first: date | None = None
    last: date | None = None
    name: str = ""
    source: str = ""  # country code of HOLIDAYS and SCHOOL_HOLIDAYS, file name of FILE
    region: str = ""


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """The days and hours at which a class can be expected to read its post."""

    timezone: str
    school_days: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    opens_at: time = time(8, 0)
    closes_at: time = time(15, 0)
    entries: tuple[CalendarEntry, ...] = ()

    def is_school_day(self, day: date) -> bool:
        """Whether the class has lessons on `day`; the entry made last wins."""
        for entry in reversed(self.entries):
            if entry.first is None or not entry.first <= day <= (entry.last or entry.first):
                continue
            if entry.kind is EntryKind.OPEN:
                return True
            if entry.kind is EntryKind.CLOSED:
                return False
        return day.weekday() in self.school_days

    def next_school_day(self, after: date) -> date | None:
        """The first school day later than `after`, or None when none is known within a year."""
        day = after
        while day - after < SEARCH_LIMIT:
            day += timedelta(days=1)
            if self.is_school_day(day):
                return day
        return None

    def in_hours(self, moment: datetime) -> datetime:
        """`moment`, an aware instant, where there is school at it; else the next opening of school hours."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        if self.is_school_day(local.date()) and local.time() < self.closes_at:
            return max(moment, self.add_school_days(moment, 0))
        return self.add_school_days(moment, 1)

    def add_school_days(self, start: datetime, count: int) -> datetime:
        """The opening of school hours, `count` school days after the day of `start`.

        `start` is an aware instant; the day is counted in the school's zone. Falls back to
        calendar days where the calendar knows no school day.
        """
        zone = ZoneInfo(self.timezone)
        day = start.astimezone(zone).date()
        for _ in range(count):
            day = self.next_school_day(day) or day + timedelta(days=1)
        return datetime.combine(day, self.opens_at, tzinfo=zone)
