"""When a class is at school, as its school agreed it: a list, never only a national feed."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from functools import cached_property

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Weekday words of the exchange file, in the order of `date.weekday()`."""

SEARCH_LIMIT = 400
"""Days in a row without school after which we say that there is none."""

GOOD_FOR = timedelta(weeks=26)
"""How long a list without terms tells of the time after its last day: the next break would stand in it."""

Hours = tuple[time, time]
"""School hours of a day: when it opens and when it closes, by the school's clock."""


USUAL_HOURS: Hours = (time(8, 0), time(15, 0))
"""Of a school whose file names none."""


class EntryKind(StrEnum):
    """What an entry of a calendar says; the value is its key in the exchange file."""

    CLOSED = "closed"
    EXAMS = "exams"
    OPEN = "open"
    TERM = "term"
    HOLIDAYS = "holidays"
    SCHOOL_HOLIDAYS = "school_holidays"
    FILE = "file"


class DayKind(StrEnum):
    """What a class does on a day."""

    SCHOOL = "school"
    EXAMS = "exams"  # lessons take place, but no letter can be expected
    CLOSED = "closed"
    BETWEEN_TERMS = "between terms"
    WEEKEND = "weekend"  # no weekday on which it teaches


AT_SCHOOL = frozenset({DayKind.SCHOOL, DayKind.EXAMS})


