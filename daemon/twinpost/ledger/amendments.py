"""What people changed by mail: above the exchange file, never removed by it, dropped by name only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from twinpost.core.model.effect import Absent, AddAddress, Forget, Learn, MoveDate
from twinpost.ledger.people import ABSENCE, DATE, bump_nicknames, bump_revision
from twinpost.ledger.tables import addresses, amendments, exchanges, memberships, people
from twinpost.ledger.tables import classes as classes_


def learn_nickname(connection: sa.Connection, effect: Learn, now: datetime) -> None:
    """This person means this class by these words."""
    forget_nickname(connection, Forget(effect.person, effect.words), now)
    connection.execute(
        sa.insert(amendments).values(
            exchange_id=effect.exchange_id,
            kind="nickname",
            person_id=effect.person,
            name=effect.words.casefold(),
            value={"class": effect.class_id, "words": effect.words},
            made_at=now,
        )
    )
    bump_nicknames(connection)


def forget_nickname(connection: sa.Connection, effect: Forget, now: datetime) -> None:
    """Drop a nickname of this person; none is no error."""
    connection.execute(
        sa.update(amendments)
        .where(
            amendments.c.kind == "nickname",
            amendments.c.person_id == effect.person,
            amendments.c.name == effect.words.casefold(),
            amendments.c.dropped_at.is_(None),
        )
        .values(dropped_at=now)
    )
    bump_nicknames(connection)


def add_address(connection: sa.Connection, effect: AddAddress, now: datetime) -> None:
    """The person said that this address is hers too. That of somebody who takes part stays his."""
    address = effect.address.casefold()
    if connection.execute(_USED, {"address": address}).first():
        return
    connection.execute(sa.delete(addresses).where(addresses.c.address == address))
    last = connection.execute(
        sa.select(sa.func.max(addresses.c.position)).where(addresses.c.person_id == effect.person)
    ).scalar()
    connection.execute(
        sa.insert(addresses).values(
            address=address, person_id=effect.person, position=(last or 0) + 1, source="mail"
        )
    )
    exchanges = sa.select(classes_.c.exchange_id).join(memberships, memberships.c.class_id == classes_.c.id)
    for exchange_id in connection.execute(
        exchanges.where(memberships.c.person_id == effect.person).distinct()
    ).scalars():
        connection.execute(
            sa.insert(amendments).values(
                exchange_id=exchange_id,
                kind="address",
                person_id=effect.person,
                name=address,
                value={},
                made_at=now,
            )
        )
    bump_revision(connection)


_USED = (
    sa.select(addresses.c.address)
    .join(memberships, memberships.c.person_id == addresses.c.person_id)
    .join(classes_, classes_.c.id == memberships.c.class_id)
    .where(addresses.c.address == sa.bindparam("address"), memberships.c.active, classes_.c.active)
)
"""An address of somebody who has a place in an exchange at present."""


def note_absence(connection: sa.Connection, effect: Absent, now: datetime) -> None:
    """Somebody is away on these days."""
    absence = effect.absence
    span = {"first": absence.first.isoformat(), "last": absence.last.isoformat()}
    row = {"exchange_id": effect.exchange_id, "kind": ABSENCE, "person_id": effect.person}
    name = f"{span['first']}..{span['last']}"
    connection.execute(sa.insert(amendments).values(**row, name=name, value=span, made_at=now))
    bump_revision(connection)


def move_date(connection: sa.Connection, effect: MoveDate, now: datetime) -> None:
    """A letter has another agreed day: the next numbered change of its exchange. Its last one is dropped."""
    name = f"{effect.product}-{effect.number}-{effect.from_class}-{effect.to_class}"
    own = (amendments.c.exchange_id == effect.exchange_id, amendments.c.kind == DATE)
    connection.execute(
        sa.update(amendments)
        .where(*own, amendments.c.name == name, amendments.c.dropped_at.is_(None))
        .values(dropped_at=now)
    )
    count = connection.execute(sa.select(sa.func.count()).select_from(amendments).where(*own)).scalar() or 0
    letter = {key: getattr(effect, key) for key in ("product", "number", "from_class", "to_class")}
    value = {**letter, "day": effect.day.isoformat(), "change": count + 1, "by": list(effect.by)}
    row = {"exchange_id": effect.exchange_id, "kind": DATE, "person_id": effect.by[0], "name": name}
    connection.execute(sa.insert(amendments).values(**row, value=value, made_at=now))
    bump_revision(connection)


def kept_amendments(connection: sa.Connection, code: str) -> tuple[str, ...]:
    """A line for each amendment of an exchange that is in force."""
    query = (
        sa.select(amendments.c.kind, amendments.c.name, amendments.c.value, people.c.name.label("who"))
        .join_from(amendments, exchanges)
        .outerjoin(people, people.c.id == amendments.c.person_id)
        .where(exchanges.c.code == code, amendments.c.dropped_at.is_(None))
        .order_by(amendments.c.id)
    )
    rows = connection.execute(query).all()
    meant = [row.value["class"] for row in rows if row.kind == "nickname"]
    named = sa.select(classes_.c.id, classes_.c.name).where(classes_.c.id.in_(meant))
    names: dict[int, str] = {row.id: row.name for row in connection.execute(named)}
    ends = {row.value[side] for row in rows if row.kind == DATE for side in ("from_class", "to_class")}
    letters = dict(
        connection.execute(sa.select(classes_.c.id, classes_.c.name).where(classes_.c.id.in_(ends))).all()
    )
    texts = {
        "nickname": lambda row: f"{row.who} calls {names[row.value['class']]} “{row.value['words']}”",
        ABSENCE: lambda row: f"{row.who} is away from {row.value['first']} to {row.value['last']}",
        DATE: lambda row: _moved(row, letters),
        "address": lambda row: f"{row.who} writes from {row.name}, too",
    }
    return tuple(texts[row.kind](row) for row in rows if row.kind in texts)


def _moved(row: Any, classes: Mapping[int, str]) -> str:
    value = row.value
    letter = f"{value['product']} {value['number']}"
    sides = f"from {classes[value['from_class']]} to {classes[value['to_class']]}"
    return f"change {value['change']}: {letter} {sides} is due on {value['day']}"
