"""Small things that outlive a restart, by name."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from twinpost.ledger.tables import facts

_FACT = sa.select(facts.c.value).where(facts.c.name == sa.bindparam("name"))


def fact(connection: sa.Connection, name: str) -> str | None:
    """The value kept under `name`."""
    return connection.execute(_FACT, {"name": name}).scalar_one_or_none()


def known(connection: sa.Connection, names: Sequence[str]) -> dict[str, str]:
    """The values kept under these names; a name without one is left out."""
    return {row.name: row.value for row in connection.execute(_FACTS, {"names": names})}


_FACTS = sa.select(facts.c.name, facts.c.value).where(facts.c.name.in_(sa.bindparam("names", expanding=True)))


def note(connection: sa.Connection, name: str, value: str) -> None:
    """Keep `value` under `name`, in place of what was there."""
    changed = connection.execute(sa.update(facts).where(facts.c.name == name).values(value=value))
    if changed.rowcount == 0:
        connection.execute(sa.insert(facts).values(name=name, value=value))


def drop(connection: sa.Connection, name: str) -> None:
    """Keep nothing under `name`."""
    connection.execute(sa.delete(facts).where(facts.c.name == name))
