"""Letters that have arrived: rows in, model values out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from twinpost.core.model.effect import LogLetter, MoveDelivery
from twinpost.core.model.known import Arrived
from twinpost.core.model.letter import Certainty, DeliveredMail, Delivery, Letter
from twinpost.core.model.mail import File
from twinpost.ledger import plans
from twinpost.ledger.tables import deliveries, delivery_mails, files, letters, messages

# Built once, as everything below that runs for every message: building takes longer than running.
_INSERT_HEAD = sa.insert(deliveries).returning(deliveries.c.id)
_INSERT_LETTERS = sa.insert(letters)
_INSERT_MAIL = sa.insert(delivery_mails)
_INSERT_FILES = sa.insert(files)
_NAMED = sa.select(letters.c.number, letters.c.to_class).where(
    letters.c.exchange_id == sa.bindparam("exchange_id"),
    letters.c.product == sa.bindparam("product"),
    letters.c.from_class == sa.bindparam("from_class"),
)
_HAS = sa.select(delivery_mails.c.id).where(
    delivery_mails.c.delivery_id == sa.bindparam("delivery"),
    delivery_mails.c.message_id == sa.bindparam("message"),
)
_NOTED = sa.select(files.c.id).where(files.c.message_id == sa.bindparam("message")).limit(1)


def log(connection: sa.Connection, effect: LogLetter) -> int:
    """Log one mail of a letter. Returns the delivery's id.

    A delivery gets a row for each number and receiving class that no other delivery has: of "letters 1-3"
    the first may be here already, and "letter 1 to all" may have been to one class before.
    """
    plans.changed(connection, effect.letter.exchange_id)
    delivery = effect.delivery or _open(connection, effect)
    _name(connection, delivery, effect.letter)
    if effect.delivery:
        _extend(connection, effect)
        if _has(connection, delivery, effect.mail.message):
            return delivery
    person = effect.mail.person or None
    row = {
        "delivery_id": delivery,
        "message_id": effect.mail.message,
        "person_id": person,
        "links": list(effect.mail.links),
        "links_until": effect.mail.links_until,
        "part": list(effect.mail.part) if effect.mail.part else None,
    }
    connection.execute(_INSERT_MAIL, row)
    keep_files(connection, effect.mail)
    return delivery


def _open(connection: sa.Connection, effect: LogLetter) -> int:
    letter = effect.letter
    head = {
        "exchange_id": letter.exchange_id,
        "product": letter.product,
        "from_class": letter.from_class,
        "certainty": letter.certainty.value,
        "version": 1,
        "first_at": effect.mail.arrived_at,
        "update_due": effect.update_due,
        "close_due": effect.close_due,
        "told": sorted(effect.told),
    }
    delivery: int = connection.execute(_INSERT_HEAD, head).scalar_one()
    return delivery


def _name(connection: sa.Connection, delivery: int, letter: Letter) -> None:
    """Enter under which numbers, for which classes, a delivery is known."""
    direction = {
        "exchange_id": letter.exchange_id,
        "product": letter.product,
        "from_class": letter.from_class,
    }
    here = {(row.number, row.to_class) for row in connection.execute(_NAMED, direction)}
    rows = [
        {"delivery_id": delivery, "number": number, "to_class": to_class, **direction}
        for number in letter.numbers
        for to_class in letter.to_classes
        if (number, to_class) not in here
    ]
    if rows:
        connection.execute(_INSERT_LETTERS, rows)


def _has(connection: sa.Connection, delivery: int, message: int) -> bool:
    return connection.execute(_HAS, {"delivery": delivery, "message": message}).first() is not None


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
    if not mail.files or connection.execute(_NOTED, {"message": mail.message}).first():
        return
    connection.execute(
        _INSERT_FILES,
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
                "holds": file.holds,
                "inside": list(file.inside),
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


def strike(connection: sa.Connection, message: int, now: datetime) -> None:
    """A mail was none of the class's: it is out of its letter, and stays in the journal.

    A letter of which nothing is left goes too: its numbers are free again.
    """
    mine = delivery_mails.c.message_id == message
    struck = connection.execute(sa.delete(delivery_mails).where(mine).returning(delivery_mails.c.delivery_id))
    for delivery in struck.scalars().all():
        left = sa.select(delivery_mails.c.id).where(delivery_mails.c.delivery_id == delivery)
        if connection.execute(left.limit(1)).first() is not None:
            continue
        connection.execute(sa.delete(letters).where(letters.c.delivery_id == delivery))
        exchange = connection.execute(
            sa.update(deliveries)
            .where(deliveries.c.id == delivery)
            .values(closed_at=now, gathering_since=None, update_due=None, close_due=None)
            .returning(deliveries.c.exchange_id)
        )
        plans.changed(connection, exchange.scalar_one())


def postpone(connection: sa.Connection, delivery: int, until: datetime) -> None:
    """Whatever is due for a letter before `until` is due then."""
    for column in (deliveries.c.update_due, deliveries.c.close_due):
        connection.execute(
            sa.update(deliveries)
            .where(deliveries.c.id == delivery, column < until)
            .values({column.name: until})
        )


def arrived(connection: sa.Connection, exchange_ids: Sequence[int]) -> tuple[Arrived, ...]:
    """Every letter logged in these exchanges, by number."""
    if not exchange_ids:
        return ()
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
        for row in connection.execute(_ARRIVED, {"exchanges": exchange_ids})
    )


_ARRIVED = (
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
    .where(letters.c.exchange_id.in_(sa.bindparam("exchanges", expanding=True)))
    .order_by(letters.c.number)
)


def open_deliveries(connection: sa.Connection, exchange_ids: Sequence[int]) -> tuple[Delivery, ...]:
    """The letters of these exchanges of which more may come."""
    if not exchange_ids:
        return ()
    return _load(connection, _OPEN, exchange_ids)


def deliveries_by_id(connection: sa.Connection, ids: Sequence[int]) -> tuple[Delivery, ...]:
    """Deliveries with everything that belongs to them, in the order of their ids."""
    return _load(connection, _BY_ID, ids) if ids else ()


def of_exchange(connection: sa.Connection, exchange_id: int) -> tuple[Delivery, ...]:
    """Every letter of an exchange with its mails, without their files; struck ones have no mails."""
    return _load(connection, _OF_EXCHANGE, [exchange_id], files=False)


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
    moments = [moment for moment in connection.execute(_NEXT_DUE).one() if moment is not None]
    return min(moments, default=None)


# Two questions in one: SQLite takes a minimum from its index only where it is asked for nothing else.
_NEXT_DUE = sa.select(
    sa.select(sa.func.min(deliveries.c.update_due)).scalar_subquery(),
    sa.select(sa.func.min(deliveries.c.close_due)).scalar_subquery(),
)


def files_before(
    connection: sa.Connection, hashes: Sequence[str], exchange_ids: Sequence[int]
) -> dict[str, int]:
    """Which of these files (SHA-256) lie in an earlier letter of these exchanges: hash to delivery id."""
    if not hashes or not exchange_ids:
        return {}
    of = {"hashes": hashes, "exchanges": exchange_ids}
    return {row[0]: row[1] for row in connection.execute(_FILES_BEFORE, of)}


_FILES_BEFORE = (
    sa.select(files.c.sha256, sa.func.min(delivery_mails.c.delivery_id))
    .join(delivery_mails, delivery_mails.c.message_id == files.c.message_id)
    .join(letters, letters.c.delivery_id == delivery_mails.c.delivery_id)
    .where(
        files.c.sha256.in_(sa.bindparam("hashes", expanding=True)),
        letters.c.exchange_id.in_(sa.bindparam("exchanges", expanding=True)),
        files.c.inline.is_(False),
        files.c.size > 0,
    )
    .group_by(files.c.sha256)
)

_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_HEADS = sa.select(deliveries).order_by(deliveries.c.id)
_BY_ID = _HEADS.where(deliveries.c.id.in_(_IDS))
_OF_EXCHANGE = _HEADS.where(deliveries.c.exchange_id.in_(_IDS))
_OPEN = _HEADS.where(deliveries.c.closed_at.is_(None), deliveries.c.exchange_id.in_(_IDS))


def _load(
    connection: sa.Connection, heads_of: sa.Select[Any], ids: Sequence[int], *, files: bool = True
) -> tuple[Delivery, ...]:
    heads = connection.execute(heads_of, {"ids": ids}).all()
    if not heads:
        return ()
    ids = [head.id for head in heads]
    mails = _mails(connection, ids, files=files)
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
    for row in connection.execute(_NAMES, {"ids": ids}):
        found.setdefault(row.delivery_id, []).append((row.number, row.to_class))
    return found


_NAMES = (
    sa.select(letters.c.delivery_id, letters.c.number, letters.c.to_class)
    .where(letters.c.delivery_id.in_(_IDS))
    .order_by(letters.c.id)
)


def _mails(connection: sa.Connection, ids: Sequence[int], *, files: bool) -> dict[int, list[DeliveredMail]]:
    rows = connection.execute(_MAILS, {"ids": ids}).all()
    by_message = _files(connection, [row.id for row in rows]) if files else {}
    found: dict[int, list[DeliveredMail]] = {}
    for row in rows:
        mail = DeliveredMail(
            message=row.id,
            message_id=row.message_id,
            person=row.person_id or 0,
            arrived_at=row.arrived_at,
            files=tuple(by_message.get(row.id, ())),
            links=tuple(row.links),
            links_until=row.links_until,
            part=(row.part[0], row.part[1]) if row.part else None,
        )
        found.setdefault(row.delivery_id, []).append(mail)
    return found


_MAILS = (
    sa.select(
        delivery_mails.c.delivery_id,
        delivery_mails.c.person_id,
        delivery_mails.c.links,
        delivery_mails.c.links_until,
        delivery_mails.c.part,
        messages.c.id,
        messages.c.message_id,
        messages.c.arrived_at,
    )
    .join(messages, messages.c.id == delivery_mails.c.message_id)
    .where(delivery_mails.c.delivery_id.in_(_IDS))
    .order_by(delivery_mails.c.id)
)
_FILES = sa.select(files).where(files.c.message_id.in_(_IDS)).order_by(files.c.id)


def _files(connection: sa.Connection, message_ids: Sequence[int]) -> dict[int, list[File]]:
    found: dict[int, list[File]] = {}
    for row in connection.execute(_FILES, {"ids": message_ids}):
        file = File(
            part=row.part,
            name=row.name,
            size=row.size,
            sha256=row.sha256,
            kind=row.kind,
            inline=row.inline,
            trouble=row.trouble,
            holds=row.holds or 0,
            inside=tuple(row.inside or ()),
            media_type=row.media_type,
        )
        found.setdefault(row.message_id, []).append(file)
    return found
