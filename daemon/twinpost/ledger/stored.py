"""An exchange of the ledger as its file would say it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from typing import Any

import sqlalchemy as sa

from twinpost.core.model.filed import (
    ClassAsFiled,
    DueDateAsFiled,
    ExchangeAsFiled,
    MeetingAsFiled,
    Pair,
    PersonAsFiled,
    PupilAsFiled,
    in_order,
)
from twinpost.core.model.people import Copies, Guard, Mode, Role
from twinpost.ledger.rows import calendar_of, day_hours_of, hours_of, session_of
from twinpost.ledger.tables import classes, due_dates, exchanges, memberships, pairs, people, sessions


def stored_exchange(connection: sa.Connection, code: str) -> ExchangeAsFiled | None:
    """The exchange as a file would say it, without amendments; None for a code that is not known."""
    row = connection.execute(sa.select(exchanges).where(exchanges.c.code == code)).first()
    if row is None:
        return None
    members = _members(connection, row.id)
    ends = connection.execute(
        sa.select(classes)
        .where(classes.c.exchange_id == row.id, classes.c.active)
        .order_by(classes.c.position)
    ).all()
    names = {end.id: end.name for end in ends}
    return in_order(
        ExchangeAsFiled(
            row.code,
            row.title,
            tuple(_class_as_filed(end, members) for end in ends),
            row.language,
            Mode(row.mode),
            row.letters,
            Guard(row.guard),
            Copies(row.copies),
            schedule=tuple(_schedule(connection, row.id, names)),
            pairs=tuple(_pairs(connection, row.id, members, names)),
            sessions=tuple(map(session_of, _own(connection, sessions, row.id))),
            meeting=_meeting(row.meeting, names),
        )
    )


Members = dict[tuple[int, Role], list[tuple[int, PersonAsFiled]]]
"""People with their ids, by class id and role."""


def _own(connection: sa.Connection, table: sa.Table, exchange_id: int) -> Sequence[Any]:
    return connection.execute(
        sa.select(table).where(table.c.exchange_id == exchange_id).order_by(table.c.id)
    ).all()


def _members(connection: sa.Connection, exchange_id: int) -> Members:
    query = (
        sa.select(memberships.c.class_id, memberships.c.role, memberships.c.addresses, people)
        .join_from(memberships, people)
        .join(classes, classes.c.id == memberships.c.class_id)
        .where(classes.c.exchange_id == exchange_id, memberships.c.active)
        .order_by(memberships.c.position)
    )
    members: Members = defaultdict(list)
    for row in connection.execute(query):
        person = PersonAsFiled(
            row.name, tuple(row.addresses), row.language, row.gender, row.level, row.interests
        )
        members[row.class_id, Role(row.role)].append((row.id, person))
    return members


def _class_as_filed(row: Any, members: Members) -> ClassAsFiled:
    people_ = {role: tuple(person for _, person in members[row.id, role]) for role in Role}
    return ClassAsFiled(
        row.slug,
        row.name,
        row.timezone,
        tuple(row.aliases),
        row.school,
        row.country,
        row.city,
        row.language,
        tuple(row.opens),
        tuple(row.school_days),
        hours_of(row.school_hours),
        people_[Role.TEACHER],
        people_[Role.LEADER],
        people_[Role.PUPIL],
        calendar_of(row.calendar),
        day_hours_of(row.calendar),
    )


def _schedule(
    connection: sa.Connection, exchange_id: int, names: Mapping[int, str]
) -> Iterator[DueDateAsFiled]:
    for row in _own(connection, due_dates, exchange_id):
        yield DueDateAsFiled(row.product, row.number, names[row.from_class], names[row.to_class], row.due)


def _pairs(
    connection: sa.Connection, exchange_id: int, members: Members, names: Mapping[int, str]
) -> Iterator[Pair]:
    pupils = {
        id_: PupilAsFiled(names[class_id], person.name)
        for (class_id, role), group in members.items()
        if role is Role.PUPIL
        for id_, person in group
    }
    for row in _own(connection, pairs, exchange_id):
        if row.one in pupils and row.other in pupils:
            yield pupils[row.one], pupils[row.other]


def _meeting(row: Mapping[str, Any] | None, names: Mapping[int, str]) -> MeetingAsFiled | None:
    if row is None:
        return None
    at = time.fromisoformat(row["at"])
    return MeetingAsFiled(row["every"], row["weekday"], at, names[row["host"]], row["week"], row["minutes"])
