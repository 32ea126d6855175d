"""What delivery reports have told of the addresses that we write to, and of which mails they can tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from twinpost.core.model.bounce import Cause, ReportedMail, Standing
from twinpost.core.model.effect import CountFailure, Recover
from twinpost.ledger.tables import failing_addresses as table
from twinpost.ledger.tables import outbox

MOST_IDS = 40


def reported(connection: sa.Connection, ids: Sequence[str]) -> tuple[ReportedMail, ...]:
    """The mails with these Message-IDs that have left us, or may have."""
    if not ids:
        return ()
    query = (
        sa.select(
            outbox.c.id,
            outbox.c.recipient,
            outbox.c.person_id,
            sa.func.coalesce(outbox.c.sent_at, outbox.c.made_at, type_=outbox.c.made_at.type).label(
                "left_at"
            ),
        )
        .where(
            outbox.c.message_id.in_(list(ids)[:MOST_IDS]),
            sa.or_(outbox.c.state.in_(("sent", "sending")), outbox.c.tries > 0),
        )
        .order_by(outbox.c.id)
    )
    return tuple(
        ReportedMail(
            row.id,
            row.recipient,
            row.person_id or 0,
            row.left_at,
            standing(connection, row.recipient) or Standing(row.recipient, row.person_id or 0),
        )
        for row in connection.execute(query).all()
    )


def standing(connection: sa.Connection, address: str) -> Standing | None:
    """What is known of an address; None for one of which nothing has ever come back."""
    row = connection.execute(_ONE, {"address": address}).first()
    return _standing(row) if row else None


_ONE = sa.select(table).where(table.c.address == sa.bindparam("address"))


def _standing(row: Any) -> Standing:
    values = {field.name: getattr(row, field.name) for field in fields(Standing) if field.name != "person"}
    return Standing(**{**values, "cause": Cause(row.cause), "person": row.person_id or 0})


def count(connection: sa.Connection, effect: CountFailure) -> None:
    """Write down how an address stands after a report."""
    known = effect.standing
    row = {field.name: getattr(known, field.name) for field in fields(known) if field.name != "person"}
    row |= {"cause": known.cause.value, "person_id": known.person or None, "message_id": effect.message}
    connection.execute(_COUNT[connection.dialect.name], row)


def _counting(insert: Any) -> Any:
    """One row for each address: the last report says how it stands."""
    new = insert(table)
    changed = {column.name: new.excluded[column.name] for column in table.c if column.name != "address"}
    return new.on_conflict_do_update(index_elements=["address"], set_=changed)


_COUNT = {"sqlite": _counting(sqlite.insert), "postgresql": _counting(postgresql.insert)}


def recover(connection: sa.Connection, effect: Recover) -> None:
    """Mails to it arrive again: its score begins anew. When it was told of last stays known."""
    connection.execute(
        sa.update(table)
        .where(table.c.address == effect.address)
        .values(points=0, day_points=0, bouncing=False, recovered_at=effect.at, recovered_by=effect.by)
    )


def bouncing(connection: sa.Connection) -> list[Standing]:
    """The addresses that count as bouncing, the oldest trouble first."""
    query = sa.select(table).where(table.c.bouncing).order_by(table.c.since, table.c.address)
    return [_standing(row) for row in connection.execute(query)]


def recovered(connection: sa.Connection, since: datetime) -> list[Standing]:
    """Those that somebody was told of, and that have recovered since then."""
    query = (
        sa.select(table)
        .where(table.c.bouncing.is_(False), table.c.told_at.is_not(None), table.c.recovered_at > since)
        .order_by(table.c.recovered_at, table.c.address)
    )
    return [_standing(row) for row in connection.execute(query)]


def probed(connection: sa.Connection) -> list[tuple[Standing, datetime]]:
    """Bouncing addresses with the first mail that was sent to each after its last failure."""
    query = (
        sa.select(table, sa.func.min(outbox.c.sent_at, type_=outbox.c.sent_at.type).label("first"))
        .join(outbox, outbox.c.recipient == table.c.address)
        .where(table.c.bouncing, outbox.c.sent_at > table.c.last_at)
        .group_by(*table.c)
    )
    return [(_standing(row), row.first) for row in connection.execute(query)]
