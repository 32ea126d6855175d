"""What follows from a delivery report: only what it says of the very address that our mail went to.

A report is believed only when it names a mail that we sent, by an id that nobody can foretell, and then
only about that mail's own recipient. Nothing is ever switched off: letters, receipts and follow-ups go on,
and each of them is a probe.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from twinpost.core.calendars.hours import next_hours
from twinpost.core.deciding.admin_note import admin_note
from twinpost.core.deciding.case import Case, distinct, places
from twinpost.core.model.bounce import IN_WORDS, Cause, Failure, ReportedMail, Standing
from twinpost.core.model.effect import CountFailure, Decision, Effect, Priority, Recover, Tell
from twinpost.core.model.mailbox import one_mailbox
from twinpost.core.model.notice import AddressBounces
from twinpost.core.model.people import Membership, Person, Role
from twinpost.core.sorting.failures import failures

POINTS = {Cause.UNKNOWN: 4, Cause.REFUSED: 2, Cause.FULL: 1, Cause.TEMPORARY: 1}
"""Halves, at most once for each address and day. "No such address" is certain, so it is told at once."""

THRESHOLD = 4
"""Two days of refusals for good, or four of mails that did not get through."""

STALE = timedelta(days=14)
"""A quiet exchange gets a mail a week: two of them that fail must still meet."""

SILENCE = timedelta(days=7)
"""So long after a mail to it nothing must have come back. Servers give up after five days."""

TOLD_AGAIN = timedelta(days=7)
"""An address that sends but does not receive recovers by each of its mails: nobody hears of it daily."""


def decide_bounce(case: Case) -> Decision:
    """The failure is counted; colleagues and admin are told once, when the address counts as bouncing."""
    if not case.known.reported:
        return _nothing("It names no mail that we sent, so it is not believed.")
    said = failures(case.reading, case.words.automatic, case.known.address)
    found = [(mail, failure) for mail in case.known.reported if (failure := _about(mail, said))]
    if not found:
        return _nothing("It does not name the address that our mail went to, so it is not believed.")
    mail, failure = found[0]
    if failure.cause in (Cause.DELAYED, Cause.DELIVERED):
        return _nothing("Of the address that our mail went to it reports no failure.")
    if failure.cause is Cause.OURS:
        return Decision((_refused(case, failure),), ("What we sent was refused: no fault of the address.",))
    return _counted(case, mail, failure)


def _nothing(because: str) -> Decision:
    return Decision(because=(because,))


def _about(mail: ReportedMail, said: Iterable[Failure]) -> Failure | None:
    """What is said of the mail's recipient; a report that names nobody can only mean her."""
    hers = one_mailbox(mail.recipient)
    return next((one for one in said if not one.address or one_mailbox(one.address) == hers), None)


def _counted(case: Case, mail: ReportedMail, failure: Failure) -> Decision:
    before, at = mail.standing, case.kept.arrived_at
    if before.recovered_at and mail.sent_at <= before.recovered_at:
        return _nothing("That mail was sent before the address recovered.")
    after = after_failure(before, failure, at)
    reason = f"A mail to {mail.recipient} came back ({failure.cause.value})."
    if not (after.bouncing and _is_to_be_told(after, at)):
        return Decision((CountFailure(after, case.kept.id),), (reason,))
    after = replace(after, told_at=at)
    tells = _tells(case, after)
    return Decision(
        (CountFailure(after, case.kept.id), *tells),
        (reason, "It counts as bouncing: colleagues at the school and the admin are told once."),
    )


def after_failure(before: Standing, failure: Failure, at: datetime) -> Standing:
    """The standing of an address after one more failure; a stale score begins anew."""
    day = at.astimezone(UTC).date()
    points = POINTS[failure.cause]
    if before.day is not None and day < before.day:
        return before  # read late: that day has been counted
    if _begins_anew(before, at):
        before = replace(before, points=0, day=None, day_points=0, since=None, bouncing=False)
    same_day = before.day_points if before.day == day else 0
    total = before.points + max(0, points - same_day)
    return replace(
        before,
        points=total,
        day=day,
        day_points=max(points, same_day),
        since=before.since or at,
        last_at=at,
        cause=failure.cause,
        status=failure.status,
        words=failure.words,
        bouncing=before.bouncing or total >= THRESHOLD,
    )


