"""Which exchanges have a plan that is out of date: whatever changes their facts says so here."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from twinpost.ledger.tables import plans

# Built once: they run for every message, for every plan, and every second.
_CHANGED = (
    sa.update(plans)
    .where(plans.c.exchange_id == sa.bindparam("exchange"), plans.c.stale.is_(False))
    .values(stale=True)
)
_SINCE = sa.select(plans.c.since).where(plans.c.exchange_id == sa.bindparam("exchange"))
_STALE = (
    sa.select(plans.c.exchange_id)
    .where(plans.c.stale)
    .order_by(plans.c.exchange_id)
    .limit(sa.bindparam("limit"))
)
_DERIVED = sa.update(plans).where(plans.c.exchange_id == sa.bindparam("exchange")).values(stale=False)


def begin(connection: sa.Connection, exchange_id: int, now: datetime) -> None:
    """An exchange was applied for the first time."""
    connection.execute(sa.insert(plans).values(exchange_id=exchange_id, since=now, stale=True))


def since(connection: sa.Connection, exchange_id: int) -> datetime:
    """When the exchange was applied first. Raises sqlalchemy.exc.NoResultFound."""
    found: datetime = connection.execute(_SINCE, {"exchange": exchange_id}).scalar_one()
    return found


def changed(connection: sa.Connection, exchange_id: int) -> None:
    """A fact of this exchange has changed."""
    connection.execute(_CHANGED, {"exchange": exchange_id})


def all_changed(connection: sa.Connection) -> None:
    """Something has changed that every plan may rest on: rules, the day."""
    connection.execute(sa.update(plans).where(plans.c.stale.is_(False)).values(stale=True))


def stale(connection: sa.Connection, limit: int) -> list[int]:
    """The exchanges whose plan is out of date, by id."""
    return list(connection.execute(_STALE, {"limit": limit}).scalars())


def derived(connection: sa.Connection, exchange_id: int) -> None:
    """The plan of this exchange is what follows from its facts."""
    connection.execute(_DERIVED, {"exchange": exchange_id})
