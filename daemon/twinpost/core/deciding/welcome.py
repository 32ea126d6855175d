"""The first word to a teacher: what the post office is, before it answers any mail of hers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from twinpost.core.calendars.hours import next_hours
from twinpost.core.deciding.case import colleagues, names, places
from twinpost.core.inspecting.sequence import next_date
from twinpost.core.model.effect import Priority, Tell
from twinpost.core.model.known import Arrived
from twinpost.core.model.notice import LetterNames, NextDate, Welcome
from twinpost.core.model.people import Exchange, Mode, Person, SchoolClass

NAME = Welcome.name


def welcomes(
    exchange: Exchange, met: Collection[int], arrived: tuple[Arrived, ...], admin: str, now: datetime
) -> tuple[Tell, ...]:
    """One mail to each teacher who is not among `met` (person ids), in her school hours.

    `arrived` are the letters of the exchange that are here already, `admin` is the address of whom to ask.
    """
    return tuple(
        Tell(
            key=f"welcome/{exchange.id}/{teacher.id}",
            notice=_notice(exchange, own, teacher, arrived, admin, now),
            to=teacher,
            exchange_id=exchange.id,
            reply_to=colleagues(teacher, exchange),
            priority=Priority.PLANNED,
            counts=False,
            not_before=next_hours(own.school_calendar(), now),
        )
        for teacher, own in _teachers(exchange)
        if teacher.id not in met
    )


def _teachers(exchange: Exchange) -> Iterator[tuple[Person, SchoolClass]]:
    """Each teacher once, with the first class of hers."""
    seen: set[int] = set()
    for school_class in exchange.classes:
        for teacher in school_class.teachers:
            if teacher.id not in seen:
                seen.add(teacher.id)
                yield teacher, school_class


def _notice(
    exchange: Exchange,
    own: SchoolClass,
    teacher: Person,
    arrived: tuple[Arrived, ...],
    admin: str,
    now: datetime,
) -> Welcome:
    return Welcome(
        exchange=exchange.title,
        own=own.name,
        partners=tuple(other.name for other in exchange.classes if other.id != own.id),
        colleagues=names(colleagues(teacher, exchange)),
        now=now,
        where=places(own, exchange.classes),
        admin=admin,
        planned=exchange.letters,
        next_date=next_for(exchange, own, arrived, now),
        direct=exchange.mode is not Mode.THROUGH_TEACHERS,
    )


def next_for(
    exchange: Exchange, own: SchoolClass, arrived: Sequence[Arrived], now: datetime
) -> NextDate | None:
    """The next agreed date that concerns her class, as of its own day."""
    today = now.astimezone(ZoneInfo(own.timezone)).date()
    hers = tuple(line for line in exchange.schedule if own.id in (line.from_class, line.to_class))
    classes = tuple(school_class.id for school_class in exchange.classes)
    found = next_date(replace(exchange, schedule=hers), classes, today, arrived)
    if found is None:
        return None
    from_, to = exchange.class_by_id(found.from_class), exchange.class_by_id(found.to_class)
    return NextDate(LetterNames(found.product, (found.number,), from_.name, (to.name,)), found.due)
