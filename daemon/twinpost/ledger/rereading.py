"""Messages that are taken up once more: why, and what they turned out to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from twinpost.core.model.kind import Kind
from twinpost.core.model.mail import TakenUp
from twinpost.core.model.question import QuestionKind
from twinpost.ledger.rows import in_pieces
from twinpost.ledger.tables import messages, questions, rereadings

NOT_UNDERSTOOD = (Kind.STRANGER, Kind.UNCLEAR, Kind.OTHER)
"""What may be something else once more is known about people, classes and their names."""


@dataclass(frozen=True, slots=True)
class Rereading:
    """One time that a message was taken up again; `after` is "" until it has been read."""

    why: TakenUp
    taken_up_at: datetime
    before: str
    after: str


def take_up(connection: sa.Connection, message_ids: Sequence[int], why: TakenUp, now: datetime) -> int:
    """Put messages back to be processed; returns how many there were.

    That is noted for those that have been processed before; others were set aside, and begin anew.
    """
    count = 0
    for piece in in_pieces(message_ids):
        these = messages.c.id.in_(piece)
        before = sa.select(messages.c.id, messages.c.kind).where(these, messages.c.processed_at.is_not(None))
        rows = [
            {
                "message_id": row.id,
                "why": why.value,
                "taken_up_at": now,
                "kind_before": row.kind,
                "kind_after": "",
            }
            for row in connection.execute(before)
        ]
        if rows:
            connection.execute(sa.insert(rereadings), rows)
        put_back = sa.update(messages).where(these)
        count += connection.execute(put_back.values(state="kept", tries=0, reason="", same_as=None)).rowcount
    return count


def pending(connection: sa.Connection, message_id: int) -> Rereading | None:
    """Why a message is about to be read again; None when it has been read since it was last taken up."""
    row = connection.execute(_PENDING, {"message": message_id}).first()
    return Rereading(TakenUp(row.why), row.taken_up_at, row.kind_before, "") if row else None


_PENDING = (
    sa.select(rereadings)
    .where(rereadings.c.message_id == sa.bindparam("message"), rereadings.c.read_at.is_(None))
    .order_by(rereadings.c.id.desc())
    .limit(1)
)


def claimed_by(connection: sa.Connection, message_id: int) -> set[int]:
    """Who said that a message is hers, and its address too, so that it is about to be read again."""
    query = (
        sa.select(questions.c.answered_by)
        .join(rereadings, rereadings.c.message_id == questions.c.message_id)
        .where(
            questions.c.message_id == message_id,
            questions.c.kind == QuestionKind.WAS_THIS_YOU.value,
            questions.c.answered_by.is_not(None),
            rereadings.c.why == TakenUp.ADDRESS.value,
            rereadings.c.read_at.is_(None),
        )
    )
    return set(connection.execute(query).scalars())


def note_read(connection: sa.Connection, message_id: int, kind: Kind, now: datetime) -> None:
    """It has been read again, and is a message of this kind."""
    connection.execute(
        sa.update(rereadings)
        .where(rereadings.c.message_id == message_id, rereadings.c.read_at.is_(None))
        .values(kind_after=kind.value, read_at=now)
    )


def history(connection: sa.Connection, message_id: int) -> tuple[Rereading, ...]:
    """Every time that a message was taken up again, oldest first."""
    rows = connection.execute(
        sa.select(rereadings).where(rereadings.c.message_id == message_id).order_by(rereadings.c.id)
    )
    return tuple(
        Rereading(TakenUp(row.why), row.taken_up_at, row.kind_before, row.kind_after) for row in rows
    )


# -- which ---------------------------------------------------------------------------------------

_A_STRANGERS = sa.and_(
    messages.c.kind == Kind.STRANGER.value,
    messages.c.person_id.is_(None),  # else a teacher said of a mail in her name that it was not hers
)


def of_strangers(connection: sa.Connection, address: str) -> list[int]:
    """What has come from this address while nobody knew whose it was."""
    own = sa.select(messages.c.id).where(
        messages.c.sender == address, messages.c.state == "processed", _A_STRANGERS
    )
    return list(connection.execute(own.order_by(messages.c.id)).scalars())


def not_understood(connection: sa.Connection, since: datetime) -> dict[int, Kind]:
    """Mail that has arrived since then and that a new exchange file may explain, with its kind by now.

    Not what a teacher has decided about: a letter that she named, or said to be none, and mail that she
    had passed on, or not.
    """
    decided = sa.select(questions.c.message_id).where(
        questions.c.answered_by.is_not(None),
        questions.c.kind.in_((QuestionKind.WHICH_LETTER.value, QuestionKind.PASS_ON.value)),
    )
    ours = messages.c.kind.in_([kind.value for kind in NOT_UNDERSTOOD if kind is not Kind.STRANGER])
    query = (
        sa.select(messages.c.id, messages.c.kind)
        .where(
            messages.c.arrived_at >= since,
            messages.c.state == "processed",
            sa.or_(ours, _A_STRANGERS),
            messages.c.id.not_in(decided),
        )
        .order_by(messages.c.id)
    )
    return {row.id: Kind(row.kind) for row in connection.execute(query)}
