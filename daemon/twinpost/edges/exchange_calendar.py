"""The calendar of a class in an exchange file: its entries, and the dates of those that stand elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from twinpost.core.calendars.looked_up import window
from twinpost.core.calendars.school import CalendarEntry, EntryKind, SchoolCalendar
from twinpost.edges import fields
from twinpost.edges.holiday_feed import public_holidays, school_holidays
from twinpost.edges.ics_file import load_ics
from twinpost.edges.sections import Odd, Section, asking, did_you_mean
from twinpost.errors import ConfigError, Problem

_DATED = (EntryKind.CLOSED, EntryKind.EXAMS, EntryKind.OPEN, EntryKind.TERM)
_NOTHING = {
    EntryKind.FILE: "no day without school was found in this file",
    EntryKind.HOLIDAYS: "no public holidays are known there: enter the dates, or an .ics file",
    EntryKind.SCHOOL_HOLIDAYS: "no list of school holidays is known there: enter the dates, or an .ics file",
}
_KINDS = tuple(kind.value for kind in EntryKind)


def read_calendar(
    section: Section, folder: Path, calendar: SchoolCalendar, today: date, notes: list[Problem]
) -> tuple[CalendarEntry, ...]:
    """The entries in their order. `calendar` has the class's zone and hours, and no entries yet."""
    what = "such as {closed: 2026-09-28..2026-10-02, name: Autumn holiday}"
    lines = section.sections("calendar", what)
    written = ((line, _entry(line, folder)) for line in lines)
    return tuple(_looked_up(line, entry, calendar, today, notes) for line, entry in written if entry)


def looked_up(entry: CalendarEntry, calendar: SchoolCalendar, today: date) -> CalendarEntry:
    """The entry with its dates as known today; one that says them itself stays as it is.

    Raises Odd for a country or region that has no list, ConfigError for a file that cannot be read.
    """
    if not entry.is_expanded:
        return entry
    around = window(today)
    if entry.kind is EntryKind.FILE:
        days = load_ics(Path(entry.source), calendar, around)
    elif entry.kind is EntryKind.HOLIDAYS:
        days = public_holidays(entry.source, entry.region, around)
    else:
        days = school_holidays(entry.source, entry.region, around)
    named = tuple(replace(span, name=span.name or entry.name) for span in days)
    return replace(entry, days=named, until=around[1])


def _looked_up(
    section: Section, entry: CalendarEntry, calendar: SchoolCalendar, today: date, notes: list[Problem]
) -> CalendarEntry:
    """The same for a line of an exchange file: problems and notes get its place."""
    try:
        found = looked_up(entry, calendar, today)
    except Odd as odd:
        section.note(f"`{entry.kind.value}`: {odd}", entry.kind.value)
        return entry
    except ConfigError as error:
        section.problems.extend(error.problems)
        return entry
    if found.is_expanded and not found.days:
        notes.append(section.marked.problem((*section.path, entry.kind.value), _NOTHING[entry.kind]))
    return found


def _entry(section: Section, folder: Path) -> CalendarEntry | None:
    said = [kind for kind in EntryKind if kind.value in section.data]
    if len(said) != 1:
        section.note(_which_kind(section, [kind.value for kind in said]))
        return None
    (kind,) = said
    name = section.take("name", fields.text, "")
    region = ""
    dates, source = None, ""
    if kind in _DATED:
        what = "a date such as 2026-10-09, or two as in 2026-09-28..2026-10-02"
        dates = section.need(kind.value, fields.days, None, what)
    elif kind is EntryKind.FILE:
        found = section.need("file", fields.path_beside(folder, must_be="file"), None, "an .ics file")
        source = str(found.resolve()) if found else ""
    else:
        source = section.need(kind.value, fields.country, "", "a country code such as NO or FR")
        region = section.take("region", fields.text, "")
    section.finish()
    if not (dates or source):
        return None
    first, last = dates or (None, None)
    return CalendarEntry(kind, first, last, name, source, region)


def _which_kind(section: Section, said: list[str]) -> str:
    if said:
        return f"this entry says {' and '.join(f'`{kind}`' for kind in said)}: make an entry of each"
    guesses = (did_you_mean(key, _KINDS) for key in section.data)
    ask = asking(next((guess for guess in guesses if guess), ""))
    return f"an entry of `calendar` needs one of {', '.join(_KINDS)}{ask}"
