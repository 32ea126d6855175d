"""What is planned becomes mails: facts for the texts that the rules name, one mail to one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from twinpost.core.calendars.counted import LeftOut
from twinpost.core.deciding.case import class_of, distinct, letter_names, names, places
from twinpost.core.deciding.planned_questions import DATE_CLOSED, LATER_NOTED
from twinpost.core.deciding.told_days import counted_days, days_off
from twinpost.core.deciding.welcome import next_for
from twinpost.core.model.effect import Priority, Tell
from twinpost.core.model.known import Arrived
from twinpost.core.model.letter import Letter
from twinpost.core.model.notice import Bundle, FollowUp, LetterNames
from twinpost.core.model.people import Directory, Exchange, Person, SchoolClass
from twinpost.core.model.plan import About, Planned
from twinpost.core.model.rule import Event

SETTLE: Mapping[Event, tuple[str, ...]] = {
    Event.LETTER_DUE: ("ARRIVED", "LATER", "PAUSE"),
    Event.ANSWER_DUE: ("LATER", "PAUSE"),
    Event.EXCHANGE_QUIET: ("PAUSE",),
    Event.TERM_START: ("PAUSE",),
}
"""What a reader may answer to mails about an event; of the others she need settle nothing."""


def bundle(items: Sequence[Planned], directory: Directory, arrived: Sequence[Arrived], admin: str) -> Tell:
    """One mail for what goes to one person at one moment, what matters most first.

    `arrived` are the letters of her exchanges that are here, `admin` is the address of whom to ask. The
    key of a mail with several items follows from that of the first.
    """
    first = items[0]
    notices = tuple(follow_up(one, directory.exchange(one.exchange_id), arrived, admin) for one in items)
    partners = [teacher for one in items for teacher in _colleagues(one, directory.exchange(one.exchange_id))]
    mails = first.about.delivery.mails if first.about.delivery else ()
    return Tell(
        key=first.key if len(items) == 1 else f"bundle/{first.key}",
        notice=notices[0] if len(items) == 1 else Bundle(notices),
        to=first.to,
        exchange_id=first.exchange_id,
        reply_to=distinct(partners),
        priority=Priority.PLANNED,
        parent=mails[-1].message_id if mails else "",
        references=tuple(mail.message_id for mail in mails[:-1] if mail.message_id),
        not_before=first.at,
    )


def follow_up(planned: Planned, exchange: Exchange, arrived: Sequence[Arrived], admin: str) -> FollowUp:
    """The facts of one mail, or of one line of the digest, as of its moment."""
    sides = _Sides.of(planned, exchange)
    about, meeting = planned.about, exchange.meeting
    session, own = about.session, sides.own
    here = tuple(line for line in arrived if line.exchange_id == exchange.id)
    return FollowUp(
        name=planned.notice,
        rule=planned.rule,
        step=planned.step,
        exchange=exchange.title,
        now=planned.at,
        where=places(own, sides.concerned),
        reader_class=own.name if own else "",
        own=about.sender in (0, own.id if own else 0),
        partners=tuple(one.name for one in sides.partners),
        colleagues=names(_colleagues(planned, exchange)),
        sender=sides.sender.name if sides.sender else "",
        senders=_senders(planned, sides),
        receivers=names(distinct(teacher for one in sides.receivers for teacher in one.teachers)),
        letter=_letter(about, exchange),
        due=about.due.due if about.due else None,
        until=planned.because.day if planned.notice == DATE_CLOSED else about.until,
        since=about.delivery.first_at if about.delivery else about.since,
        days_off=days_off(about.closure, exchange, own) if about.closure else None,
        back=_back(about.closure, exchange) if planned.when is Event.CALENDAR_CLOSURE else None,
        title=session.title if session else "",
        starts_at=about.meeting_at,
        minutes=session.minutes if session else meeting.minutes if meeting and about.meeting_at else 0,
        link=session.link if session else "",
        planned=exchange.letters,
        next_date=next_for(exchange, own, here, planned.at) if own else None,
        counted=counted_days(planned.because, exchange, own) if planned.when else None,
        settle=_settle(planned),
        admin=admin,
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    """The classes that a follow-up is about, as its reader sees them."""

    own: SchoolClass | None
    sender: SchoolClass | None
    receivers: tuple[SchoolClass, ...]
    concerned: tuple[SchoolClass, ...]

    @classmethod
    def of(cls, planned: Planned, exchange: Exchange) -> _Sides:
        about = planned.about
        sender = exchange.class_by_id(about.sender) if about.sender else None
        receivers = tuple(exchange.class_by_id(class_id) for class_id in about.receivers)
        concerned = (sender, *receivers) if sender else exchange.classes
        return cls(class_of(planned.to, exchange), sender, receivers, concerned)

    @property
    def partners(self) -> tuple[SchoolClass, ...]:
        """The classes concerned that are not the reader's."""
        return tuple(one for one in self.concerned if self.own is None or one.id != self.own.id)


def _colleagues(planned: Planned, exchange: Exchange) -> tuple[Person, ...]:
    partners = _Sides.of(planned, exchange).partners
    people = (teacher for one in partners for teacher in one.teachers)
    return distinct(teacher for teacher in people if teacher.id != planned.to.id)


def _senders(planned: Planned, sides: _Sides) -> tuple[str, ...]:
    """The teachers of the sender; of a promise whoever gave it."""
    people = sides.sender.teachers if sides.sender else ()
    if planned.notice == LATER_NOTED:
        return names(person for person in people if person.id == planned.about.by)
    return names(people)


def _letter(about: About, exchange: Exchange) -> LetterNames | None:
    if about.due:
        due = about.due
        letter = Letter(exchange.id, due.product, (due.number,), due.from_class, (due.to_class,))
        return letter_names(letter, exchange)
    if about.delivery:
        letter = about.delivery.letter
        here = (about.sender, *about.receivers)
        to = tuple(exchange.class_by_id(id_).name for id_ in here if id_ in letter.to_classes)
        from_ = exchange.class_by_id(letter.from_class).name
        return LetterNames(letter.product, letter.numbers, from_, to)
    return None


def _back(off: LeftOut | None, exchange: Exchange) -> date | None:
    if off is None:
        return None
    return exchange.class_by_id(off.school_class).school_calendar().next_school_day(off.last)


def _settle(planned: Planned) -> tuple[str, ...]:
    if planned.when is None:
        return ("ARRIVED",) if planned.notice == LATER_NOTED else ()
    ahead = planned.because.count < 0
    words = SETTLE.get(planned.when, ())
    return tuple(word for word in words if not ahead or word != "PAUSE")
