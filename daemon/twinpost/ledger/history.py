"""The facts of one exchange that its plan is derived from, gathered from all tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from twinpost.core.deciding.guard_lines import left_out_in
from twinpost.core.model.kind import Kind
from twinpost.core.model.notice import GuardLine, LetterArrived
from twinpost.core.model.people import Role
from twinpost.core.model.plan import History
from twinpost.ledger import deliveries, plans, rules_in_force, statements
from twinpost.ledger.tables import agenda, classes, memberships, messages, outbox

WAITS = ("held", "withheld", "waiting", "sending")
"""States of a mail that has not left yet."""

NOT_WRITTEN = (Kind.AUTOMATIC.value, Kind.BOUNCE.value, Kind.STRANGER.value)
"""Kinds of mail that are no sign of life from a teacher."""


def history(
    connection: sa.Connection, exchange_id: int, now: datetime, live_since: datetime | None = None
) -> History:
    """All facts of an exchange as of `now`.

    Once the office is live nothing is planned for before that day. A mail that still waits in the outbox
    counts as sent now: the next step counts from when it has left.
    """
    first = plans.since(connection, exchange_id)
    return History(
        applied_at=max(first, live_since or first),
        in_force=rules_in_force.since(connection),
        deliveries=deliveries.of_exchange(connection, exchange_id),
        statements=statements.said(connection, exchange_id),
        sent=_sent(connection, exchange_id, now),
        last_contact=_last_contact(connection, exchange_id),
        missing_copies=_missing_copies(connection, exchange_id),
    )


def _sent(connection: sa.Connection, exchange_id: int, now: datetime) -> dict[str, datetime]:
    rows = connection.execute(_SENT, {"exchange": exchange_id})
    return {row.key: now if row.state in WAITS else row.sent_at or row.gone_at for row in rows}


_SENT = (
    sa.select(agenda.c.key, agenda.c.gone_at, outbox.c.state, outbox.c.sent_at)
    .outerjoin(outbox, outbox.c.key == agenda.c.mail_key)
    .where(agenda.c.exchange_id == sa.bindparam("exchange"), agenda.c.gone_at.is_not(None))
)


def _last_contact(connection: sa.Connection, exchange_id: int) -> datetime | None:
    """When the last mail of a teacher came that a person wrote."""
    return connection.execute(_LAST_CONTACT, {"exchange": exchange_id}).scalar()


_TEACHERS = (
    sa.select(memberships.c.person_id)
    .join(classes, classes.c.id == memberships.c.class_id)
    .where(
        classes.c.exchange_id == sa.bindparam("exchange"),
        memberships.c.role == Role.TEACHER.value,
    )
)
_LAST_CONTACT = sa.select(sa.func.max(messages.c.arrived_at)).where(
    messages.c.exchange_id == sa.bindparam("exchange"),
    messages.c.person_id.in_(_TEACHERS),
    messages.c.kind.not_in(NOT_WRITTEN),
)


def _missing_copies(connection: sa.Connection, exchange_id: int) -> tuple[tuple[int, int, datetime], ...]:
    """(message, class left out, when): letters that we passed on, and pupils' mails that lacked a teacher."""
    found: dict[tuple[int, int], datetime] = {}
    for row in connection.execute(_GUARDED, {"exchange": exchange_id}):
        for class_id in left_out_in(row.key):
            found.setdefault((row.cause, class_id), row.arrived_at)
    for row in connection.execute(_PASSED_ON, {"exchange": exchange_id}):
        if row.attach:
            found.setdefault((row.cause, row.class_id), row.arrived_at)
    return tuple((message, class_id, moment) for (message, class_id), moment in found.items())


_GUARDED: sa.Select[Any] = (
    sa.select(outbox.c.cause, outbox.c.key, messages.c.arrived_at)
    .join(messages, messages.c.id == outbox.c.cause)
    .where(outbox.c.exchange_id == sa.bindparam("exchange"), outbox.c.notice == GuardLine.name)
    .order_by(outbox.c.id)
)
_PASSED_ON: sa.Select[Any] = (
    sa.select(outbox.c.cause, outbox.c.attach, memberships.c.class_id, messages.c.arrived_at)
    .join(messages, messages.c.id == outbox.c.cause)
    .join(memberships, memberships.c.person_id == outbox.c.person_id)
    .join(classes, classes.c.id == memberships.c.class_id)
    .where(
        outbox.c.exchange_id == sa.bindparam("exchange"),
        outbox.c.notice == LetterArrived.name,
        classes.c.exchange_id == sa.bindparam("exchange"),
        memberships.c.role == Role.TEACHER.value,
    )
    .order_by(outbox.c.id)
)