def _begins_anew(before: Standing, at: datetime) -> bool:
    """After a recovery, and after a silence; what counts as bouncing ends by a recovery alone."""
    last, recovered = before.last_at, before.recovered_at
    if last is None or (recovered is not None and recovered >= last):
        return True
    return not before.bouncing and at - last > STALE


def _is_to_be_told(standing: Standing, at: datetime) -> bool:
    told, since = standing.told_at, standing.since
    return told is None or (since is not None and told < since and at - told >= TOLD_AGAIN)


def recovered_by_silence(standing: Standing, sent_at: datetime, now: datetime) -> bool:
    """Whether nothing has come back of a mail that was sent to it, after the last failure, at `sent_at`."""
    return standing.bouncing and now - sent_at >= SILENCE


def recovered_by_mail(case: Case) -> tuple[Recover, ...]:
    """A mail from an address shows that somebody uses it, unless it says itself that it is not from there."""
    standing = case.known.bouncing
    if standing is None or standing.last_at is None or not (standing.points or standing.bouncing):
        return ()
    if case.proven is False or case.kept.arrived_at <= standing.last_at:
        return ()
    return (Recover(standing.address, "mail", case.kept.arrived_at),)


# -- who is told ---------------------------------------------------------------------------------


def _tells(case: Case, standing: Standing) -> tuple[Effect, ...]:
    if not standing.person:
        return ()  # a note to the admin that came back: `twinpost status` shows it
    own = [
        place
        for place in case.known.directory.who(standing.address)
        if place.person.id == standing.person and place.role in (Role.TEACHER, Role.LEADER)
    ]
    told = _colleagues(own)
    tells = tuple(_to_colleague(case, standing, *one) for one in told)
    return (*tells, _to_admin(case, standing, own, [colleague.name for colleague, _ in told]))


def _colleagues(own: Iterable[Membership]) -> list[tuple[Person, Membership]]:
    """The other teachers of her classes; the heads where she is the only one. Each once."""
    found: dict[int, tuple[Person, Membership]] = {}
    for place in own:
        teachers = [one for one in place.school_class.teachers if one.id != place.person.id]
        heads = [one for one in place.school_class.leaders if one.id != place.person.id]
        for colleague in distinct(teachers or heads):
            found.setdefault(colleague.id, (colleague, place))
    return list(found.values())


def _to_colleague(case: Case, standing: Standing, colleague: Person, place: Membership) -> Tell:
    assert standing.since is not None
    return Tell(
        key=f"bouncing/{case.kept.id}/{colleague.id}",
        notice=AddressBounces(
            person=place.person.name,
            address=standing.address,
            since=standing.since,
            where=places(place.school_class, ()),
            exchange=place.exchange.title,
            cause=standing.cause.value,
            teaches=any(colleague.id == teacher.id for teacher in place.school_class.teachers),
            admin=case.known.admin,
        ),
        to=colleague,
        exchange_id=place.exchange.id,
        priority=Priority.ANSWER,
        counts=False,
        not_before=next_hours(place.school_class.school_calendar(), case.now),
    )


def _to_admin(case: Case, standing: Standing, own: list[Membership], told: list[str]) -> Tell:
    assert standing.since is not None
    exchanges = dict.fromkeys(place.exchange.code for place in own)
    lines = (
        f"address {standing.address}",
        f"since {standing.since:%d %B %Y, %H:%M} UTC",
        f"reason: {IN_WORDS[standing.cause]}{f' ({standing.status})' if standing.status else ''}",
        *([f"the server says: {standing.words}"] if standing.words else []),
        *([f"exchange {', '.join(exchanges)}"] if exchanges else []),
        f"told: {', '.join(told) or 'nobody else at that school is known'}",
    )
    return admin_note(case.known.admin, f"bouncing/{case.kept.id}", "bouncing", lines)


def _refused(case: Case, failure: Failure) -> Tell:
    """Once a day for each code: where a server refuses us, it refuses every mail."""
    day = case.kept.arrived_at.astimezone(UTC).date()
    lines = (
        *([f"address {failure.address}"] if failure.address else []),
        *([f"code {failure.status}"] if failure.status else []),
        *([f"the server says: {failure.words}"] if failure.words else []),
    )
    return admin_note(case.known.admin, f"refused/{failure.status}/{day}", "refused", lines)
