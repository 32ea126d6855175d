"""Entries whose dates stand elsewhere, in feeds and files: what was known of them when, and what changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from twinpost.core.calendars.school import CalendarEntry, Closure

BEFORE, AFTER = timedelta(days=365), timedelta(days=3 * 365)
"""The time around a day in which dates are looked up on it."""

LOOK_AGAIN = timedelta(days=548)
"""How long before the end of what is known it is looked up anew: a year and a half."""


def window(today: date) -> tuple[date, date]:
    """From when until when dates are looked up today, both included."""
    return today - BEFORE, today + AFTER


def as_written(entry: CalendarEntry) -> CalendarEntry:
    """The entry as the exchange file has it, without the dates that were looked up."""
    return replace(entry, days=(), until=None)


def is_stale(entry: CalendarEntry, today: date) -> bool:
    """Whether its dates should be looked up anew."""
    return entry.is_expanded and (entry.until is None or entry.until < today + LOOK_AGAIN)


def new_dates(old: CalendarEntry, new: CalendarEntry) -> tuple[list[Closure], list[Closure]]:
    """What was added and what was removed, where both know the time.

    An entry that was never looked up knows nothing: all its dates are added.
    """
    if new.until is None:
        return [], []
    if old.until is None:
        return list(new.days), []
    last = min(old.until, new.until)
    first = max(old.until, new.until) - AFTER - BEFORE
    before, after = (_within(entry, first, last) for entry in (old, new))
    return [span for span in after if span not in before], [span for span in before if span not in after]


def _within(entry: CalendarEntry, first: date, last: date) -> list[Closure]:
    spans = (span for span in entry.days if span.first <= last and first <= span.last)
    return [Closure(max(first, span.first), min(last, span.last), span.name) for span in spans]
