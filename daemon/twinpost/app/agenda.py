"""What is due by itself: gathered updates, closings, questions asked again, withheld mails joined."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from twinpost.app.enact import Enactment, Told
from twinpost.app.house import House
from twinpost.core.deciding.again import ask_again
from twinpost.core.deciding.quiet import after_quiet
from twinpost.core.model.effect import AskAgain, Decision, MoveDelivery
from twinpost.core.model.known import AskedMail
from twinpost.core.model.letter import Delivery
from twinpost.core.model.people import Directory, Exchange
from twinpost.core.model.question import OpenQuestion
from twinpost.ledger import deliveries, journal, questions

AT_ONCE = 50
"""Things that are dealt with in one transaction: receipts of new mail never wait long for it."""


def whats_due(connection: sa.Connection, house: House, directory: Directory, now: datetime) -> list[Told]:
    """Do what is due at `now`, at most AT_ONCE of each sort. Returns the mails that follow."""
    told: list[Told] = []
    for delivery in deliveries.due(connection, now, AT_ONCE):
        decision = _letter(connection, directory, delivery, now)
        told += Enactment(connection, house, directory, now).enact(decision)
    for question in questions.due(connection, now, AT_ONCE):
        decision = _question(connection, house, directory, question, now)
        told += Enactment(connection, house, directory, now).enact(decision)
    return told


def next_due(connection: sa.Connection) -> datetime | None:
    """When something will be due next."""
    moments = [deliveries.next_due(connection), questions.next_due(connection)]
    return min((moment for moment in moments if moment is not None), default=None)


def waits(connection: sa.Connection) -> bool:
    """Whether a kept message waits to be processed: somebody beside us may have put it back."""
    return bool(journal.to_process(connection, 1))


def _letter(connection: sa.Connection, directory: Directory, delivery: Delivery, now: datetime) -> Decision:
    exchange = _exchange(directory, delivery.letter.exchange_id)
    if exchange is None or not delivery.letter.numbers:  # the exchange has left, or the letter was struck
        return Decision((MoveDelivery(delivery.id, delivery.version, closed_at=now),))
    arrived = deliveries.arrived(connection, [exchange.id])
    before = deliveries.files_before(connection, [file.sha256 for file in delivery.files])
    return after_quiet(delivery, exchange, arrived, now, before)


def _question(
    connection: sa.Connection, house: House, directory: Directory, question: OpenQuestion, now: datetime
) -> Decision:
    exchange = _exchange(directory, question.exchange_id)
    if exchange is None:
        return Decision((AskAgain(question.id, question.times),))
    kept = journal.message(connection, question.message)
    reading = house.reader.read(kept.sha256)
    members = directory.who(reading.from_[0].address) if reading.from_ else ()
    sender = members[0].person.name if members else ""
    return ask_again(AskedMail(question, kept, reading), exchange, sender, now)


def _exchange(directory: Directory, exchange_id: int) -> Exchange | None:
    try:
        return directory.exchange(exchange_id)
    except KeyError:
        return None
