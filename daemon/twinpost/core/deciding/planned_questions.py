"""What is planned without a rule: a date that is a closed day now, an unknown calendar, a promise told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from twinpost.core.calendars.counted import Counted, LeftOut
from twinpost.core.calendars.days import SCHOOL_DAYS, NoSchoolDays, add_school_days
from twinpost.core.calendars.hours import next_hours
from twinpost.core.calendars.school import DayKind
from twinpost.core.deciding.case import class_of_id
from twinpost.core.deciding.facts import Facts, letter_id
from twinpost.core.deciding.readers import Reader, teachers
from twinpost.core.model.people import DueDate
from twinpost.core.model.plan import About, Planned
from twinpost.core.model.rule import Rule, Unit

DATE_CLOSED, CALENDAR_UNKNOWN, LATER_NOTED = "date-closed", "calendar-unknown", "later-noted"

AHEAD = timedelta(weeks=3)
"""How long before a calendar ends its class is asked for the next."""

_CLOSED = (DayKind.CLOSED, DayKind.BETWEEN_TERMS)


def questions(facts: Facts, rules: Sequence[Rule]) -> Iterator[Planned]:
    """Everything of this kind that has not been sent, each as soon as its reader's school is open.

    Nothing in a pause.
    """
    if facts.pauses and facts.pauses[-1].end is None:
        return
    for one in (*_dates_closed(facts), *_calendars_unknown(facts, rules), *_promises(facts)):
        if one.key not in facts.history.sent:
            yield one


def _soon(facts: Facts, reader: Reader, moment: datetime) -> datetime:
    """When her school is open, from `moment` on, but neither in the past nor in a pause."""
    moments = [moment, facts.now, facts.history.applied_at, *(p.end for p in facts.pauses if p.end)]
    return next_hours(facts.calendars[reader.school_class.id], max(moments))


def _planned(
    facts: Facts, notice: str, what: str, reader: Reader, at: datetime, about: About, because: Counted
) -> Planned:
    return Planned(
        key=f"step/{notice}/{what}/1/{reader.person.id}",
        at=_soon(facts, reader, at),
        rule=notice,
        step=1,
        notice=notice,
        to=reader.person,
        exchange_id=facts.exchange.id,
        about=about,
        because=because,
    )


# -- an agreed date that is a closed day ---------------------------------------------------------


def _dates_closed(facts: Facts) -> Iterator[Planned]:
    """Both sides are asked; the day proposed is `because.day`, the first after it on which both are there."""
    for line in facts.exchange.schedule:
        if not {line.from_class, line.to_class} <= facts.calendars.keys() or facts.is_here(letter_id(line)):
            continue
        off = _closing(facts, line)
        proposed = _proposed(facts, line) if off else None
        if off is None or proposed is None or line.due < facts.day(facts.now, line.from_class):
            continue
        about = About(due=line, closure=off, sender=line.from_class, receivers=(line.to_class,))
        what = f"{'-'.join(map(str, letter_id(line)))}/{line.due.isoformat()}"
        for reader in teachers(facts, (line.from_class, line.to_class)):
            yield _planned(facts, DATE_CLOSED, what, reader, facts.now, about, proposed)


def _closing(facts: Facts, line: DueDate) -> LeftOut | None:
    """What closes the school of either class on the agreed day; a weekend was agreed with open eyes."""
    for class_id in (line.from_class, line.to_class):
        told = facts.calendars[class_id].on(line.due)
        if told.kind in _CLOSED:
            closure = told.closure
            first, last = (closure.first, closure.last) if closure else (line.due, line.due)
            return LeftOut(closure.name if closure else "", first, last, class_id, told.kind)
    return None


def _proposed(facts: Facts, line: DueDate) -> Counted | None:
    both = [facts.calendars[line.from_class], facts.calendars[line.to_class]]
    try:
        return add_school_days(both, line.due, 1)
    except NoSchoolDays:
        return None


# -- a class of whose calendar we know nothing ---------------------------------------------------


def _calendars_unknown(facts: Facts, rules: Sequence[Rule]) -> Iterator[Planned]:
    """Asked where rules count school days of which nothing is known before the last agreed date."""
    if not any(step.offset.unit is Unit.SCHOOL_DAYS for rule in rules for step in rule.steps):
        return
    for class_id, known in facts.known_until.items():
        today, last = facts.day(facts.now, class_id), facts.last_day
        if last < today or (known is not None and known >= last):
            continue
        start = facts.midnight(known - AHEAD, class_id) if known else facts.history.applied_at
        about = About(sender=class_id, receivers=facts.others(class_id), until=known)
        because = Counted(known or today, 0, SCHOOL_DAYS, known or today)
        what = f"class-{class_id}/{known.isoformat() if known else 'never'}"
        for reader in teachers(facts, (class_id,)):
            yield _planned(facts, CALENDAR_UNKNOWN, what, reader, start, about, because)


# -- LATER, told to those who wait ---------------------------------------------------------------


def _promises(facts: Facts) -> Iterator[Planned]:
    """Whoever waits is told once until when, when a teacher of the class that writes has said so."""
    for line in facts.exchange.schedule:
        said = facts.promised(letter_id(line))
        own = class_of_id(said.by, facts.exchange) if said else None
        if said is None or said.until is None or own is None or own.id != line.from_class:
            continue
        today = facts.day(facts.now, line.to_class)
        if facts.is_here(letter_id(line)) or said.until <= max(line.due, today):
            continue
        about = About(
            due=line, sender=line.from_class, receivers=(line.to_class,), until=said.until, by=said.by
        )
        because = Counted(line.due, (said.until - line.due).days, Unit.DAYS, said.until)
        what = f"{'-'.join(map(str, letter_id(line)))}/{said.until.isoformat()}"
        for reader in teachers(facts, (line.to_class,)):
            yield _planned(facts, LATER_NOTED, what, reader, said.at, about, because)
