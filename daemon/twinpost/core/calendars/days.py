"""School-day arithmetic, with its explanation: dates in, dates out, no clock and no zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Protocol

from twinpost.core.calendars.counted import Counted, LeftOut
from twinpost.core.calendars.school import Closure, DayKind, SchoolCalendar, days_from

SCHOOL_DAYS = "school days"
_LENGTHS = {"days": 1, "weeks": 7}


class NoSchoolDays(ValueError):
    """The calendars have no school day in common for more than a year."""


class DayOffset(Protocol):
    """What `Offset` of the rules is to calendars: so many days, weeks or school days."""

    @property
    def count(self) -> int: ...
    @property
    def unit(self) -> str: ...


def shift(start: date, offset: DayOffset, calendars: Sequence[SchoolCalendar]) -> Counted:
    """The day that lies `offset` after `start`, before it where the count is negative.

    Days and weeks are those of the wall calendar, whatever the classes do. Raises NoSchoolDays, and
    ValueError for a unit that is shorter than a day.
    """
    if offset.unit == SCHOOL_DAYS:
        return add_school_days(calendars, start, offset.count)
    if offset.unit not in _LENGTHS:
        raise ValueError(f"{offset.unit} are no days")
    day = start + timedelta(days=offset.count * _LENGTHS[offset.unit])
    return Counted(start, offset.count, str(offset.unit), day)


def add_school_days(calendars: Sequence[SchoolCalendar], start: date, count: int) -> Counted:
    """The `count`-th day after `start` (before it, if negative) that counts in every calendar.

    `start` itself is never counted; with a count of 0 the day is `start`, or the first one after it that
    counts. What was left out on the way is told, weekends are not. Raises NoSchoolDays when 400 days in a
    row do not count, or where there is no calendar.
    """
    step = -1 if count < 0 else 1
    day, passed = start, []
    if count == 0:
        day -= timedelta(days=1)
    for _ in range(abs(count) or 1):
        *idle, day = _up_to_school(calendars, day, step)
        passed += idle
    whose = tuple(calendar.school_class for calendar in calendars)
    return Counted(start, count, SCHOOL_DAYS, day, whose, tuple(_left_out(calendars, sorted(passed))))


def _up_to_school(calendars: Sequence[SchoolCalendar], start: date, step: int) -> list[date]:
    """The days from `start`, which is not among them, to the first that counts everywhere."""
    passed = []
    for day in days_from(start, step) if calendars else ():
        passed.append(day)
        if all(calendar.counts(day) for calendar in calendars):
            return passed
    raise NoSchoolDays(f"no school day in common within {len(passed)} days of {start}")


def _left_out(calendars: Sequence[SchoolCalendar], passed: Sequence[date]) -> Iterator[LeftOut]:
    """Why days did not count, once for each closure, class by class in the order of the days."""
    for calendar in calendars:
        found: dict[tuple[DayKind, Closure], None] = {}
        for day in passed:
            if day.weekday() not in calendar.school_days:
                continue
            told = calendar.on(day)
            if told.kind is DayKind.BETWEEN_TERMS:
                _stretch(found, day)
            elif told.closure:
                found[told.kind, told.closure] = None
        for kind, closure in found:
            yield LeftOut(closure.name, closure.first, closure.last, calendar.school_class, kind)


def _stretch(found: dict[tuple[DayKind, Closure], None], day: date) -> None:
    """Add a day between terms; those of one gap are one, weekends in it included."""
    kind, last = next(reversed(found), (None, Closure(day, day)))
    first = day
    if kind is DayKind.BETWEEN_TERMS and day - last.last <= timedelta(days=7):
        del found[DayKind.BETWEEN_TERMS, last]
        first = last.first
    found[DayKind.BETWEEN_TERMS, Closure(first, day)] = None
