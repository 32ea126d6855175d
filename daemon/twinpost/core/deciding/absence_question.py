"""The question whether somebody is away, with the weekdays of what was understood."""

from __future__ import annotations

from datetime import date, timedelta

from twinpost.core.deciding.case import class_of_id, names
from twinpost.core.model.absence import Absence
from twinpost.core.model.kind import Choice
from twinpost.core.model.mail import Kept
from twinpost.core.model.notice import AbsenceQuestion
from twinpost.core.model.people import Exchange, Person


def absence_question(
    choice: Choice, exchange: Exchange, kept: Kept, to: Person, again: int = 1
) -> AbsenceQuestion:
    """The mail to `to` about the absence in a choice; `kept` is the mail that led to it."""
    absence = absence_of(choice)
    own = class_of_id(choice.person, exchange)
    teachers = own.teachers if own else ()
    calendar = own.school_calendar() if own else None
    days = (absence.first + timedelta(days=n) for n in range((absence.last - absence.first).days + 1))
    return AbsenceQuestion(
        who=next((one.name for one in teachers if one.id == choice.person), ""),
        own=to.id == choice.person,
        first=absence.first,
        last=absence.last,
        school_days=sum(calendar.is_school_day(day) for day in days) if calendar else 0,
        exchange=exchange.title,
        now=kept.arrived_at,
        instead=names(one for one in teachers if one.id != choice.person),
        again=again,
    )


def choice_of(person: int, absence: Absence) -> Choice:
    """The answer that makes an absence count."""
    return Choice("away", "Yes", person=person, until=span(absence))


def span(absence: Absence) -> str:
    """ "2026-10-12..2026-10-16" """
    return f"{absence.first.isoformat()}..{absence.last.isoformat()}"


def absence_of(choice: Choice) -> Absence:
    """The days that a choice is about."""
    first, _, last = choice.until.partition("..")
    return Absence(date.fromisoformat(first), date.fromisoformat(last))
