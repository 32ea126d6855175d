"""What the ledger tells about one message, gathered before it is sorted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from twinpost.core.model.kind import Kind
from twinpost.core.model.known import AskedMail, Known, Thread
from twinpost.core.model.mail import Kept, Reading
from twinpost.core.model.people import Directory
from twinpost.core.model.question import QuestionKind
from twinpost.ledger import agenda, bounces, deliveries, guarded, journal, questions
from twinpost.ledger.tables import delivery_mails, messages, outbox


@dataclass(frozen=True, slots=True)
class Office:
    """What the configuration says of ourselves."""

    address: str
    admin: str = ""
    quiet_minutes: float = 10.0
    largest_mail: int = 25_000_000


def known_for(
    connection: sa.Connection,
    office: Office,
    directory: Directory,
    kept: Kept,
    reading: Reading,
    read_kept: Callable[[Kept], Reading],
) -> Known:
    """Everything outside the message on which a decision may rest.

    `read_kept` reads an earlier message again: the one that an answered question was about.
    """
    sender = reading.from_[0].address if len(reading.from_) == 1 else ""
    places = directory.who(sender)
    exchanges = sorted({member.exchange.id for member in places})
    classes = {c.id for member in places for c in member.exchange.classes}
    thread = _thread(connection, reading)
    hashes = [file.sha256 for file in reading.files if not file.inline and file.size]
    asked_about = {} if exchanges else questions.asked_about(connection, sender)
    return Known(
        directory=directory,
        address=office.address,
        admin=office.admin,
        thread=thread,
        asked=_asked(connection, thread, read_kept),
        reminded=agenda.went_in(connection, thread.key) if thread and thread.key and thread.direct else (),
        arrived=tuple(
            line
            for line in deliveries.arrived(connection, exchanges)
            if {line.from_class, line.to_class} <= classes
        ),
        deliveries=deliveries.open_deliveries(connection, exchanges),
        files_before=deliveries.files_before(connection, hashes, exchanges),
        ours=_is_ours(connection, reading.message_id),
        reported=bounces.reported(connection, _reported_ids(reading, of_stranger=not places)),
        bouncing=bounces.standing(connection, sender) if places else None,
        asked_about_sender=QuestionKind.WAS_THIS_YOU in asked_about,
        proposed=questions.proposed_absences(connection, exchanges),
        asked_about_pupil=asked_about.get(QuestionKind.PUPIL_ADDRESS, ""),
        guarded=guarded.lately(connection, directory, kept, reading),
        same_as=_same_as(connection, kept, reading),
        id_taken=_id_taken(connection, kept, reading, {member.person.id for member in places}),
        quiet_minutes=office.quiet_minutes,
        largest_mail=office.largest_mail,
    )


def _thread(connection: sa.Connection, reading: Reading) -> Thread | None:
    """The nearest mail that In-Reply-To, then References from the end, name and that we know.

    Only the mail that it answers directly can have asked what it answers.
    """
    ids = list(dict.fromkeys((*reading.in_reply_to, *reversed(reading.references))))[:20]
    if not ids:
        return None
    direct = reading.in_reply_to or reading.references[-1:]
    found = {
        row.message_id: Thread(
            notice=row.notice,
            person=row.person_id or 0,
            exchange_id=row.exchange_id or 0,
            delivery=row.delivery_id or 0,
            key=row.key,
            direct=row.message_id in direct,
            questions=(row.question_id,) if row.question_id and row.message_id in direct else (),
        )
        for row in connection.execute(_OURS.where(outbox.c.message_id.in_(ids)))
    }
    for row in connection.execute(_THEIRS.where(messages.c.message_id.in_(ids))):
        thread = Thread(
            person=row.person_id or 0,
            exchange_id=row.exchange_id or 0,
            delivery=row.delivery_id or 0,
            message=row.id,
        )
        found.setdefault(row.header, thread)
    return next((found[message_id] for message_id in ids if message_id in found), None)


_OURS = sa.select(
    outbox.c.message_id,
    outbox.c.notice,
    outbox.c.key,
    outbox.c.person_id,
    outbox.c.exchange_id,
    outbox.c.delivery_id,
    outbox.c.question_id,
)
_THEIRS = (
    sa.select(
        messages.c.message_id.label("header"),
        messages.c.id,
        messages.c.person_id,
        messages.c.exchange_id,
        delivery_mails.c.delivery_id,
    )
    .outerjoin(delivery_mails, delivery_mails.c.message_id == messages.c.id)
    .order_by(messages.c.person_id.is_(None), messages.c.id)  # a stranger's copy of a Message-ID comes last
)


def _asked(
    connection: sa.Connection, thread: Thread | None, read_kept: Callable[[Kept], Reading]
) -> tuple[AskedMail, ...]:
    if thread is None or not thread.questions:
        return ()
    found = []
    for question in questions.questions_by_id(connection, thread.questions):
        kept = journal.message(connection, question.message)
        found.append(AskedMail(question, kept, read_kept(kept)))
    return tuple(found)


def _is_ours(connection: sa.Connection, message_id: str) -> bool:
    if not message_id:
        return False
    return connection.execute(_OURS_BY_ID, {"message_id": message_id}).first() is not None


_OURS_BY_ID = sa.select(outbox.c.id).where(outbox.c.message_id == sa.bindparam("message_id")).limit(1)


def _reported_ids(reading: Reading, *, of_stranger: bool) -> tuple[str, ...]:
    """What a report may name our mail by: what came back with it, or its thread, as an answer to us."""
    thread = (*reading.in_reply_to, *reversed(reading.references)) if of_stranger else ()
    return tuple(dict.fromkeys((*reading.reported_ids[:20], *thread)))


def _same_as(connection: sa.Connection, kept: Kept, reading: Reading) -> int:
    """The message that is the same mail by another way (Cc and alias, a list's copy).

    What a list had made look like a machine's mail was passed over: then this copy is the one that counts.
    """
    if not reading.message_id or not reading.fingerprint:
        return 0
    mail = {"fingerprint": reading.fingerprint, "message_id": reading.message_id, "own": kept.id}
    return connection.execute(_SAME, mail).scalar() or 0


_SAME = (
    sa.select(messages.c.id)
    .where(
        messages.c.fingerprint == sa.bindparam("fingerprint"),
        messages.c.message_id == sa.bindparam("message_id"),
        # Not `== "processed"`: SQLite would go through its index of states, in which that is every message.
        messages.c.state.not_in(("kept", "aside")),
        messages.c.same_as.is_(None),
        messages.c.kind != Kind.AUTOMATIC.value,
        messages.c.id != sa.bindparam("own"),
    )
    .order_by(messages.c.id)
    .limit(1)
)


def _id_taken(connection: sa.Connection, kept: Kept, reading: Reading, people: set[int]) -> bool:
    """Whether another mail of one of these people, with other contents, came before with this Message-ID."""
    if not reading.message_id or not people:
        return False
    mail = {"fingerprint": reading.fingerprint, "message_id": reading.message_id, "own": kept.id}
    return not people.isdisjoint(connection.execute(_TAKEN, mail).scalars())


_TAKEN = sa.select(messages.c.person_id).where(
    messages.c.message_id == sa.bindparam("message_id"),
    messages.c.fingerprint != sa.bindparam("fingerprint"),
    messages.c.id < sa.bindparam("own"),
    messages.c.kind != Kind.STRANGER.value,  # in her name, as she has told us, and not hers
)