@dataclass(frozen=True, slots=True)
class Closure:
    """Days without school (or with exams), both ends included, and what they are called."""

    first: date
    last: date
    name: str = ""

    def has(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def length(self) -> timedelta:
        return self.last - self.first


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One line of a class's calendar; dates are whole school days, both ends included.

    Feeds and files were expanded when the exchange file was read: `days` are theirs, as known from a
    year before that until `until`.
    """

    kind: EntryKind
    first: date | None = None
    last: date | None = None
    name: str = ""
    source: str = ""  # country code of HOLIDAYS and SCHOOL_HOLIDAYS, file name of FILE
    region: str = ""
    days: tuple[Closure, ...] = ()
    until: date | None = None

    @property
    def is_expanded(self) -> bool:
        """Whether its dates come from elsewhere."""
        return self.kind in (EntryKind.HOLIDAYS, EntryKind.SCHOOL_HOLIDAYS, EntryKind.FILE)

    def spans(self) -> tuple[Closure, ...]:
        """The days that it speaks of."""
        if self.first is None:
            return self.days
        return (Closure(self.first, self.last or self.first, self.name),)


@dataclass(frozen=True, slots=True)
class Day:
    """What a class does on a day, which closure or exams keep it from letters, and the entry that says so."""

    kind: DayKind
    closure: Closure | None = None
    entry: CalendarEntry | None = None  # None: weekdays and terms say it


_ORDINARY = {kind: Day(kind) for kind in DayKind}


@dataclass(frozen=True)  # without slots: what is derived from the entries is kept
class SchoolCalendar:
    """The days and hours at which a class can be expected to read its post."""

    timezone: str
    school_days: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    opens_at: time = USUAL_HOURS[0]
    closes_at: time = USUAL_HOURS[1]
    entries: tuple[CalendarEntry, ...] = ()
    day_hours: tuple[tuple[int, Hours], ...] = ()  # by weekday, where the days differ
    school_class: int = 0  # whose: the ledger's class id

    @classmethod
    def at(
        cls,
        timezone: str,
        school_days: Iterable[int],
        hours: Hours | None,
        day_hours: Sequence[tuple[int, Hours]] = (),
    ) -> SchoolCalendar:
        """A calendar without entries; `hours` None are the usual ones."""
        opens_at, closes_at = hours or USUAL_HOURS
        return cls(timezone, frozenset(school_days), opens_at, closes_at, day_hours=tuple(day_hours))

    def on(self, day: date) -> Day:
        """What the class does on `day`; the entry made last wins.

        Of several closures of one day the longest gives its name: people say "Easter holidays", not
        "Good Friday". Terms and exams open nothing; with terms, days outside of all of them are closed.
        """
        told = self._told.get(day)
        if told is None:
            told = self._told[day] = self._found(day)
        return told

    @cached_property
    def _told(self) -> dict[date, Day]:
        """The days that were asked about: a plan asks of each many times."""
        return {}

    def _found(self, day: date) -> Day:
        closed: Day | None = None
        exams: Day | None = None
        ordinary = _ORDINARY[self._ordinary(day)]
        for entry, span in self._saying(day):
            if entry.kind is EntryKind.OPEN:
                ordinary = Day(DayKind.SCHOOL, entry=entry)
                break
            if entry.kind is EntryKind.EXAMS:
                exams = exams or Day(DayKind.EXAMS, span, entry)
            elif closed is None or closed.closure is None or span.length > closed.closure.length:
                closed = Day(DayKind.CLOSED, span, entry)
        return closed or (exams if exams and ordinary.kind is DayKind.SCHOOL else ordinary)

    def _saying(self, day: date) -> Iterator[tuple[CalendarEntry, Closure]]:
        """What entries say of `day`, the one made last first."""
        month = day.year, day.month
        spans = self._by_month.get(month)
        if spans is None:
            spans = self._by_month[month] = tuple(self._in_month(day))
        return (said for said in spans if said[1].first <= day <= said[1].last)

    @cached_property
    def _by_month(self) -> dict[tuple[int, int], tuple[tuple[CalendarEntry, Closure], ...]]:
        """The spans of the months that were asked about: feeds bring those of four years."""
        return {}

    def _in_month(self, day: date) -> Iterator[tuple[CalendarEntry, Closure]]:
        first = day.replace(day=1)
        last = day.replace(day=monthrange(day.year, day.month)[1])
        return (said for said in self._spans if said[1].first <= last and first <= said[1].last)

    def _ordinary(self, day: date) -> DayKind:
        """What weekdays and terms alone say."""
        if day.weekday() not in self.school_days:
            return DayKind.WEEKEND
        in_term = not self.terms or any(term.has(day) for term in self.terms)
        return DayKind.SCHOOL if in_term else DayKind.BETWEEN_TERMS

    @cached_property
    def terms(self) -> tuple[Closure, ...]:
        """The terms of the school's year, if it named any."""
        return tuple(span for entry in self.entries if entry.kind is EntryKind.TERM for span in entry.spans())

    @cached_property
    def _spans(self) -> tuple[tuple[CalendarEntry, Closure], ...]:
        """All spans but terms, the entry made last first."""
        others = (entry for entry in reversed(self.entries) if entry.kind is not EntryKind.TERM)
        return tuple((entry, span) for entry in others for span in entry.spans())

    def is_school_day(self, day: date) -> bool:
        """Whether the class is at school on `day`, exams included."""
        return self.on(day).kind in AT_SCHOOL

    def counts(self, day: date) -> bool:
        """Whether letters can be expected on `day`: a school day without exams."""
        return self.on(day).kind is DayKind.SCHOOL

    def next_school_day(self, after: date) -> date | None:
        """The first school day later than `after`, or None when none is known within 400 days."""
        return next((day for day in days_from(after, 1) if self.is_school_day(day)), None)

    def hours(self, day: date) -> Hours:
        """The school hours of `day`. A make-up day on a weekday without hours has those of the longest."""
        plain = (self.opens_at, self.closes_at)
        if not self.day_hours:
            return plain
        by_weekday = dict(self.day_hours)
        return by_weekday.get(day.weekday()) or max(by_weekday.values(), key=_length)


def days_from(start: date, step: int) -> Iterator[date]:
    """The days after `start` (`step` -1: before it), as far as school days are looked for."""
    return (start + timedelta(days=step * number) for number in range(1, SEARCH_LIMIT + 1))


def _length(hours: Hours) -> int:
    opens, closes = hours
    return closes.hour * 60 + closes.minute - opens.hour * 60 - opens.minute


def known_until(calendar: SchoolCalendar) -> date | None:
    """The last day of which the calendar tells; None where the school has told nothing of its year.

    With terms that is the end of the last one; else half a year after the last closure that stands in
    the list. Public holidays alone say nothing about a school's breaks, make-up days neither.
    """
    if calendar.terms:
        return max(term.last for term in calendar.terms)
    silent = (EntryKind.OPEN, EntryKind.HOLIDAYS)
    told = [span.last for entry in calendar.entries if entry.kind not in silent for span in entry.spans()]
    return max(told) + GOOD_FOR if told else None
