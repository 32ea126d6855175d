"""Letters that have arrived: rows in, model values out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from twinpost.core.model.effect import LogLetter, MoveDelivery
from twinpost.core.model.known import Arrived
from twinpost.core.model.letter import Certainty, DeliveredMail, Delivery, Letter
from twinpost.core.model.mail import File
from twinpost.ledger.tables import deliveries, delivery_mails, files, letters, messages


def log(connection: sa.Connection, effect: LogLetter) -> int:
    """Log one mail of a letter. Returns the delivery's id.

    A new delivery gets a row for each number and receiving class; the ledger refuses a second one.
    """
    delivery = effect.delivery or _open(connection, effect)
    if effect.delivery:
        _extend(connection, effect)
    person = effect.mail.person or None
    connection.execute(
        sa.insert(delivery_mails).values(
            delivery_id=delivery,
            message_id=effect.mail.message,
            person_id=person,
            links=list(effect.mail.links),
            part=list(effect.mail.part) if effect.mail.part else None,
        )
    )
    keep_files(connection, effect.mail)
    return delivery


def _open(connection: sa.Connection, effect: LogLetter) -> int:
    letter = effect.letter
    delivery: int = connection.execute(
        sa.insert(deliveries)
        .values(
            exchange_id=letter.exchange_id,
            product=letter.product,
            from_class=letter.from_class,
            certainty=letter.certainty.value,
            version=1,
            first_at=effect.mail.arrived_at,
            update_due=effect.update_due,
            close_due=effect.close_due,
            told=sorted(effect.told),
        )
        .returning(deliveries.c.id)
    ).scalar_one()
    connection.execute(
        sa.insert(letters),
        [
            {
                "delivery_id": delivery,
                "exchange_id": letter.exchange_id,
                "product": letter.product,
                "number": number,
                "from_class": letter.from_class,
                "to_class": to_class,
            }
            for number in letter.numbers
            for to_class in letter.to_classes
        ],
    )
    return delivery


def _extend(connection: sa.Connection, effect: LogLetter) -> None:
    connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.id == effect.delivery)
        .values(
            gathering_since=effect.gathering_since,
            update_due=effect.update_due,
            close_due=effect.close_due,
            closed_at=None,
        )
    )


def keep_files(connection: sa.Connection, mail: DeliveredMail) -> None:
    """Note the files of a letter's mail, once per message."""
    noted = connection.execute(
        sa.select(files.c.id).where(files.c.message_id == mail.message).limit(1)
    ).first()
    if noted or not mail.files:
        return
    connection.execute(
        sa.insert(files),
        [
            {
                "message_id": mail.message,
                "part": file.part,
                "name": file.name,
                "size": file.size,
                "sha256": file.sha256,
                "kind": file.kind,
                "media_type": file.media_type[:255],
                "inline": file.inline,
                "trouble": file.trouble,
            }
            for file in mail.files
        ],
    )


def move(connection: sa.Connection, effect: MoveDelivery) -> None:
    """The next version of the receipts, or the end: closed by quiet."""
    told = connection.execute(
        sa.select(deliveries.c.told).where(deliveries.c.id == effect.delivery)
    ).scalar_one()
    connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.id == effect.delivery)
        .values(
            version=effect.version,
            gathering_since=None,
            update_due=effect.update_due,
            close_due=effect.close_due,
            closed_at=effect.closed_at,
            told=sorted({*told, *effect.told}),
        )
    )


def strike(connection: sa.Connection, delivery: int, now: datetime) -> None:
    """The letter was not the class's: its numbers are free again, its mails stay in the journal."""
    connection.execute(sa.delete(letters).where(letters.c.delivery_id == delivery))
    connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.id == delivery)
        .values(closed_at=now, gathering_since=None, update_due=None, close_due=None)
    )


def arrived(connection: sa.Connection, exchange_ids: Sequence[int]) -> tuple[Arrived, ...]:
    """Every letter logged in these exchanges, by number."""
    if not exchange_ids:
        return ()
    query = (
        sa.select(
            letters.c.exchange_id,
            letters.c.product,
            letters.c.number,
            letters.c.from_class,
            letters.c.to_class,
            letters.c.delivery_id,
            deliveries.c.first_at,
            deliveries.c.closed_at,
        )
        .join(deliveries, deliveries.c.id == letters.c.delivery_id)
        .where(letters.c.exchange_id.in_(exchange_ids))
        .order_by(letters.c.number)
    )
    return tuple(
        Arrived(
            row.exchange_id,
            row.product,
            row.number,
            row.from_class,
            row.to_class,
            row.delivery_id,
            row.first_at,
            row.closed_at is not None,
        )
        for row in connection.execute(query)
    )


def open_deliveries(connection: sa.Connection, exchange_ids: Sequence[int]) -> tuple[Delivery, ...]:
    """The letters of these exchanges of which more may come."""
    if not exchange_ids:
        return ()
    return _load(connection, deliveries.c.closed_at.is_(None), deliveries.c.exchange_id.in_(exchange_ids))


