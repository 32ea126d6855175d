"""Originals that leave: what is known of their keeping, and what the journal says afterwards.

A message whose original has left is `purged`: its row stays, and with it the hash by which it is known when
somebody drags it back. No file of the vault outlives such a commit for long: what a crash left behind is
found by its state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from twinpost.core.deciding.purging import Original
from twinpost.core.model.question import ONLY_NO
from twinpost.ledger.journal import PURGED
from twinpost.ledger.outbox import UNFINISHED
from twinpost.ledger.people import moved_dates
from twinpost.ledger.rows import in_pieces
from twinpost.ledger.tables import due_dates, messages, outbox, places, questions, sessions


def originals(
    connection: sa.Connection, after: int, came_before: datetime, limit: int
) -> tuple[Original, ...]:
    """Kept messages with a journal id above `after` that came before that moment, with what they need."""
    rows = connection.execute(_KEPT, {"after": after, "before": came_before, "limit": limit}).all()
    if not rows:
        return ()
    ends = ends_of_exchanges(connection)
    asked = set(connection.execute(_ASKED_ABOUT).scalars())
    carried = {sha256 for attach in connection.execute(_CARRIED).scalars() for sha256, _ in attach}
    return tuple(
        Original(
            row.id,
            row.sha256,
            row.arrived_at,
            ends.get(row.exchange_id),
            row.state != "processed" or row.id in asked or row.sha256 in carried,
        )
        for row in rows
    )


_KEPT = (
    sa.select(
        messages.c.id, messages.c.sha256, messages.c.arrived_at, messages.c.exchange_id, messages.c.state
    )
    .where(
        messages.c.id > sa.bindparam("after"),
        messages.c.arrived_at <= sa.bindparam("before"),
        messages.c.state != PURGED,
    )
    .order_by(messages.c.id)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
_ASKED_ABOUT = sa.select(questions.c.message_id).where(
    questions.c.state == "open", questions.c.kind.not_in(ONLY_NO)
)
_CARRIED = sa.select(outbox.c.attach).where(outbox.c.state.in_([state.value for state in UNFINISHED]))


def ends_of_exchanges(connection: sa.Connection) -> dict[int, date]:
    """The last agreed date of each exchange; of one without dates the day of its last mail."""
    last_mail = sa.select(messages.c.exchange_id, sa.func.max(messages.c.arrived_at)).where(
        messages.c.exchange_id.is_not(None)
    )
    ends: dict[int, date] = {
        id_: moment.date() for id_, moment in connection.execute(last_mail.group_by(messages.c.exchange_id))
    }
    agreed: dict[int, date] = {}
    for id_, day in _agreed_days(connection):
        agreed[id_] = max(day, agreed.get(id_, day))
    return {**ends, **agreed}


def _agreed_days(connection: sa.Connection) -> Iterator[tuple[int, date]]:
    moved = moved_dates(connection)
    for row in connection.execute(sa.select(due_dates)):
        letter = (row.exchange_id, row.product, row.number, row.from_class, row.to_class)
        yield row.exchange_id, moved.get(letter, row.due)
    for row in connection.execute(sa.select(sessions.c.exchange_id, sessions.c.start)):
        yield row.exchange_id, datetime.fromisoformat(row.start).date()


def purge(connection: sa.Connection, message_ids: Sequence[int]) -> None:
    """The originals of these messages leave. Their files are removed after the commit."""
    for piece in in_pieces(message_ids):
        connection.execute(sa.update(messages).where(messages.c.id.in_(piece)).values(state=PURGED))


def purged_among(connection: sa.Connection, hashes: Collection[str]) -> set[str]:
    """Which of these hashes are those of messages whose original has left."""
    return _with_hash(connection, hashes, messages.c.state == PURGED)


def known_among(connection: sa.Connection, hashes: Collection[str]) -> set[str]:
    """Which of these hashes are those of messages whose original is kept."""
    return _with_hash(connection, hashes, messages.c.state != PURGED)


def _with_hash(connection: sa.Connection, hashes: Collection[str], which: sa.ColumnElement[bool]) -> set[str]:
    found: set[str] = set()
    for piece in in_pieces(sorted(hashes)):
        query = sa.select(messages.c.sha256).where(messages.c.sha256.in_(piece), which)
        found.update(connection.execute(query).scalars())
    return found


# -- in the mailbox ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Copy:
    """A purged message as it lies in the mailbox, by the UID under which we read it."""

    uid: int
    sha256: str
    size: int


def in_mailbox(
    connection: sa.Connection, mailbox: str, uidvalidity: int, after: int, limit: int
) -> list[Copy]:
    """Purged messages that lie where they came, with a UID above `after`."""
    rows = connection.execute(
        sa.select(places.c.uid, messages.c.sha256, messages.c.size)
        .join(messages, messages.c.id == places.c.message_id)
        .where(
            messages.c.state == PURGED,
            places.c.mailbox == mailbox,
            places.c.uidvalidity == uidvalidity,
            places.c.moved_to == "",
            places.c.uid > after,
        )
        .order_by(places.c.uid)
        .limit(limit)
    )
    return [Copy(row.uid, row.sha256, row.size) for row in rows]


def left_mailbox(connection: sa.Connection, mailbox: str, uidvalidity: int, uids: Collection[int]) -> None:
    """These lie there no more."""
    here = (places.c.mailbox == mailbox, places.c.uidvalidity == uidvalidity)
    for piece in in_pieces(sorted(uids)):
        connection.execute(sa.delete(places).where(*here, places.c.uid.in_(piece)))


def standing(connection: sa.Connection) -> dict[str, Any]:
    """How many originals have left, and how many of those mails still lie in the mailbox, as far as we know.

    Under an older UIDVALIDITY a place says nothing any more.
    """
    count = sa.select(sa.func.count()).select_from(messages).where(messages.c.state == PURGED)
    latest = sa.select(sa.func.max(places.c.uidvalidity)).scalar_subquery()
    lying = (
        sa.select(places.c.moved_to, sa.func.count(places.c.message_id.distinct()))
        .join(messages, messages.c.id == places.c.message_id)
        .where(messages.c.state == PURGED, places.c.uidvalidity == latest)
        .group_by(places.c.moved_to)
    )
    folders = {row[0]: row[1] for row in connection.execute(lying)}
    return {
        "purged": connection.execute(count).scalar_one(),
        "in_mailbox": folders.pop("", 0),
        "in_folders": folders,
    }
