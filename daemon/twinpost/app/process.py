"""One message from its octets to its rows. It reads like the list of its stations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from twinpost.app.enact import LIVE_SINCE, Enactment, Told
from twinpost.app.house import House
from twinpost.app.originals import read_again as read_original
from twinpost.core.deciding.again import read_again
from twinpost.core.deciding.arrival import decide
from twinpost.core.deciding.case import Case, class_names
from twinpost.core.deciding.course import Course
from twinpost.core.deciding.said import what_is_said, who_is_said_to_be_away
from twinpost.core.model.effect import Decision
from twinpost.core.model.kind import Kind, Proof, Sorted
from twinpost.core.model.known import Known
from twinpost.core.model.mail import Kept, Reading
from twinpost.core.model.people import Directory, Exchange, Role
from twinpost.core.model.question import QuestionKind
from twinpost.core.model.subject import ClassNames, SubjectReading
from twinpost.core.reading.orders import read_order
from twinpost.core.reading.subject import read_subject
from twinpost.core.sorting.facts import Facts
from twinpost.core.sorting.sort import sort
from twinpost.core.sorting.trust import doubted, prove
from twinpost.ledger import facts as facts_
from twinpost.ledger import journal, plans, questions, rereading
from twinpost.ledger.history import history
from twinpost.ledger.known import known_for

MOST_NAMES = 400
"""Class names against which a stranger's subject is read; beyond that only his display name counts."""


@dataclass(frozen=True, slots=True)
class Processed:
    """What became of a message."""

    kept: Kept
    reading: Reading
    sorted: Sorted
    proof: Proof
    decision: Decision
    told: tuple[Told, ...]


def process(
    connection: sa.Connection,
    house: House,
    directory: Directory,
    kept: Kept,
    reading: Reading,
    now: datetime,
) -> Processed:
    """Everything that follows from one message, its outgoing mails included, in this transaction."""
    known = known_for(
        connection, house.office, directory, kept, reading, lambda old: read_original(connection, house, old)
    )
    proof = prove(reading, house.trust.provider, house.trust.authserv_id, kept.arrived_at)
    proof = _claimed(connection, kept, reading, known) or doubted(proof, reading, known)
    subject = _subject(house, known, reading)
    order = read_order(subject.cleaned, reading.written, house.words.orders, of_letter=bool(subject.product))
    nicknames = house.words.nicknames
    said = what_is_said(reading, known, subject, order, kept.arrived_at, house.words)
    away = who_is_said_to_be_away(reading, known, subject, order, kept.arrived_at, house.words)
    facts = Facts(reading, known, subject, kept.arrived_at, order, away, said, proof, nicknames)
    sorted_ = sort(facts, house.words.automatic)
    courses = _courses(connection, house, known, sorted_, now)
    decision = decide(Case(kept, reading, known, sorted_, proof, house.words, now, courses))
    if kept.again:
        decision = _once_more(connection, kept, decision, now)
    _record(connection, kept, reading, decision, known, now)
    told = Enactment(connection, house, directory, now, cause=kept).enact(decision)
    return Processed(kept, reading, sorted_, proof, decision, tuple(told))


def _courses(
    connection: sa.Connection, house: House, known: Known, sorted_: Sorted, now: datetime
) -> tuple[Course, ...]:
    """How her exchanges stand, where a word about one has to be judged; first that of the thread."""
    about_words = (QuestionKind.WORD, QuestionKind.UNDO)
    asked = {one.question.id for one in known.asked if one.question.kind in about_words}
    if sorted_.sender is None or (sorted_.said.word is None and sorted_.question not in asked):
        return ()
    live = facts_.fact(connection, LIVE_SINCE)
    since = datetime.fromisoformat(live) if live else None
    places = known.directory.who(sorted_.sender.person.address)
    hers = [place.exchange for place in places if place.role is Role.TEACHER]
    exchanges = {one.id: one for one in (sorted_.sender.exchange, *hers)}
    return tuple(
        Course(one, history(connection, one.id, now, since), house.rules, now) for one in exchanges.values()
    )


def _once_more(connection: sa.Connection, kept: Kept, decision: Decision, now: datetime) -> Decision:
    """What still has to follow from a message that was processed before; its re-reading is noted."""
    taken_up = rereading.pending(connection, kept.id)
    why, before = (taken_up.why, Kind(taken_up.before)) if taken_up else (None, None)
    asked = questions.about(connection, kept.id)
    decision, settled = read_again(decision, why, before, asked)
    questions.settle_by_facts(connection, settled)
    assert decision.sorted is not None
    rereading.note_read(connection, kept.id, decision.sorted.kind, now)
    return decision


def _claimed(connection: sa.Connection, kept: Kept, reading: Reading, known: Known) -> Proof | None:
    """The sender was asked about this very mail, at the address that we knew, and said that it is hers."""
    if not kept.again or len(reading.from_) != 1:
        return None
    people = {member.person.id for member in known.directory.who(reading.from_[0].address)}
    hers = people & rereading.claimed_by(connection, kept.id)
    return Proof(True, "Its sender has told us that it is hers.") if hers else None


def _subject(house: House, known: Known, reading: Reading) -> SubjectReading:
    """The subject, read with the names of the sender's classes and what she means by hers."""
    address = reading.from_[0].address if len(reading.from_) == 1 else ""
    members = known.directory.who(address)
    exchanges = {member.exchange.id: member.exchange for member in members}
    names = _names(tuple(exchanges.values()) or known.directory.exchanges)
    people = {member.person.id for member in members}
    nicknames = tuple(
        ClassNames(class_id, exchange.id, (words,))
        for (person, words), class_id in known.directory.nicknames.items()
        if person in people
        for exchange in exchanges.values()
        if any(school_class.id == class_id for school_class in exchange.classes)
    )
    return read_subject(reading.subject, (*names, *nicknames), house.words.subjects)


def _names(exchanges: tuple[Exchange, ...]) -> tuple[ClassNames, ...]:
    names = tuple(name for exchange in exchanges for name in class_names(exchange))
    return names if len(names) <= MOST_NAMES else ()


def _record(
    connection: sa.Connection,
    kept: Kept,
    reading: Reading,
    decision: Decision,
    known: Known,
    now: datetime,
) -> None:
    sorted_ = decision.sorted
    assert sorted_ is not None
    member = sorted_.sender
    if member:
        plans.changed(connection, member.exchange.id)
    journal.processed(
        connection,
        kept.id,
        message_id=reading.message_id[:998],
        fingerprint=reading.fingerprint,
        kind=sorted_.kind.value,
        because=list(decision.because),
        exchange_id=member.exchange.id if member else None,
        person_id=member.person.id if member else None,
        sender=reading.from_[0].address[:320] if reading.from_ else "",
        subject=reading.subject[:1000],
        processed_at=now,
        same_as=known.same_as or None,
    )
