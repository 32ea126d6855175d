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
        begins = _is_off(calendar.on(day)) and not _continues(calendar, day)
        off = list(_days_off(calendar, day)) if begins else []
        lessons = sum(one.weekday() in calendar.school_days for one, _ in off)
        if lessons >= shortest and _ends(calendar, off[-1][0]):
            yield _break(calendar, off)
        day = off[-1][0] + _ONE_DAY if off else day + _ONE_DAY


def _is_off(told: Day) -> bool:
    """Whether there is no school where there could be: a plain weekend is no break."""
    return told.kind not in AT_SCHOOL and told.kind is not DayKind.WEEKEND


def _days_off(calendar: SchoolCalendar, start: date) -> Iterator[tuple[date, Day]]:
    """The days without school from `start` on, until there is school again; plain weekends left out."""
    for day in chain([start], days_from(start, 1)):
        told = calendar.on(day)
        if told.kind in AT_SCHOOL:
            return
        if _is_off(told):
            yield day, told


def _continues(calendar: SchoolCalendar, day: date) -> bool:
    """Whether the break of `day` began before it."""
    earlier = (calendar.on(one) for one in days_from(day, -1))
    before = next((told for told in earlier if told.kind is not DayKind.WEEKEND), None)
    return before is not None and _is_off(before)


def _ends(calendar: SchoolCalendar, last: date) -> bool:
    return calendar.next_school_day(last) is not None


def _break(calendar: SchoolCalendar, off: list[tuple[date, Day]]) -> LeftOut:
    named = [told.closure for _, told in off if told.closure]
    name = max(named, key=lambda closure: closure.length).name if named else ""
    (first, opening), (last, _) = off[0], off[-1]
    return LeftOut(name, first, last, calendar.school_class, opening.kind)
