"""Mail of people whom we know that lies in a junk folder: seen there, and never read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from twinpost.core.model.mail import Bookmark, Glance
from twinpost.ledger.rows import in_pieces
from twinpost.ledger.tables import exchanges, junk, junk_folders, messages, people

KEPT_FOR = timedelta(days=30)
"""How long it is remembered that a mail lay there once."""

MOST_WATCHED = 500
"""Mails of which we look whether they still lie there."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A mail of somebody whom we know, as its header lines say it; nothing of it is believed."""

    uid: int
    message_id: str
    sender: str
    subject: str
    arrived_at: datetime
    exchange_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class Lying:
    """Such a mail for those who look on."""

    id: int
    folder: str
    exchange: str
    person: str
    sender: str
    subject: str
    arrived_at: datetime
    told: bool  # the admin has been written to about it


def bookmark(connection: sa.Connection, folder: str) -> Bookmark:
    """How far a folder has been looked through, and what was found in it."""
    row = connection.execute(sa.select(junk_folders).where(junk_folders.c.name == folder)).first()
    if row is None:
        return Bookmark()
    lying = connection.execute(
        sa.select(junk.c.uid)
        .where(junk.c.folder == folder, junk.c.uidvalidity == row.uidvalidity, junk.c.gone_at.is_(None))
        .order_by(junk.c.uid.desc())
        .limit(MOST_WATCHED)
    )
    return Bookmark(row.uidvalidity, row.last_uid, tuple(sorted(lying.scalars())))


def note(
    connection: sa.Connection,
    folder: str,
    mark: Bookmark,
    glance: Glance,
    sightings: Sequence[Sighting],
    now: datetime,
) -> int:
    """Write down what a look brought. Returns how many mails are new.

    What has been read (and was put there afterwards) is left out; what a new UIDVALIDITY or a new name of
    the folder only lists anew is known by its Message-ID.
    """
    values = {"uidvalidity": glance.uidvalidity, "last_uid": glance.up_to}
    here = junk_folders.c.name == folder
    if connection.execute(sa.update(junk_folders).where(here).values(values)).rowcount == 0:
        connection.execute(sa.insert(junk_folders).values(name=folder, **values))
    if mark.uidvalidity == glance.uidvalidity:
        _gone(connection, folder, set(mark.lying) - glance.there, now)
    else:
        other = (junk.c.folder == folder, junk.c.uidvalidity != glance.uidvalidity, junk.c.gone_at.is_(None))
        connection.execute(sa.update(junk).where(*other).values(gone_at=now))
    new = [one for one in sightings if not _known(connection, folder, one, glance.uidvalidity)]
    if new:
        place = {"folder": folder, "uidvalidity": glance.uidvalidity, "seen_at": now}
        connection.execute(sa.insert(junk), [{**place, **_row(one)} for one in new])
    return len(new)


def _row(one: Sighting) -> dict[str, object]:
    return {
        "uid": one.uid,
        "message_id": one.message_id[:998],
        "sender": one.sender[:320],
        "subject": one.subject[:1000],
        "arrived_at": one.arrived_at,
        "exchange_id": one.exchange_id,
        "person_id": one.person_id,
    }


def _known(connection: sa.Connection, folder: str, one: Sighting, uidvalidity: int) -> bool:
    """Whether it was read, or seen before: then its place is brought up to date."""
    if not one.message_id:
        return False
    moved = connection.execute(
        sa.update(junk)
        .where(
            junk.c.message_id == one.message_id[:998],
            junk.c.sender == one.sender[:320],
            sa.or_(junk.c.folder != folder, junk.c.uidvalidity != uidvalidity),
        )
        .values(folder=folder, uidvalidity=uidvalidity, uid=one.uid, gone_at=None)
    )
    read = sa.select(messages.c.id).where(
        messages.c.message_id == one.message_id[:998], messages.c.sender == one.sender[:320]
    )
    return moved.rowcount > 0 or connection.execute(read.limit(1)).first() is not None


def _gone(connection: sa.Connection, folder: str, uids: Collection[int], now: datetime) -> None:
    for piece in in_pieces(sorted(uids)):
        lay = (junk.c.folder == folder, junk.c.uid.in_(piece), junk.c.gone_at.is_(None))
        connection.execute(sa.update(junk).where(*lay).values(gone_at=now))


def tidy(connection: sa.Connection, folders: Sequence[str], now: datetime, since: datetime) -> None:
    """Forget what is not looked at any more: other folders, mail from before `since`, old sightings."""
    lies = junk.c.gone_at.is_(None)
    elsewhere = sa.or_(junk.c.folder.not_in(folders), junk.c.arrived_at < since)
    connection.execute(sa.update(junk).where(lies, elsewhere).values(gone_at=now))
    connection.execute(sa.delete(junk).where(junk.c.gone_at < now - KEPT_FOR))


def lying(connection: sa.Connection) -> list[Lying]:
    """What lies in junk folders now, oldest first."""
    rows = connection.execute(
        sa.select(junk, exchanges.c.code, people.c.name)
        .join(exchanges, exchanges.c.id == junk.c.exchange_id)
        .join(people, people.c.id == junk.c.person_id)
        .where(junk.c.gone_at.is_(None))
        .order_by(junk.c.arrived_at, junk.c.id)
    )
    return [
        Lying(
            row.id,
            row.folder,
            row.code,
            row.name,
            row.sender,
            row.subject,
            row.arrived_at,
            row.told_at is not None,
        )
        for row in rows
    ]


def last_told(connection: sa.Connection) -> datetime | None:
    """When the admin was last written to about junk."""
    return connection.execute(sa.select(sa.func.max(junk.c.told_at))).scalar()


def told(connection: sa.Connection, ids: Sequence[int], now: datetime) -> None:
    """The admin is written to about these."""
    for piece in in_pieces(ids):
        connection.execute(sa.update(junk).where(junk.c.id.in_(piece)).values(told_at=now))
