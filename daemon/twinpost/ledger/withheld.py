"""Messages that the server lists and does not give: asked for again, three times, then reported."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from twinpost.ledger.tables import withheld


def blamed(connection: sa.Connection, mailbox: str, uidvalidity: int) -> dict[int, int]:
    """UID to tries of what was not given, lowest UID first."""
    query = (
        sa.select(withheld.c.uid, withheld.c.tries)
        .where(withheld.c.mailbox == mailbox, withheld.c.uidvalidity == uidvalidity)
        .order_by(withheld.c.uid)
    )
    return {row.uid: row.tries for row in connection.execute(query)}


def blame(connection: sa.Connection, mailbox: str, uidvalidity: int, uid: int, now: datetime) -> int:
    """The server did not give this one. Returns how often that has happened now."""
    here = (
        withheld.c.mailbox == mailbox,
        withheld.c.uidvalidity == uidvalidity,
        withheld.c.uid == uid,
    )
    changed = connection.execute(sa.update(withheld).where(*here).values(tries=withheld.c.tries + 1))
    if changed.rowcount == 0:
        connection.execute(
            sa.insert(withheld).values(mailbox=mailbox, uidvalidity=uidvalidity, uid=uid, tries=1, since=now)
        )
    tries: int = connection.execute(sa.select(withheld.c.tries).where(*here)).scalar_one()
    return tries


def forget(connection: sa.Connection, mailbox: str, uid: int) -> None:
    """It was given after all, or it has gone."""
    connection.execute(sa.delete(withheld).where(withheld.c.mailbox == mailbox, withheld.c.uid == uid))


def lost(connection: sa.Connection, most_tries: int) -> list[tuple[str, int, datetime]]:
    """(mailbox, UID, since) of what is not asked for any more."""
    query = sa.select(withheld).where(withheld.c.tries >= most_tries).order_by(withheld.c.since)
    return [(row.mailbox, row.uid, row.since) for row in connection.execute(query)]
