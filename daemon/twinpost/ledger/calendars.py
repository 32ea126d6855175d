"""The calendars of classes, where only their dates change: those that stand elsewhere are looked up anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import sqlalchemy as sa

from twinpost.core.calendars.school import CalendarEntry, SchoolCalendar
from twinpost.ledger import plans
from twinpost.ledger.people import bump_revision
from twinpost.ledger.rows import calendar_of, calendar_rows, day_hours_of, hours_of
from twinpost.ledger.tables import classes


def kept_calendars(connection: sa.Connection) -> Iterator[SchoolCalendar]:
    """The calendar of each class that takes part, as its exchange file made it."""
    query = sa.select(classes).where(classes.c.active).order_by(classes.c.id)
    for row in connection.execute(query).all():
        hours, by_day = hours_of(row.school_hours), day_hours_of(row.calendar)
        plain = SchoolCalendar.at(row.timezone, row.school_days, hours, by_day)
        yield replace(plain, entries=calendar_of(row.calendar), school_class=row.id)


def put_dates(connection: sa.Connection, calendar: SchoolCalendar, entries: Sequence[CalendarEntry]) -> None:
    """Keep the entries of a kept calendar with other dates."""
    rows = calendar_rows(entries, calendar.day_hours)
    same = classes.c.id == calendar.school_class
    changed = sa.update(classes).where(same).values(calendar=rows).returning(classes.c.exchange_id)
    plans.changed(connection, connection.execute(changed).scalar_one())
    bump_revision(connection)
