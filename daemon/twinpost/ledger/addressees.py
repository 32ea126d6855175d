"""Mails that have not left yet follow the people they are for: an exchange file may correct an address."""

from __future__ import annotations

import sqlalchemy as sa

from twinpost.core.model.people import Role
from twinpost.ledger import outbox
from twinpost.ledger.outbox import MAY_BE_CANCELLED
from twinpost.ledger.tables import addresses, classes, memberships
from twinpost.ledger.tables import outbox as mails

GONE = "no longer of this exchange"


def readdress(connection: sa.Connection, exchange_id: int) -> None:
    """What waits for somebody goes to an address that is still hers, or to nobody when she has left."""
    now_hers: dict[int, list[str]] = {}
    for person_id, address in connection.execute(_WRITTEN_TO, {"exchange": exchange_id}):
        now_hers.setdefault(person_id, []).append(address)
    waiting = sa.select(mails.c.id, mails.c.person_id, mails.c.recipient, mails.c.mail).where(
        mails.c.exchange_id == exchange_id,
        mails.c.person_id.is_not(None),
        mails.c.state.in_(MAY_BE_CANCELLED),
    )
    for row in connection.execute(waiting).all():
        hers = now_hers.get(row.person_id, [])
        if not hers:
            outbox.cancel(connection, row.id, GONE)
        elif row.recipient not in hers:
            ((name, _),) = row.mail["to"]
            mail = {**row.mail, "to": [[name, hers[0]]]}
            change = sa.update(mails).where(mails.c.id == row.id).values(recipient=hers[0], mail=mail)
            connection.execute(change)


_WRITTEN_TO = (
    sa.select(addresses.c.person_id, addresses.c.address)
    .join(memberships, memberships.c.person_id == addresses.c.person_id)
    .join(classes, classes.c.id == memberships.c.class_id)
    .where(
        classes.c.exchange_id == sa.bindparam("exchange"),
        classes.c.active,
        memberships.c.active,
        memberships.c.role.in_((Role.TEACHER.value, Role.LEADER.value)),
    )
    .order_by(addresses.c.position)
)
"""Teachers and leaders of an exchange with their addresses, the one that is written to first."""
