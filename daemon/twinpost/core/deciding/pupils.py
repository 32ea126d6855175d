"""A pupil writes by herself: the both-teachers guard. Repaired first, then explained, and always recorded.

Whoever of the teachers was left out has the original within seconds, whatever becomes of the line to the
pupil. Where an exchange goes through teachers, both sides' teachers are told, and nothing is said to her.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from twinpost.core.deciding.alarms import alarms
from twinpost.core.deciding.case import Case, distinct, names, where_for
from twinpost.core.deciding.guard_lines import guard_line
from twinpost.core.inspecting.guard import Guarded, guard, pupils_in, strangers
from twinpost.core.model.effect import Attach, Decision, Tell
from twinpost.core.model.mail import Address
from twinpost.core.model.notice import DirectMail, GuardOriginal, Notice
from twinpost.core.model.people import Guard, Membership, Mode, Person, Role

IN_COPY = "Every class that it names has its teachers in copy."
REPAIRED = "Whoever was not in copy has the original from us."
ONLY_REMINDED = "The exchange only reminds: nobody gets the original from us."
REPORTED = "The exchange goes through teachers: both sides' teachers are told that a pupil wrote by herself."
ALARMED = "An address that no exchange names is in To or Cc: both sides' teachers are told, once a day."


def decide_pupil_mail(case: Case) -> Decision:
    """Who has to get it, who is told, and what is only recorded."""
    places = [p for p in case.known.directory.who(case.address) if p.role is Role.PUPIL]
    found = _found(case, places)
    outside = strangers(case.reading, case.known.directory, case.known.address, case.known.admin)
    tells: list[Tell] = []
    because = [finding.text for one in found for finding in one.findings]
    for one in found:
        alarm, rest = _alarm(case, one, outside), _through if _by_teachers(one) else _guarded
        told, why = rest(case, one, {tell.to.id for tell in alarm if tell.attach}, first=not _has_line(tells))
        tells += [*alarm, *told]
        because.append(why)
    if outside:
        because.append(ALARMED)
    sender = next(p for p in places if p.exchange.id == found[0].exchange.id)
    return Decision(
        effects=tuple(tells),
        because=(*dict.fromkeys(because), *_unsent(tells)),
        findings=tuple(finding for one in found for finding in one.findings),
        sorted=replace(case.sorted, sender=sender),
    )


def _found(case: Case, places: Collection[Membership]) -> list[Guarded]:
    """The mail in each exchange of hers of which it names another class; else in her first one."""
    exchanges = {place.exchange.id: place.exchange for place in places}
    every = [guard(case.reading, case.sender, one, case.known.directory) for one in exchanges.values()]
    return [one for one in every if one.crosses] or every[:1]


def _has_line(tells: Collection[Tell]) -> bool:
    return any(tell.copies and not tell.unsent for tell in tells)


def _unsent(tells: Collection[Tell]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"No line to the pupil: {tell.unsent}." for tell in tells if tell.unsent))


def _by_teachers(found: Guarded) -> bool:
    return found.exchange.mode is Mode.THROUGH_TEACHERS and found.crosses


def _alarm(case: Case, found: Guarded, outside: tuple[Address, ...]) -> tuple[Tell, ...]:
    return alarms(case, found.exchange, found.named, outside, (case.sender,)) if outside else ()


# -- pupils write to each other ------------------------------------------------------------------


def _guarded(case: Case, found: Guarded, have: Collection[int], *, first: bool) -> tuple[list[Tell], str]:
    """Repair, then the line. `have`: who gets the original with an alarm."""
    if not found.missing:
        return [], IN_COPY
    line = guard_line(case, found, first=first)
    lines = [line] if line else []
    if found.exchange.guard is Guard.REMIND_ONLY:
        return lines, ONLY_REMINDED
    by_line = {person.id for person in line.copies} if line and line.attach and not line.unsent else set()
    originals = [
        _tell(case, found, "guard-original", person, _original(case, found, person), attach=True)
        for person in found.left_out
        if person.id not in by_line and person.id not in have
    ]
    return [*originals, *lines], REPAIRED


def _original(case: Case, found: Guarded, person: Person) -> GuardOriginal:
    return GuardOriginal(
        pupil=case.sender.name,
        school_class=found.own[0].name,
        subject=case.reading.subject,
        arrived_at=case.kept.arrived_at,
        where=where_for(person, found.exchange),
        own=any(person.id == teacher.id for teacher in found.own_teachers),
        proven=case.proven,
        too_large=case.kept.size > case.known.largest_mail,
    )


# -- an exchange that goes through teachers ------------------------------------------------------


def _through(case: Case, found: Guarded, have: Collection[int], *, first: bool) -> tuple[list[Tell], str]:
    """Each teacher of the classes named is told; who has it, once a day of this pupil."""
    line = guard_line(case, found, first=first) if found.missing else None
    repairs = found.exchange.guard is Guard.REPAIR
    left_out = {person.id for person in found.left_out} - set(have)
    told = []
    for person in distinct(teacher for one in found.named for teacher in one.teachers):
        attach = repairs and person.id in left_out
        if attach or not _heard_today(case, person):
            notice = _report(case, found, person, attach=attach)
            told.append(_tell(case, found, f"direct-mail/{case.sender.id}", person, notice, attach=attach))
    return [*told, *([line] if line else [])], REPORTED


def _report(case: Case, found: Guarded, person: Person, *, attach: bool) -> DirectMail:
    large = case.kept.size > case.known.largest_mail
    return DirectMail(
        pupil=case.sender.name,
        school_class=found.own[0].name,
        exchange=found.exchange.title,
        to=_addressed(case, found),
        subject=case.reading.subject,
        arrived_at=case.kept.arrived_at,
        where=where_for(person, found.exchange),
        proven=case.proven,
        attached=attach and not large,
        too_large=attach and large,
    )


def _addressed(case: Case, found: Guarded) -> tuple[str, ...]:
    """The pupils whom it is for; else the other classes."""
    pupils = [p.person for p in pupils_in(case.reading, case.known.directory)]
    others = names(one for one in distinct(pupils) if one.id != case.sender.id)
    own = {one.id for one in found.own}
    return others or tuple(one.name for one in found.named if one.id not in own)


def _heard_today(case: Case, person: Person) -> bool:
    """Whether a report about this pupil went to her in the last day because of another mail."""
    day = case.now.date()
    return any(
        mail.notice == DirectMail.name
        and mail.person == person.id
        and mail.cause != case.kept.id
        and mail.key.startswith(f"direct-mail/{case.sender.id}/")
        and mail.made_at.date() == day
        for mail in case.known.guarded
    )


def _tell(case: Case, found: Guarded, what: str, person: Person, notice: Notice, *, attach: bool) -> Tell:
    """At once, at any hour, and outside the loop budget: what a pupil writes is never withheld."""
    large = case.kept.size > case.known.largest_mail
    concerned = distinct(teacher for one in found.named for teacher in one.teachers)
    return Tell(
        key=f"{what}/{case.kept.id}/{person.id}",
        notice=notice,
        to=person,
        exchange_id=found.exchange.id,
        reply_to=tuple(one for one in concerned if one.id != person.id),
        parent=case.reading.message_id,
        references=case.reading.references,
        attach=(Attach(case.kept.id),) if attach and not large else (),
        provoked_by=case.address,
        counts=False,
    )