def deliveries_by_id(connection: sa.Connection, ids: Sequence[int]) -> tuple[Delivery, ...]:
    """Deliveries with everything that belongs to them, in the order of their ids."""
    return _load(connection, deliveries.c.id.in_(ids)) if ids else ()


def due(connection: sa.Connection, now: datetime, limit: int) -> tuple[Delivery, ...]:
    """Letters whose gathered update or whose closing is due."""
    ids = connection.execute(
        sa.select(deliveries.c.id)
        .where(sa.or_(deliveries.c.update_due <= now, deliveries.c.close_due <= now))
        .order_by(deliveries.c.id)
        .limit(limit)
    ).scalars()
    return deliveries_by_id(connection, list(ids))


def next_due(connection: sa.Connection) -> datetime | None:
    """When the next gathered update or closing is due."""
    row = connection.execute(
        sa.select(sa.func.min(deliveries.c.update_due), sa.func.min(deliveries.c.close_due))
    ).one()
    moments = [moment for moment in row if moment is not None]
    return min(moments, default=None)


def files_before(connection: sa.Connection, hashes: Sequence[str]) -> dict[str, int]:
    """Which of these files (SHA-256) lie in an earlier letter: hash to delivery id."""
    if not hashes:
        return {}
    query = (
        sa.select(files.c.sha256, sa.func.min(delivery_mails.c.delivery_id))
        .join(delivery_mails, delivery_mails.c.message_id == files.c.message_id)
        .join(letters, letters.c.delivery_id == delivery_mails.c.delivery_id)
        .where(files.c.sha256.in_(hashes), files.c.inline.is_(False), files.c.size > 0)
        .group_by(files.c.sha256)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _load(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> tuple[Delivery, ...]:
    heads = connection.execute(sa.select(deliveries).where(*where).order_by(deliveries.c.id)).all()
    if not heads:
        return ()
    ids = [head.id for head in heads]
    mails = _mails(connection, ids)
    named = _names(connection, ids)
    return tuple(
        Delivery(
            id=head.id,
            letter=_letter(head, named.get(head.id, [])),
            mails=tuple(mails.get(head.id, ())),
            version=head.version,
            closed_at=head.closed_at,
            update_due=head.update_due,
            close_due=head.close_due,
            gathering_since=head.gathering_since,
            told=frozenset(head.told),
        )
        for head in heads
    )


def _letter(head: sa.Row[tuple[object, ...]], named: list[tuple[int, int]]) -> Letter:
    return Letter(
        exchange_id=head.exchange_id,
        product=head.product,
        numbers=tuple(sorted({number for number, _ in named})),
        from_class=head.from_class,
        to_classes=tuple(dict.fromkeys(to_class for _, to_class in named)),
        certainty=Certainty(head.certainty),
    )


def _names(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    query = (
        sa.select(letters.c.delivery_id, letters.c.number, letters.c.to_class)
        .where(letters.c.delivery_id.in_(ids))
        .order_by(letters.c.id)
    )
    for row in connection.execute(query):
        found.setdefault(row.delivery_id, []).append((row.number, row.to_class))
    return found


def _mails(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[DeliveredMail]]:
    query = (
        sa.select(
            delivery_mails.c.delivery_id,
            delivery_mails.c.person_id,
            delivery_mails.c.links,
            delivery_mails.c.part,
            messages.c.id,
            messages.c.message_id,
            messages.c.arrived_at,
        )
        .join(messages, messages.c.id == delivery_mails.c.message_id)
        .where(delivery_mails.c.delivery_id.in_(ids))
        .order_by(delivery_mails.c.id)
    )
    rows = connection.execute(query).all()
    by_message = _files(connection, [row.id for row in rows])
    found: dict[int, list[DeliveredMail]] = {}
    for row in rows:
        mail = DeliveredMail(
            message=row.id,
            message_id=row.message_id,
            person=row.person_id or 0,
            arrived_at=row.arrived_at,
            files=tuple(by_message.get(row.id, ())),
            links=tuple(row.links),
            part=(row.part[0], row.part[1]) if row.part else None,
        )
        found.setdefault(row.delivery_id, []).append(mail)
    return found


def _files(connection: sa.Connection, message_ids: Sequence[int]) -> dict[int, list[File]]:
    found: dict[int, list[File]] = {}
    query = sa.select(files).where(files.c.message_id.in_(message_ids)).order_by(files.c.id)
    for row in connection.execute(query):
        file = File(
            part=row.part,
            name=row.name,
            size=row.size,
            sha256=row.sha256,
            kind=row.kind,
            inline=row.inline,
            trouble=row.trouble,
            media_type=row.media_type,
        )
        found.setdefault(row.message_id, []).append(file)
    return found
