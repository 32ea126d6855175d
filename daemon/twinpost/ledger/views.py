"""What the commands show of the ledger: plain values, newest or oldest first as it reads best."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from twinpost.core.model.letter import counting
from twinpost.core.model.live_photo import without_films
from twinpost.core.model.question import ONLY_NO
from twinpost.ledger.tables import (
    classes,
    deliveries,
    delivery_mails,
    exchanges,
    files,
    letters,
    messages,
    outbox,
    places,
    questions,
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One delivery of the log."""

    delivery: int
    exchange: str
    product: str
    numbers: tuple[int, ...]
    from_class: str
    to_classes: tuple[str, ...]
    first_at: datetime
    mails: int
    files: int
    closed: bool
    certainty: str
    unsent: tuple[Unsent, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsent:
    """A mail about a letter that was decided and has not been sent, and why."""

    to: str
    subject: str
    state: str
    why: str


def delivery_log(connection: sa.Connection, code: str | None = None) -> list[LogLine]:
    """Every letter that has arrived, oldest first; of one exchange when its code is given."""
    from_class = classes.alias("from_class")
    query = (
        sa.select(deliveries, exchanges.c.code, from_class.c.name.label("from_name"))
        .join(exchanges, exchanges.c.id == deliveries.c.exchange_id)
        .join(from_class, from_class.c.id == deliveries.c.from_class)
        .order_by(deliveries.c.first_at, deliveries.c.id)
    )
    if code is not None:
        query = query.where(exchanges.c.code == code)
    rows = connection.execute(query).all()
    numbers = _grouped(
        connection, sa.select(letters.c.delivery_id, letters.c.number).order_by(letters.c.number)
    )
    to_names = _grouped(
        connection,
        sa.select(letters.c.delivery_id, classes.c.name)
        .join(classes, classes.c.id == letters.c.to_class)
        .order_by(letters.c.id),
    )
    mails = _grouped(connection, sa.select(delivery_mails.c.delivery_id, delivery_mails.c.message_id))
    hashes = _hashes(connection)
    unsent = _unsent(connection)
    return [
        LogLine(
            delivery=row.id,
            exchange=row.code,
            product=row.product,
            numbers=tuple(dict.fromkeys(numbers.get(row.id, []))),
            from_class=row.from_name,
            to_classes=tuple(dict.fromkeys(to_names.get(row.id, []))),
            first_at=row.first_at,
            mails=len(mails.get(row.id, [])),
            files=len(hashes.get(row.id, set())),
            closed=row.closed_at is not None,
            certainty=row.certainty,
            unsent=tuple(unsent.get(row.id, ())),
        )
        for row in rows
        if row.id in numbers
    ]


def _unsent(connection: sa.Connection) -> dict[int, list[Unsent]]:
    """Mails about each delivery that are held back or stay unsent for ever."""
    query = (
        sa.select(
            outbox.c.delivery_id,
            outbox.c.recipient,
            outbox.c.mail["subject"].as_string().label("subject"),
            outbox.c.state,
            outbox.c.why,
        )
        .where(outbox.c.delivery_id.is_not(None), outbox.c.state.in_(("held", "withheld", "cancelled")))
        .order_by(outbox.c.id)
    )
    found: dict[int, list[Unsent]] = {}
    for row in connection.execute(query):
        one = Unsent(row.recipient, row.subject, row.state, row.why)
        found.setdefault(row.delivery_id, []).append(one)
    return found


def _hashes(connection: sa.Connection) -> dict[int, set[str]]:
    """The files of each delivery that count."""
    query = (
        sa.select(
            delivery_mails.c.delivery_id,
            files.c.sha256,
            files.c.name,
            files.c.trouble,
            files.c.kind,
            files.c.size,
        )
        .join(files, files.c.message_id == delivery_mails.c.message_id)
        .where(files.c.inline.is_(False))
    )
    rows: dict[int, list[Any]] = {}
    for row in connection.execute(query):
        rows.setdefault(row.delivery_id, []).append(row)
    return {
        delivery: {row.sha256 if row.size else row.name for row in without_films(counting(own))}
        for delivery, own in rows.items()
    }


def _grouped(connection: sa.Connection, query: sa.Select[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for key, value in connection.execute(query):
        found.setdefault(key, []).append(value)
    return found


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message of the journal."""

    id: int
    arrived_at: datetime
    state: str
    kind: str
    sender: str
    subject: str
    size: int
    tries: int
    reason: str
    sha256: str
    because: tuple[str, ...]
    places: tuple[str, ...] = ()


def aside(connection: sa.Connection) -> list[MessageLine]:
    """Messages that were set aside, oldest first."""
    return _messages(connection, messages.c.state == "aside")


def message(connection: sa.Connection, number: int) -> MessageLine | None:
    """One message of the journal, with the places where it was seen."""
    found = _messages(connection, messages.c.id == number)
    return found[0] if found else None


def _messages(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[MessageLine]:
    rows = connection.execute(sa.select(messages).where(where).order_by(messages.c.id)).all()
    seen = _grouped(
        connection,
        sa.select(
            places.c.message_id, places.c.mailbox + sa.literal(":") + sa.cast(places.c.uid, sa.String(20))
        )
        .where(places.c.message_id.in_([row.id for row in rows]))
        .order_by(places.c.id),
    )
    return [
        MessageLine(
            row.id,
            row.arrived_at,
            row.state,
            row.kind,
            row.sender,
            row.subject,
            row.size,
            row.tries,
            row.reason,
            row.sha256,
            tuple(row.because),
            tuple(seen.get(row.id, ())),
        )
        for row in rows
    ]


def kinds(connection: sa.Connection) -> dict[str, int]:
    """How many messages there are of each kind; "" for those that are not processed yet."""
    rows = connection.execute(sa.select(messages.c.kind, sa.func.count()).group_by(messages.c.kind))
    return dict(sorted((kind, count) for kind, count in rows))


def states(connection: sa.Connection) -> dict[str, int]:
    """How many messages are kept, processed and set aside."""
    rows = connection.execute(sa.select(messages.c.state, sa.func.count()).group_by(messages.c.state))
    return dict(sorted((state, count) for state, count in rows))


def open_questions(connection: sa.Connection) -> list[tuple[int, str, datetime, int]]:
    """(id, kind, asked at, times asked) of the questions that wait for an answer."""
    query = (
        sa.select(questions.c.id, questions.c.kind, questions.c.asked_at, questions.c.times)
        .where(questions.c.state == "open", questions.c.kind.not_in(ONLY_NO))
        .order_by(questions.c.id)
    )
    return [(row.id, row.kind, row.asked_at, row.times) for row in connection.execute(query)]


def last_original(connection: sa.Connection) -> str | None:
    """The hash of the message that was kept last."""
    query = sa.select(messages.c.sha256).order_by(messages.c.id.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none()


def last_kept(connection: sa.Connection) -> datetime | None:
    """When the last message was kept."""
    return connection.execute(sa.select(sa.func.max(messages.c.kept_at))).scalar()
