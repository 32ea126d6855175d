"""Since when each rule is in force: a new one and a changed one from the moment at which they are seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from twinpost.ledger import plans
from twinpost.ledger.tables import rules_in_force


def since(connection: sa.Connection) -> dict[str, datetime]:
    """When each rule came into force, by its id."""
    return {row.rule: row.since for row in connection.execute(_SINCE)}


_SINCE = sa.select(rules_in_force.c.rule, rules_in_force.c.since)


def unchanged(connection: sa.Connection, fingerprints: Mapping[str, str]) -> dict[str, datetime]:
    """When those of these rules came into force that the daemon has seen as they are, by id."""
    rows = connection.execute(sa.select(rules_in_force))
    return {row.rule: row.since for row in rows if fingerprints.get(row.rule) == row.fingerprint}


def compare(connection: sa.Connection, fingerprints: Mapping[str, str], now: datetime) -> list[str]:
    """Note the rules as they are now: rule id to the fingerprint of what it says.

    Returns the ids of those that are new or changed, and are in force from `now` on. What is no longer
    there is forgotten: when it comes back it is new. Every plan is out of date after a change.
    """
    query = sa.select(rules_in_force.c.rule, rules_in_force.c.fingerprint)
    kept = {row.rule: row.fingerprint for row in connection.execute(query)}
    fresh = [rule for rule, fingerprint in fingerprints.items() if kept.get(rule) != fingerprint]
    gone = [rule for rule in kept if rule not in fingerprints]
    for rule in (*gone, *fresh):
        connection.execute(sa.delete(rules_in_force).where(rules_in_force.c.rule == rule))
    for rule in fresh:
        row = {"rule": rule, "fingerprint": fingerprints[rule], "since": now}
        connection.execute(sa.insert(rules_in_force).values(row))
    if fresh or gone:
        plans.all_changed(connection)
    return fresh
