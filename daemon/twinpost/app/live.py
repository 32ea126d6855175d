"""Go-live: until the admin says it, mails are decided and shown, and none is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from twinpost.app.enact import ANSWERS_SINCE, LIVE_SINCE, is_live
from twinpost.core.deciding.gate import BEFORE_GO_LIVE
from twinpost.ledger import facts, outbox
from twinpost.ledger.tables import messages, questions
from twinpost.ledger.tables import outbox as outbox_table


@dataclass(frozen=True, slots=True)
class Held:
    """A mail that waits for go-live."""

    id: int
    notice: str
    recipient: str
    subject: str
    arrived_at: datetime | None  # of the mail that it answers
    goes: bool  # whether go-live would send it


def held(connection: sa.Connection, since: datetime | None) -> list[Held]:
    """What waits, oldest first. With `since`, answers to mail that arrived from then on would go."""
    query = (
        sa.select(
            outbox_table.c.id,
            outbox_table.c.notice,
            outbox_table.c.recipient,
            outbox_table.c.mail,
            messages.c.arrived_at,
        )
        .outerjoin(messages, messages.c.id == outbox_table.c.cause)
        .where(outbox_table.c.state == outbox.State.HELD)
        .order_by(outbox_table.c.id)
    )
    return [
        Held(
            row.id,
            row.notice,
            row.recipient,
            row.mail["subject"],
            row.arrived_at,
            row.arrived_at is None or (since is not None and row.arrived_at >= since),
        )
        for row in connection.execute(query)
    ]


def go_live(connection: sa.Connection, now: datetime, since: datetime | None) -> tuple[int, int]:
    """Mails are sent from now on. Returns how many that waited go, and how many stay unsent for ever."""
    if not is_live(connection):
        facts.note(connection, LIVE_SINCE, now.isoformat())
        facts.note(connection, ANSWERS_SINCE, (since or now).isoformat())
    waiting = held(connection, since)
    going = [mail.id for mail in waiting if mail.goes]
    staying = [mail.id for mail in waiting if not mail.goes]
    outbox.go(connection, now, going)
    for id_ in staying:
        outbox.cancel(connection, id_, BEFORE_GO_LIVE)
    _withdraw_questions(connection, staying)
    return len(going), len(staying)


def _withdraw_questions(connection: sa.Connection, mails: list[int]) -> None:
    """A question that was never put must not be put "again" tomorrow."""
    never_put = sa.select(outbox_table.c.question_id).where(
        outbox_table.c.id.in_(mails), outbox_table.c.question_id.is_not(None)
    )
    connection.execute(
        sa.update(questions)
        .where(questions.c.id.in_(never_put), questions.c.state == "open")
        .values(state="expired", again_at=None)
    )
