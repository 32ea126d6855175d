"""What is due by itself: gathered updates, closings, questions asked again, follow-ups."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from twinpost.app import bouncing, guard_lists, planning
from twinpost.app.enact import Enactment, Told, is_live
from twinpost.app.house import House
from twinpost.app.originals import read_again
from twinpost.core.deciding.again import ask_again, put_off
from twinpost.core.deciding.quiet import after_quiet
from twinpost.core.model.effect import AskAgain, Decision, MoveDelivery
from twinpost.core.model.known import AskedMail
from twinpost.core.model.letter import Delivery
from twinpost.core.model.mail import Kept
from twinpost.core.model.people import Directory
from twinpost.core.model.question import OpenQuestion
from twinpost.ledger import deliveries, journal, questions

log = logging.getLogger(__name__)

REST = timedelta(hours=1)
"""How long something rests that could not be done."""

AT_ONCE = 50
"""Things that are dealt with in one transaction: receipts of new mail never wait long for it."""


def whats_due(
    connection: sa.Connection, house: House, directory: Directory, now: datetime, *, mail_is_read: bool = True
) -> list[Told]:
    """Do what is due at `now`, at most AT_ONCE of each sort. Returns the mails that follow.

    Follow-ups wait for mail that has not been processed or, unless `mail_is_read`, not been fetched: the
    letter that they ask for may be among it. What goes wrong is put off for an hour and holds up nothing
    else.
    """
    told: list[Told] = []
    later = now + REST
    bouncing.let_recover(connection, house, directory, now)
    if mail_is_read and not waits(connection):
        told += planning.send_due(connection, house, directory, now)
    told += guard_lists.write_lists(connection, house, directory, now)
    for delivery in deliveries.due(connection, now, AT_ONCE):
        done = _tried(connection, partial(_close_or_update, connection, house, directory, delivery, now))
        if done is None:
            deliveries.postpone(connection, delivery.id, later)
        told += done or []
    for question in questions.due(connection, now, AT_ONCE):
        done = _tried(connection, partial(_ask_again, connection, house, directory, question, now))
        if done is None:
            questions.postpone(connection, question.id, later)
        told += done or []
    return told


def _tried(connection: sa.Connection, work: Callable[[], list[Told]]) -> list[Told] | None:
    """What `work` led to; None where it failed, and then it has left no trace."""
    try:
        with connection.begin_nested():
            return work()
    except OperationalError:  # the ledger itself
        raise
    except Exception as error:
        debug = log.isEnabledFor(logging.DEBUG)
        log.error("what is due could not be done: %s", type(error).__name__, exc_info=debug)
        return None


def next_due(connection: sa.Connection) -> datetime | None:
    """When something will be due next."""
    moments = [
        deliveries.next_due(connection),
        questions.next_due(connection),
        planning.next_due(connection),
        guard_lists.next_due(connection),
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def waits(connection: sa.Connection) -> bool:
    """Whether a kept message waits to be processed: somebody beside us may have put it back."""
    return bool(journal.to_process(connection, 1))


def _close_or_update(
    connection: sa.Connection, house: House, directory: Directory, delivery: Delivery, now: datetime
) -> list[Told]:
    """The gathered update of a letter, its end, or both."""
    exchange = directory.find(delivery.letter.exchange_id)
    if exchange is None or not delivery.letter.numbers:  # the exchange has left, or the letter was struck
        deliveries.move(connection, MoveDelivery(delivery.id, delivery.version, closed_at=now))
        return []
    arrived = deliveries.arrived(connection, [exchange.id])
    before = deliveries.files_before(connection, [file.sha256 for file in delivery.files], [exchange.id])
    decision = after_quiet(delivery, exchange, arrived, now, before, house.words.nicknames)
    cause = journal.message(connection, delivery.mails[-1].message)
    return Enactment(connection, house, directory, now, cause).enact(decision)


def _ask_again(
    connection: sa.Connection, house: House, directory: Directory, question: OpenQuestion, now: datetime
) -> list[Told]:
    """An open question is asked again, shown to more people, or given up."""
    kept = journal.message(connection, question.message)
    decision = _question(connection, house, directory, question, kept, now)
    return Enactment(connection, house, directory, now, kept).enact(decision)


def _question(
    connection: sa.Connection,
    house: House,
    directory: Directory,
    question: OpenQuestion,
    kept: Kept,
    now: datetime,
) -> Decision:
    exchange = directory.find(question.exchange_id)
    if exchange is None:
        return Decision((AskAgain(question.id, question.times),))
    if not is_live(connection):
        return put_off(question, exchange, now)
    reading = read_again(connection, house, kept)
    members = directory.who(reading.from_[0].address) if reading.from_ else ()
    sender = members[0].person.name if members else ""
    return ask_again(AskedMail(question, kept, reading), exchange, sender, now)
