"""Applying an exchange file to the ledger.

What is stored keeps its id: the exchange by its code, a class by its slug or names, a person by any of
her addresses. Who is no longer in the file becomes inactive and keeps her history. Amendments lie above
the file and stay untouched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain, count
from typing import Any

import sqlalchemy as sa

from twinpost.core.model.filed import ClassAsFiled, ExchangeAsFiled, MeetingAsFiled, match_classes
from twinpost.core.model.people import Role
from twinpost.ledger import plans
from twinpost.ledger.addressees import readdress
from twinpost.ledger.enrolling import put_people
from twinpost.ledger.people import bump_revision
from twinpost.ledger.rows import calendar_rows, hours_text, in_pieces, put_row
from twinpost.ledger.tables import classes, due_dates, exchanges, pairs, sessions


def apply_exchange(connection: sa.Connection, filed: ExchangeAsFiled, now: datetime) -> None:
    """Make the ledger say what the file says, within the caller's transaction."""
    exchange_id = _put_exchange(connection, filed, now)
    class_ids = _put_classes(connection, exchange_id, filed.classes)
    ids = put_people(connection, exchange_id, class_ids, filed)
    _put_meeting(connection, exchange_id, filed.meeting, class_ids)
    _sync(connection, due_dates, exchange_id, [
        (line.product, line.number, class_ids[line.from_class], class_ids[line.to_class], line.due)
        for line in filed.schedule
    ])  # fmt: skip
    _sync(connection, pairs, exchange_id, [
        tuple(ids[pupil.school_class, Role.PUPIL, pupil.name] for pupil in pair) for pair in filed.pairs
    ])  # fmt: skip
    _sync(connection, sessions, exchange_id, [
        (session.title, f"{session.start:%Y-%m-%dT%H:%M}", session.zone, session.minutes, session.link)
        for session in filed.sessions
    ])  # fmt: skip
    readdress(connection, exchange_id)
    plans.changed(connection, exchange_id)
    bump_revision(connection)


def _put_exchange(connection: sa.Connection, filed: ExchangeAsFiled, now: datetime) -> int:
    stored = connection.execute(sa.select(exchanges.c.id).where(exchanges.c.code == filed.code)).scalar()
    values = {
        "code": filed.code,
        "title": filed.title,
        "language": filed.language,
        "mode": filed.mode.value,
        "letters": filed.letters,
        "guard": filed.guard.value,
        "copies": filed.copies.value,
        "applied_at": now,
    }
    exchange_id = put_row(connection, exchanges, stored, values)
    if stored is None:
        plans.begin(connection, exchange_id, now)
    return exchange_id


def _put_meeting(
    connection: sa.Connection, exchange_id: int, meeting: MeetingAsFiled | None, class_ids: Mapping[str, int]
) -> None:
    row = meeting and {
        "every": meeting.every,
        "weekday": meeting.weekday,
        "at": f"{meeting.at:%H:%M}",
        "host": class_ids[meeting.host],
        "week": meeting.week,
        "minutes": meeting.minutes,
    }
    value = sa.null() if row is None else row
    connection.execute(sa.update(exchanges).where(exchanges.c.id == exchange_id).values(meeting=value))


def _sync(
    connection: sa.Connection, table: sa.Table, exchange_id: int, wanted: Sequence[tuple[Any, ...]]
) -> None:
    """Drop the exchange's rows that are not wanted, add those that are missing; the others keep their id."""
    columns = [column for column in table.c if column.name not in ("id", "exchange_id")]
    query = sa.select(table.c.id, *columns).where(table.c.exchange_id == exchange_id)
    stored = {tuple(values): id_ for id_, *values in connection.execute(query)}
    gone = [id_ for values, id_ in stored.items() if values not in set(wanted)]
    for piece in in_pieces(gone):
        connection.execute(sa.delete(table).where(table.c.id.in_(piece)))
    new = [values for values in wanted if values not in stored]
    if new:
        names = [column.name for column in columns]
        rows = [{"exchange_id": exchange_id, **dict(zip(names, values, strict=True))} for values in new]
        connection.execute(sa.insert(table), rows)


# -- classes -------------------------------------------------------------------------------------


def _put_classes(
    connection: sa.Connection, exchange_id: int, filed: Sequence[ClassAsFiled]
) -> dict[str, int]:
    """The ledger's ids by name of class."""
    query = sa.select(classes).where(classes.c.exchange_id == exchange_id)
    stored = connection.execute(query.order_by(classes.c.id)).all()
    found = match_classes(filed, stored)
    connection.execute(sa.update(classes).where(classes.c.exchange_id == exchange_id).values(active=False))
    taken = {row.slug for row in stored}
    ids = {}
    for position, one in enumerate(filed):
        known = stored[found[one.name]] if one.name in found else None
        slug = known.slug if known and one.slug in (one.name, known.slug) else _free(one.slug, taken)
        taken.add(slug)
        row = {**_class_row(one), "exchange_id": exchange_id, "slug": slug, "position": position}
        ids[one.name] = put_row(connection, classes, known.id if known else None, row)
    return ids


def _free(slug: str, taken: set[str]) -> str:
    """The slug, with a number if a class that is no longer called so still has it."""
    numbered = (f"{slug} ({number})" for number in count(2))
    return next(one for one in chain((slug,), numbered) if one not in taken)


def _class_row(filed: ClassAsFiled) -> dict[str, Any]:
    return {
        "name": filed.name,
        "aliases": list(filed.aliases),
        "school": filed.school,
        "country": filed.country,
        "city": filed.city,
        "timezone": filed.timezone,
        "language": filed.language,
        "opens": list(filed.opens),
        "school_days": list(filed.school_days),
        "school_hours": hours_text(filed.school_hours),
        "calendar": calendar_rows(filed.calendar, filed.day_hours),
        "active": True,
    }
