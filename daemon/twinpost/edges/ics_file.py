"""Closures out of an iCalendar file (RFC 5545), as calendar programs and schools' sites write it.

An event closes the days that it lasts: whole days, or times from before school until after it. The file may
be hostile: its repetitions are looked at as text before any library sees them, and their sum has a limit.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from twinpost.core.calendars.hours import closing, opening
from twinpost.core.calendars.school import Closure, SchoolCalendar
from twinpost.edges.marked import read_text
from twinpost.errors import ConfigError, Problem

if TYPE_CHECKING:
    from icalendar.cal import Component

MOST_PIECES = 20_000
"""Components of one file: a school's calendar of ten years has a thousand."""

LONGEST_EXPANSION = 5.0
"""Seconds for all repetitions of one file; a school's take a few hundredths."""

MOST_CLOSURES = 2_000
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError)
"""What the libraries raise over a broken file: they check little, and trip over what they find."""

_ONE_DAY = timedelta(days=1)
_NAMES_SHOWN = 100
_PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}
    | {"BYSETPOS"}
)
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})

Window = tuple[date, date]
"""From when until when days are asked for, both included."""


def load_ics(path: Path, calendar: SchoolCalendar, window: Window) -> tuple[Closure, ...]:
    """The days that the events of this file close, for a class with this zone and these hours.

    Times without a zone are the school's. Raises ConfigError with every problem and its line.
    """
    lines = tuple(_unfolded(read_text(path)))
    checked = _Checked(str(path))
    for number, line in lines:
        checked.look_at(number, line)
    checked.finish()
    if checked.problems:
        raise ConfigError(checked.problems)
    events = _Events(checked.file, calendar, window)
    for event, begins_at in zip(_events(checked.file, lines), checked.events, strict=False):
        events.add(event, begins_at)
    return events.closures()


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Content lines with the number at which they begin (RFC 5545, 3.1)."""
    begun, parts = 1, list[str]()
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield begun, "".join(parts)
        begun, parts = number, [line] if line.strip() else []
    if parts:
        yield begun, "".join(parts)


@dataclass(slots=True)
class _Checked:
    """The file as text: what must not reach a library, and where the events begin."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    begins: int = 0

    def look_at(self, number: int, line: str) -> None:
        name, _, value = line.partition(":")
        name = name.split(";", 1)[0].strip().upper()
        if name == "BEGIN":
            self._begin(number, value.strip().upper())
        elif name == "END":
            self._end(number, value.strip().upper())
        elif name == "EXRULE":
            self._refuse(number, "EXRULE is not read: leave single days out with EXDATE")
        elif name == "RRULE" and (text := _trouble(value, in_zone="VTIMEZONE" in self.inside)):
            self._refuse(number, f"{text}: no school calendar needs that")

    def _begin(self, number: int, what: str) -> None:
        self.begins += 1
        self.inside.append(what)
        if what == "VEVENT":
            self.events.append(number)
        if self.begins == MOST_PIECES or len(self.inside) == 10:
            self._refuse(number, "has too many parts: is this the right file?")

    def _end(self, number: int, what: str) -> None:
        if not self.inside or self.inside.pop() != what:
            self._refuse(number, f"END:{what[:40]} ends nothing: export the file anew")

    def finish(self) -> None:
        """Note what a whole file does not lack."""
        if self.inside and not self.problems:
            self._refuse(0, f"breaks off before its END:{self.inside[-1][:40]}: export it anew")
        elif not self.begins:
            self._refuse(0, "holds no VCALENDAR: is this an .ics file?")

    def _refuse(self, number: int, text: str) -> None:
        if len(self.problems) < 20:
            self.problems.append(Problem(self.file, number, text))


def _trouble(rule: str, *, in_zone: bool) -> str:
    """Why a repetition is refused, or "". `in_zone`: it says when clocks change, once a year each."""
    parts = dict(part.strip().upper().partition("=")[::2] for part in rule.split(";") if part.strip())
    if parts.get("FREQ") not in ({"YEARLY"} if in_zone else _FREQUENCIES):
        return f"repeats {parts.get('FREQ', 'nobody knows when').lower()[:40]}"
    if unknown := sorted(parts.keys() - _PARTS):
        return f"repeats by {unknown[0][:40]}"
    interval = parts.get("INTERVAL", "1")
    if not (interval.isascii() and interval.isdigit() and 1 <= int(interval[:9]) <= 1000):
        return f"repeats at an interval of {interval[:40]}"
    return ""


def _events(file: str, lines: Iterable[tuple[int, str]]) -> list[Component]:
    """Every VEVENT in the order of the file. Raises ConfigError when it cannot be read."""
    from icalendar import Calendar

    text = "".join(f"{line}\r\n" for _, line in lines)
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except _UNREADABLE as error:
        sentence = "cannot be read as a calendar: export it anew from your calendar program"
        raise ConfigError([Problem(file, 1, sentence)]) from error
    return [event for calendar in calendars for event in calendar.walk("VEVENT")]


