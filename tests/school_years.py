"""Calendars for tests: one readable call, dates as text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from twinpost.core.calendars.school import CalendarEntry, Closure, EntryKind, SchoolCalendar


def d(text: str) -> date:
    return date.fromisoformat(text)


def entry(kind: str, dates: str, name: str = "") -> CalendarEntry:
    """entry("closed", "2026-09-28..2026-10-02", "Autumn holiday")"""
    first, _, last = dates.partition("..")
    return CalendarEntry(EntryKind(kind), d(first), d(last or first), name)


def feed(kind: str, *closures: tuple[str, str], until: str = "2029-09-01") -> CalendarEntry:
    """An entry whose dates stand elsewhere: feed("holidays", ("2027-03-26", "Good Friday"))"""
    spans = (entry("closed", dates, name) for dates, name in closures)
    days = tuple(Closure(span.first, span.last, span.name) for span in spans if span.first and span.last)
    source = "7b.ics" if kind == "file" else "NO"
    return CalendarEntry(EntryKind(kind), source=source, days=days, until=d(until))


def a_calendar(
    *entries: CalendarEntry,
    zone: str = "Europe/Oslo",
    school_days: Iterable[int] = range(5),
    school_class: int = 0,
) -> SchoolCalendar:
    plain = SchoolCalendar.at(zone, school_days, None)
    return replace(plain, entries=entries, school_class=school_class)


AUTUMN = entry("closed", "2026-09-28..2026-10-02", "Autumn holiday")
EASTER = entry("closed", "2026-03-28..2026-04-06", "Easter holidays")
