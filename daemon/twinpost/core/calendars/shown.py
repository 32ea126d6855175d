"""A calendar as it is shown back: line by line what is understood, and classes side by side by week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from twinpost.core.calendars.school import CalendarEntry, Closure, Day, DayKind, SchoolCalendar

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """Days that are no ordinary ones: closed, exams, between terms, or school after all (a make-up day)."""

    first: date
    last: date
    kind: DayKind
    name: str = ""
    entry: CalendarEntry | None = None  # where it comes from; None: the terms


@dataclass(frozen=True, slots=True)
class Week:
    """One week from its Monday: days at school class by class, why not on others, days of all classes."""

    monday: date
    days: tuple[int, ...]
    closures: tuple[tuple[str, ...], ...]
    common: int


def lines(calendar: SchoolCalendar, first: date, last: date) -> Iterator[Line]:
    """What is understood of the days from `first` to `last`, in order; ordinary days have no line."""
    for line in _stretches(calendar, first, last):
        days = _days(line.first, line.last)
        if line.kind is DayKind.SCHOOL or any(day.weekday() in calendar.school_days for day in days):
            yield line  # else a holiday on a Sunday


def _stretches(calendar: SchoolCalendar, first: date, last: date) -> Iterator[Line]:
    line: Line | None = None
    marks: tuple[object, ...] = ()
    for day in _days(first, last):
        told = calendar.on(day)
        if told.kind is DayKind.WEEKEND:
            continue
        if line and marks == (told.kind, told.closure, told.entry):
            line = replace(line, last=day)
            continue
        if line:
            yield line
        marks = told.kind, told.closure, told.entry
        ordinary = told.kind is DayKind.SCHOOL and told.entry is None
        line = None if ordinary else Line(day, day, told.kind, name(told), told.entry)
    if line:
        yield line


def weeks(calendars: Sequence[SchoolCalendar], first: date, last: date) -> Iterator[Week]:
    """The weeks from that of `first` to that of `last`."""
    monday = first - _ONE_DAY * first.weekday()
    while monday <= last:
        days = [monday + _ONE_DAY * number for number in range(7)]
        told = [[calendar.on(day) for day in days] for calendar in calendars]
        yield Week(
            monday,
            tuple(sum(day.kind is DayKind.SCHOOL for day in own) for own in told),
            tuple(_why_not(calendar, own) for calendar, own in zip(calendars, told, strict=True)),
            sum(all(day.kind is DayKind.SCHOOL for day in same) for same in zip(*told, strict=True)),
        )
        monday += _ONE_DAY * 7


def name(told: Day) -> str:
    """What the day is called, if anything."""
    return told.closure.name if told.closure else told.entry.name if told.entry else ""


def _why_not(calendar: SchoolCalendar, week: Sequence[Day]) -> tuple[str, ...]:
    """What keeps the class from letters on its weekdays, each reason once."""
    taught = (week[weekday] for weekday in sorted(calendar.school_days))
    off = (told for told in taught if told.kind is not DayKind.SCHOOL)
    return tuple(dict.fromkeys(name(told) or told.kind.value for told in off))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + _ONE_DAY * number for number in range((last - first).days + 1))


def span_of(dates: Sequence[date], today: date) -> Closure:
    """From when until when an exchange lasts, by its agreed dates; half a year from today without any."""
    return Closure(min([*dates, today]), max(dates, default=today + timedelta(weeks=26)))
