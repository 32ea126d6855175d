"""Breaks: days on end on which a class has no school, whatever entries of its calendar they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain

from twinpost.core.calendars.counted import LeftOut
from twinpost.core.calendars.school import AT_SCHOOL, Day, DayKind, SchoolCalendar, days_from

_ONE_DAY = timedelta(days=1)


def breaks(calendar: SchoolCalendar, first: date, last: date, shortest: int) -> Iterator[LeftOut]:
    """The breaks that begin from `first` to `last` and cost at least `shortest` days of lessons.

    Weekends cost none; one at the edge of a break belongs to it only if its closure says so. The longest
    closure gives its name. Exams end a break: the class is at school. What never ends is no break.
    """
    day = first
    while day <= last:
        off = list(_days_off(calendar, day))
        if off and _continues(calendar, day):
            off = []
        lessons = sum(one.weekday() in calendar.school_days for one, _ in off)
        if lessons >= shortest and _ends(calendar, off[-1][0]):
            yield _break(calendar, off)
        day = off[-1][0] + _ONE_DAY if off else day + _ONE_DAY


def _days_off(calendar: SchoolCalendar, start: date) -> Iterator[tuple[date, Day]]:
    """The days without school from `start` on, until there is school again; plain weekends left out."""
    if calendar.on(start).kind is DayKind.WEEKEND:
        return
    for day in chain([start], days_from(start, 1)):
        told = calendar.on(day)
        if told.kind in AT_SCHOOL:
            return
        if told.kind is not DayKind.WEEKEND:
            yield day, told


def _continues(calendar: SchoolCalendar, day: date) -> bool:
    """Whether the break of `day` began before it."""
    for earlier in days_from(day, -1):
        kind = calendar.on(earlier).kind
        if kind is not DayKind.WEEKEND:
            return kind not in AT_SCHOOL
    return False


def _ends(calendar: SchoolCalendar, last: date) -> bool:
    return calendar.next_school_day(last) is not None


def _break(calendar: SchoolCalendar, off: list[tuple[date, Day]]) -> LeftOut:
    named = [told.closure for _, told in off if told.closure]
    name = max(named, key=lambda closure: closure.length).name if named else ""
    (first, opening), (last, _) = off[0], off[-1]
    return LeftOut(name, first, last, calendar.school_class, opening.kind)
