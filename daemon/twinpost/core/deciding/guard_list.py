"""One list for a teacher in place of lines to her pupils: gathered until it is quiet, for an hour at most."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from twinpost.core.calendars.hours import next_hours
from twinpost.core.deciding.case import names, where_for
from twinpost.core.deciding.guard_lines import copy_line
from twinpost.core.model.effect import Decision, Priority, Tell
from twinpost.core.model.notice import GuardList
from twinpost.core.model.people import Exchange, Guard, SchoolClass

QUIET = timedelta(minutes=10)
LATEST = timedelta(hours=1)


def list_due(moments: Sequence[datetime]) -> datetime:
    """When the list of lines that were made at these moments is due."""
    return min(max(moments) + QUIET, min(moments) + LATEST)


def guard_list(
    school_class: SchoolClass,
    exchange: Exchange,
    cases: Sequence[tuple[int, datetime]],
    left_out: Collection[int],
    box: str,
    now: datetime,
    key: str,
) -> Decision:
    """The list for each teacher of a class.

    `cases` are (pupil, when), `left_out` the classes that lacked somebody.
    """
    ids = {pupil for pupil, _ in cases}
    pupils = names(pupil for pupil in school_class.pupils if pupil.id in ids)
    if not pupils:
        return Decision()
    two = len(exchange.classes) == 2
    others = [one for one in exchange.classes if one.id != school_class.id and (two or one.id in left_out)]
    tells = tuple(
        Tell(
            key=f"guard-list/{key}/{teacher.id}",
            notice=GuardList(
                school_class=school_class.name,
                pupils=pupils,
                mails=len(cases),
                since=min(moment for _, moment in cases),
                where=where_for(teacher, exchange),
                copy_line=(*copy_line((school_class, *others), exchange), box),
                reached=exchange.guard is Guard.REPAIR,
            ),
            to=teacher,
            exchange_id=exchange.id,
            priority=Priority.ANSWER,
            not_before=next_hours(school_class.school_calendar(), now),
        )
        for teacher in school_class.teachers
    )
    return Decision(effects=tells, because=("Several pupils of a class left a teacher out within an hour.",))
