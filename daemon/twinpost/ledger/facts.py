"""Small things that outlive a restart, by name."""

from __future__ import annotations

import sqlalchemy as sa

from twinpost.ledger.tables import facts

_FACT = sa.select(facts.c.value).where(facts.c.name == sa.bindparam("name"))


def fact(connection: sa.Connection, name: str) -> str | None:
    """The value kept under `name`."""
    return connection.execute(_FACT, {"name": name}).scalar_one_or_none()


def note(connection: sa.Connection, name: str, value: str) -> None:
    """Keep `value` under `name`, in place of what was there."""
    changed = connection.execute(sa.update(facts).where(facts.c.name == name).values(value=value))
    if changed.rowcount == 0:
        connection.execute(sa.insert(facts).values(name=name, value=value))


def drop(connection: sa.Connection, name: str) -> None:
    """Keep nothing under `name`."""
    connection.execute(sa.delete(facts).where(facts.c.name == name))
