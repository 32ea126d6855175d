"""The line to a pupil who left a teacher out: whether it goes, to whom besides, and what it says.

It goes once a day, never on a list's word or in a contradicted name. When the third pupil of a class needs
it within the hour, her teacher gets one list instead. What does not go is entered all the same, as unsent:
that is the guard's record, and its key names the classes that were left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from twinpost.core.deciding.case import Case, distinct, names, places
from twinpost.core.inspecting.guard import Guarded
from twinpost.core.model.effect import Attach, Tell
from twinpost.core.model.known import GuardMail
from twinpost.core.model.notice import GuardLine
from twinpost.core.model.people import Copies, Exchange, Guard, Mode, Person, SchoolClass

LISTED = "her teacher gets one list"
ONCE_A_DAY = "she has had a line today"
NOT_HERS = "nobody vouches that the mail is hers"
THROUGH = "her exchange goes through teachers, who are told"

AN_HOUR = timedelta(hours=1)
FROM_THE_THIRD = 3
"""So many pupils of one class within the hour, and her teacher gets one list."""

MOST_CLASSES = 12
"""Classes that a key names."""


def guard_line(case: Case, found: Guarded, *, first: bool) -> Tell | None:
    """The line about a mail that lacks teachers; `first`: no other exchange of this mail has one.

    None where her class has no teacher who could be in copy.
    """
    company = _company(found)
    if not company:
        return None
    exchange, kept, pupil = found.exchange, case.kept, case.sender
    before = _before(case, found)
    own_missing = any(one.id in found.missing for one in found.own)
    reached = exchange.guard is Guard.REPAIR
    too_large = kept.size > case.known.largest_mail
    attached = own_missing and reached and not too_large
    return Tell(
        key=before.key if before else _key(case, found),
        notice=GuardLine(
            subject=case.reading.subject,
            arrived_at=kept.arrived_at,
            where=places(found.own[0], found.named),
            missing=names(found.left_out),
            copy_line=(*copy_line(found.named, exchange, found.present), case.known.address),
            reached=reached,
            attached=attached,
            too_large=too_large and reached,
        ),
        to=pupil,
        exchange_id=exchange.id,
        reply_to=company,
        copies=company,
        parent=case.reading.message_id,
        references=case.reading.references,
        attach=(Attach(kept.id),) if attached else (),
        provoked_by=case.address,
        counts=False,
        unsent=_unsent(case, found, before, first=first),
    )


def copy_line(
    classes: Iterable[SchoolClass], exchange: Exchange, present: Iterable[Person] = ()
) -> tuple[str, ...]:
    """The addresses that belong into copy: of each class whoever was there, or all where all are wanted."""
    there = {person.id for person in present}
    found: list[Person] = []
    for one in classes:
        here = tuple(teacher for teacher in one.teachers if teacher.id in there)
        found += one.teachers if exchange.copies is Copies.ALL else here or one.teachers[:1]
    return tuple(person.address for person in distinct(found))


def _company(found: Guarded) -> tuple[Person, ...]:
    """Her own teachers who have the mail or have to get it; all of them where neither holds."""
    here = {person.id for person in (*found.present, *found.left_out)}
    own = found.own_teachers
    return tuple(person for person in own if person.id in here) or own


def _key(case: Case, found: Guarded) -> str:
    classes = "-".join(map(str, list(found.missing)[:MOST_CLASSES]))
    return f"guard-line/{case.kept.id}/{case.sender.id}/{classes}"


def left_out_in(key: str) -> tuple[int, ...]:
    """The classes that a line's key says were left out."""
    return tuple(int(id_) for id_ in key.rsplit("/", 1)[-1].split("-") if id_.isdecimal())


def _lines(case: Case) -> Iterable[GuardMail]:
    return (mail for mail in case.known.guarded if mail.notice == GuardLine.name)


def _before(case: Case, found: Guarded) -> GuardMail | None:
    """The line that this very mail led to when it was read before: it is not decided twice."""
    ids = {one.id for one in found.exchange.classes}
    own = (mail for mail in _lines(case) if mail.cause == case.kept.id)
    return next((mail for mail in own if ids.issuperset(left_out_in(mail.key))), None)


def _unsent(case: Case, found: Guarded, before: GuardMail | None, *, first: bool) -> str:
    """Why the line is only recorded; "" when it goes."""
    if before:
        return "" if before.went else before.why
    if found.exchange.mode is Mode.THROUGH_TEACHERS:
        return THROUGH
    if not case.vouched:
        return NOT_HERS
    if not first or _had_one_today(case, found.own[0]):
        return ONCE_A_DAY
    return LISTED if _pupils_lately(case, found) >= FROM_THE_THIRD else ""


def _had_one_today(case: Case, own: SchoolClass) -> bool:
    """Today is a day of her class's calendar."""
    zone = ZoneInfo(own.timezone)
    today = case.now.astimezone(zone).date()
    return any(
        mail.went and mail.person == case.sender.id and mail.made_at.astimezone(zone).date() == today
        for mail in _lines(case)
    )


def _pupils_lately(case: Case, found: Guarded) -> int:
    """How many pupils of her class left somebody out within the hour, she among them."""
    classmates = {pupil.id for one in found.own for pupil in one.pupils}
    lately = {
        mail.person
        for mail in _lines(case)
        if mail.person in classmates
        and mail.made_at > case.now - AN_HOUR
        and mail.why not in (NOT_HERS, THROUGH)
    }
    return len(lately | {case.sender.id})
