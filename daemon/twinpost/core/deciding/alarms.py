"""An address that no exchange names, in a pupil's mail or writing to her: both sides' teachers know at once.

The stranger gets nothing, ever. A teacher hears of the same address once a day.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from hashlib import sha256

from twinpost.core.deciding.case import Case, distinct, names, where_for
from twinpost.core.inspecting.guard import everybody
from twinpost.core.model.effect import Attach, Tell
from twinpost.core.model.kind import Kind
from twinpost.core.model.known import GuardMail
from twinpost.core.model.mail import Address
from twinpost.core.model.mailbox import one_mailbox
from twinpost.core.model.notice import StrangerAlert
from twinpost.core.model.people import Exchange, Person, SchoolClass

A_DAY = timedelta(days=1)
STRANGERS = "strangers"
"""All strangers share one loop budget: a flood of forged senders asks a teacher five times at most."""

MOST_STRANGERS = 24
"""Addresses of one mail that count: their marks have to fit into a key."""


def alarms(
    case: Case,
    exchange: Exchange,
    named: Sequence[SchoolClass],
    strangers: Sequence[Address],
    pupils: Sequence[Person],
    *,
    wrote: bool = False,
    denied: bool = False,
    but: Collection[int] = (),
) -> tuple[Tell, ...]:
    """One alarm for each teacher of the classes named, of all where only one side is.

    `pupils` put the strangers in To or Cc, or `wrote` says that the strangers wrote to
    them; whoever is in `but` knows already.
    """
    shown = strangers[:MOST_STRANGERS]
    return tuple(
        _alarm(case, exchange, person, tuple(new), pupils, wrote=wrote, denied=denied)
        for person in _both_sides(exchange, named)
        if person.id not in but
        if (new := [one for one in shown if not _told_lately(case, person, one)])
    )


def _both_sides(exchange: Exchange, named: Sequence[SchoolClass]) -> tuple[Person, ...]:
    classes = named if len(named) > 1 else exchange.classes
    return distinct(teacher for one in classes for teacher in one.teachers)


def _told_lately(case: Case, person: Person, stranger: Address) -> bool:
    """By another mail: what this one led to before has the same key, and is not entered twice."""
    return any(
        mail.person == person.id
        and mail.cause != case.kept.id
        and mail.made_at > case.now - A_DAY
        and _mark(stranger) in mail.key.split("/")[-1].split("-")
        for mail in case.known.guarded
        if mail.notice == StrangerAlert.name
    )


def _alarm(
    case: Case,
    exchange: Exchange,
    person: Person,
    strangers: Sequence[Address],
    pupils: Sequence[Person],
    *,
    wrote: bool,
    denied: bool,
) -> Tell:
    reading, kept = case.reading, case.kept
    attached = not _has_it(case, person) and kept.size <= case.known.largest_mail
    before = _before(case, person)
    marks = "-".join(map(_mark, strangers))
    return Tell(
        key=before.key if before else f"stranger-alert/{kept.id}/{person.id}/{marks}",
        notice=StrangerAlert(
            strangers=tuple(one.address for one in strangers),
            pupils=names(pupils),
            wrote=wrote,
            subject=reading.subject,
            arrived_at=kept.arrived_at,
            where=where_for(person, exchange),
            admin=case.known.admin,
            proven=case.proven,
            attached=attached,
            denied=denied,
            machine=wrote and case.sorted.kind in (Kind.AUTOMATIC, Kind.BOUNCE),
        ),
        to=person,
        exchange_id=exchange.id,
        reply_to=tuple(one for one in _both_sides(exchange, ()) if one.id != person.id),
        attach=(Attach(kept.id),) if attached else (),
        provoked_by=STRANGERS if wrote else case.address,  # she may say that she is us
        counts=wrote,  # a flood of them is joined; of a pupil's mails each may carry what was missed
    )


def _has_it(case: Case, person: Person) -> bool:
    seen = {one_mailbox(one.address) for one in everybody(case.reading)}
    return any(one_mailbox(address) in seen for address in person.addresses)


def _before(case: Case, person: Person) -> GuardMail | None:
    """The alarm to this teacher that this very mail led to when it was read before."""
    own = (mail for mail in case.known.guarded if mail.cause == case.kept.id and mail.person == person.id)
    return next((mail for mail in own if mail.notice == StrangerAlert.name), None)


def _mark(stranger: Address) -> str:
    """An address in a key, which holds no names."""
    return sha256(one_mailbox(stranger.address).encode()).hexdigest()[:6]
