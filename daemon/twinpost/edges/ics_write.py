"""An exchange as a calendar file (RFC 5545): when the classes have no school, and what was agreed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from twinpost.core.calendars.school import Closure, DayKind
from twinpost.core.calendars.shown import lines
from twinpost.core.model.people import Exchange

if TYPE_CHECKING:
    from icalendar import Event

_WORDS = {DayKind.CLOSED: "no school", DayKind.EXAMS: "exams", DayKind.BETWEEN_TERMS: "between terms"}


def exchange_as_ics(exchange: Exchange, span: Closure, now: datetime) -> bytes:
    """The file as octets. Sessions stand in UTC and need no zones; UIDs stay the same from call to call."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("PRODID", "-//twinpost//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("X-WR-CALNAME", exchange.title)
    for event in (*_closures(exchange, span), *_due_dates(exchange), *_sessions(exchange)):
        event.add("DTSTAMP", now)
        event.add("TRANSP", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _closures(exchange: Exchange, span: Closure) -> Iterator[Event]:
    for school_class in exchange.classes:
        for line in lines(school_class.school_calendar(), span.first, span.last):
            if line.kind is DayKind.SCHOOL:
                continue
            what = f"{school_class.name}: {line.name or _WORDS[line.kind]}"
            yield _all_day(f"closed-{school_class.id}-{line.first}", exchange, what, line.first, line.last)


def _due_dates(exchange: Exchange) -> Iterator[Event]:
    for due in exchange.schedule:
        ends = [exchange.class_by_id(id_).name for id_ in (due.from_class, due.to_class)]
        what = f"{due.product.capitalize()} {due.number} from {ends[0]} to {ends[1]} is due"
        uid = f"due-{due.product}-{due.number}-{due.from_class}-{due.to_class}"
        yield _all_day(uid, exchange, what, due.due, due.due)


def _sessions(exchange: Exchange) -> Iterator[Event]:
    for session in exchange.sessions:
        start = session.start.replace(tzinfo=ZoneInfo(session.zone)).astimezone(UTC)
        event = _event(f"session-{start:%Y%m%dT%H%M}", exchange, session.title)
        event.add("DTSTART", start)
        event.add("DTEND", start + timedelta(minutes=session.minutes))
        if session.link:
            event.add("URL", session.link)
        yield event


def _all_day(uid: str, exchange: Exchange, what: str, first: date, last: date) -> Event:
    event = _event(uid, exchange, what)
    event.add("DTSTART", first)
    event.add("DTEND", last + timedelta(days=1))
    return event


def _event(uid: str, exchange: Exchange, what: str) -> Event:
    from icalendar import Event

    event = Event()
    event.add("UID", f"{uid}@{exchange.code}.twinpost")
    event.add("SUMMARY", what)
    return event