class _Events:
    """The events of one file, on their way to closures."""

    def __init__(self, file: str, calendar: SchoolCalendar, window: Window) -> None:
        self._file = file
        self._calendar = calendar
        self._window = window
        self._zone = ZoneInfo(calendar.timezone)
        self._spans: list[Closure] = []
        self._series: dict[str, list[tuple[Component, int]]] = defaultdict(list)
        self._repeating: set[str] = set()
        self._problems: list[Problem] = []

    def add(self, event: Component, line: int) -> None:
        """One VEVENT and where it stands."""
        uid = str(event.get("UID") or f"line {line}")
        if any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
            self._repeating.add(uid)
        self._series[uid].append((event, line))

    def closures(self) -> tuple[Closure, ...]:
        """All days closed by all events, sorted. Raises ConfigError with every problem."""
        end = monotonic() + LONGEST_EXPANSION
        for uid, series in self._series.items():
            line = series[0][1]
            try:
                occurrences = self._occurrences(series) if uid in self._repeating else series
                self._spans += [span for event, _ in occurrences for span in self._closed_by(event)]
            except _UNREADABLE as error:
                self._note(line, f"this event cannot be read: {str(error)[:80] or type(error).__name__}")
            if monotonic() > end:
                self._note(line, "the repetitions of this file take too long: give them an end (UNTIL)")
                break
        found = merged(self._spans)
        if len(found) > MOST_CLOSURES:
            self._note(0, f"closes school {len(found)} times: is this the right file?")
        if self._problems:
            raise ConfigError(self._problems)
        return found

    def _note(self, line: int, text: str) -> None:
        self._problems.append(Problem(self._file, line, text))

    def _occurrences(self, series: Sequence[tuple[Component, int]]) -> list[tuple[Component, int]]:
        """What a repeated event becomes within the window, exceptions observed."""
        from icalendar import Calendar
        from recurring_ical_events import of

        alone = Calendar()
        for event, _ in series:
            alone.add_component(event)
        first, last = self._window
        return [(event, 0) for event in of(alone).between(first, last + _ONE_DAY)]

    def _closed_by(self, event: Component) -> Iterator[Closure]:
        """The days that one event, or one occurrence of it, closes within the window."""
        if errors := getattr(event, "errors", ()):
            raise ValueError(f"{errors[0][0]}: {errors[0][1]}")
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            return
        start, end = _bounds(event)
        if not isinstance(start, datetime):
            yield from self._within(Closure(start, max(start, end - _ONE_DAY), _name(event)))
            return
        begins, ends = self._local(start), self._local(end)
        day, last = max(begins.date(), self._window[0]), min(ends.date(), self._window[1])
        while day <= last:
            if begins <= opening(self._calendar, day) and closing(self._calendar, day) <= ends:
                yield Closure(day, day, _name(event))
            day += _ONE_DAY

    def _within(self, span: Closure) -> Iterator[Closure]:
        first, last = self._window
        if span.first <= last and first <= span.last:
            yield Closure(max(first, span.first), min(last, span.last), span.name)

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone) if moment.tzinfo else moment.replace(tzinfo=self._zone)


def _bounds(event: Component) -> tuple[Any, Any]:
    """Start and end: two dates (the end not included), or two datetimes (RFC 5545, 3.6.1)."""
    if "DTSTART" not in event:
        raise ValueError("it has no DTSTART")
    start = event.decoded("DTSTART")
    whole_day = not isinstance(start, datetime)
    if "DTEND" in event:
        end = event.decoded("DTEND")
        if isinstance(end, datetime) is whole_day:
            raise ValueError("its start and its end are of two kinds")
        return start, end
    lasts = event.decoded("DURATION") if "DURATION" in event else _ONE_DAY if whole_day else timedelta()
    return start, start + lasts


def _name(event: Component) -> str:
    line = " ".join(str(event.get("SUMMARY", "")).split())
    return "".join(char for char in line if char.isprintable())[:_NAMES_SHOWN]


def merged(spans: Iterable[Closure]) -> tuple[Closure, ...]:
    """Closures in order, days of one name that follow each other as one."""
    by_name: dict[str, list[Closure]] = defaultdict(list)
    for span in sorted(set(spans), key=lambda span: (span.first, span.last)):
        before = by_name[span.name]
        if before and span.first <= before[-1].last + _ONE_DAY:
            last = before.pop()
            span = Closure(last.first, max(last.last, span.last), span.name)
        before.append(span)
    everything = (span for several in by_name.values() for span in several)
    return tuple(sorted(everything, key=lambda span: (span.first, span.last, span.name)))
