"""What teachers said about a letter or an exchange: rows in, model values out."""

from __future__ import annotations

import sqlalchemy as sa

from twinpost.core.model.plan import Said, Statement
from twinpost.ledger import plans
from twinpost.ledger.tables import statements


def say(
    connection: sa.Connection, exchange_id: int, statement: Statement, message: int | None = None
) -> None:
    """Keep a teacher's word, which the mail with the journal id `message` says; the same mail says it once.

    The plan of the exchange is derived anew at the next turn.
    """
    row: dict[str, object] = {
        "exchange_id": exchange_id,
        "said": statement.said.value,
        "person_id": statement.by,
        "said_at": statement.at,
        "product": statement.product,
        "number": statement.number,
        "from_class": statement.from_class or None,
        "to_class": statement.to_class or None,
        "until": statement.until,
        "message_id": message or None,
    }
    if message and _is_kept(connection, row):
        return
    connection.execute(sa.insert(statements).values(row))
    plans.changed(connection, exchange_id)


def take_back(connection: sa.Connection, exchange_id: int, message: int) -> None:
    """What this mail said of the exchange does not count any more."""
    said_by_it = (statements.c.exchange_id == exchange_id, statements.c.message_id == message)
    connection.execute(sa.delete(statements).where(*said_by_it))
    plans.changed(connection, exchange_id)


def _is_kept(connection: sa.Connection, row: dict[str, object]) -> bool:
    """A mail that is read again says nothing new, however much later that is."""
    told = {name: value for name, value in row.items() if name != "said_at"}
    same = [statements.c[name].is_not_distinct_from(value) for name, value in told.items()]
    return connection.execute(sa.select(statements.c.id).where(*same)).first() is not None


def said(connection: sa.Connection, exchange_id: int) -> tuple[Statement, ...]:
    """Everything that was said in this exchange, in the order in which it came."""
    return tuple(
        Statement(
            said=Said(row.said),
            by=row.person_id,
            at=row.said_at,
            product=row.product,
            number=row.number,
            from_class=row.from_class or 0,
            to_class=row.to_class or 0,
            until=row.until,
        )
        for row in connection.execute(_SAID, {"exchange": exchange_id})
    )


_SAID = (
    sa.select(statements)
    .where(statements.c.exchange_id == sa.bindparam("exchange"))
    .order_by(statements.c.said_at, statements.c.id)
)
