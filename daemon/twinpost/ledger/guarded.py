"""What the guard has entered in the outbox: its mails lately, and the lines that wait for a list."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from twinpost.core.deciding.guard_lines import LISTED
from twinpost.core.model.known import GuardMail
from twinpost.core.model.mail import Kept, Reading
from twinpost.core.model.notice import DirectMail, GuardLine, GuardOriginal, StrangerAlert
from twinpost.core.model.people import Directory, Role
from twinpost.ledger.outbox import State
from twinpost.ledger.tables import outbox

OF_THE_GUARD = (GuardLine.name, GuardOriginal.name, StrangerAlert.name, DirectMail.name)
A_DAY = timedelta(hours=26)
"""A day of any calendar, and a little more."""


def lately(
    connection: sa.Connection, directory: Directory, kept: Kept, reading: Reading
) -> tuple[GuardMail, ...]:
    """The guard's mails of the last day in the exchanges of the pupils in this mail, and those it led to."""
    people = (*reading.from_, *reading.to, *reading.cc)
    places = [place for one in people for place in directory.who(one.address)]
    exchanges = sorted({place.exchange.id for place in places if place.role is Role.PUPIL})
    if not exchanges:
        return ()
    rows = connection.execute(
        sa.select(
            outbox.c.notice,
            outbox.c.key,
            outbox.c.person_id,
            outbox.c.cause,
            outbox.c.state,
            outbox.c.why,
            outbox.c.made_at,
        )
        .where(
            outbox.c.exchange_id.in_(exchanges),
            outbox.c.notice.in_(OF_THE_GUARD),
            sa.or_(outbox.c.made_at > kept.arrived_at - A_DAY, outbox.c.cause == kept.id),
        )
        .order_by(outbox.c.id)
    )
    return tuple(
        GuardMail(
            notice=row.notice,
            key=row.key,
            person=row.person_id or 0,
            cause=row.cause or 0,
            went=row.state not in (State.CANCELLED, State.JOINED),
            why=row.why,
            made_at=row.made_at,
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A line that gives way to a list which has not been written yet."""

    id: int
    exchange_id: int
    person: int
    key: str
    made_at: datetime


_UNLISTED = (
    sa.select(outbox.c.id, outbox.c.exchange_id, outbox.c.person_id, outbox.c.key, outbox.c.made_at)
    .where(
        outbox.c.state == State.CANCELLED.value,
        outbox.c.notice == GuardLine.name,
        outbox.c.why == LISTED,
    )
    .order_by(outbox.c.id)
)


def unlisted(connection: sa.Connection) -> tuple[Unlisted, ...]:
    """Every line that waits for its list."""
    return tuple(
        Unlisted(row.id, row.exchange_id or 0, row.person_id or 0, row.key, row.made_at)
        for row in connection.execute(_UNLISTED)
    )


def listed(connection: sa.Connection, lines: Collection[Unlisted]) -> None:
    """These lines stand in a list now."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.id.in_([line.id for line in lines]), outbox.c.state == State.CANCELLED.value)
        .values(state=State.JOINED.value)
    )
