"""Who is meant by a name, a class or an address that an admin types; or which mail, by its number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from twinpost.core.model.folding import fold
from twinpost.ledger.tables import addresses, classes, exchanges, junk, memberships, messages, outbox, people


@dataclass(frozen=True, slots=True)
class Place:
    """The place that somebody holds, or held, in a class."""

    exchange_id: int
    exchange: str  # its code
    class_id: int
    school_class: str
    role: str
    active: bool


@dataclass(frozen=True, slots=True)
class Whom:
    """Somebody, everybody of a class, or one mail. `word` is what to type to mean nobody else."""

    word: str
    title: str
    people: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    class_id: int = 0  # of a whole class
    messages: tuple[int, ...] = ()  # of the journal; then nobody is meant

    @property
    def exchanges(self) -> frozenset[int]:
        """Where they take part; empty for a stranger, who may be anywhere."""
        return frozenset(place.exchange_id for place in self.places)


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a word means: one is certain; several, or only `near` ones, have to be asked about."""

    meant: tuple[Whom, ...]
    near: tuple[Whom, ...] = ()


_MESSAGE = re.compile(r"(?i)message (\d{1,9})")


def whom(connection: sa.Connection, who: str) -> Found:
    """Whom the admin means: `#12`, an address, a name, a class, CODE/CLASS, or `message 17`."""
    who = " ".join(who.split())
    if number := _MESSAGE.fullmatch(who):
        return Found((_mail(connection, int(number[1])),))
    if who.startswith("#") and who[1:].isdecimal():
        return Found(tuple(_people(connection, [int(who[1:])])))
    if "@" in who:
        return Found(_by_address(connection, who.casefold()))
    named = _everybody(connection)
    exact = [id_ for id_, name in named.items() if fold(name) == fold(who)]
    meant = (*_people(connection, exact), *_classes(connection, who))
    if meant:
        return Found(meant)
    words = set(fold(who).split())
    near = [id_ for id_, name in named.items() if words <= set(fold(name).split())]
    return Found((), tuple(_people(connection, near)))


def by_name_alone(who: str) -> Whom:
    """Somebody whom no file names: a child of a class without a list of pupils, or a stranger."""
    if "@" in who:
        return Whom(who, f"{who}, a stranger", addresses=(who.casefold(),))
    return Whom(who, f"“{who}”, whom no exchange file names", names=(who,))


def _mail(connection: sa.Connection, id_: int) -> Whom:
    """A mail of the journal by its number; one that is not there concerns nothing."""
    query = sa.select(messages.c.sender, messages.c.subject).where(messages.c.id == id_)
    row = connection.execute(query).first()
    title = f"“{row.subject}” from {row.sender}" if row else "which is not in the journal"
    return Whom(f"message {id_}", f"message {id_}, {title}", messages=(id_,))


def _everybody(connection: sa.Connection) -> dict[int, str]:
    rows = connection.execute(sa.select(people.c.id, people.c.name).where(people.c.name != ""))
    return {row.id: row.name for row in rows}


def _by_address(connection: sa.Connection, address: str) -> tuple[Whom, ...]:
    owner = sa.select(addresses.c.person_id).where(addresses.c.address == address)
    found = tuple(_people(connection, list(connection.execute(owner).scalars())))
    if found:
        return found
    seen = (
        sa.select(column).where(column == address).limit(1)
        for column in (messages.c.sender, junk.c.sender, outbox.c.recipient, outbox.c.provoked_by)
    )
    if any(connection.execute(query).first() for query in seen):
        return (Whom(address, f"{address}, a stranger", addresses=(address,)),)
    return ()


def _people(connection: sa.Connection, ids: list[int]) -> Iterator[Whom]:
    for id_ in ids:
        row = connection.execute(sa.select(people).where(people.c.id == id_, people.c.name != "")).first()
        if row is None:
            continue
        places = _places(connection, memberships.c.person_id == id_)
        where = ", ".join(f"{one.role} of {one.school_class} ({one.exchange})" for one in places)
        own = sa.select(addresses.c.address).where(addresses.c.person_id == id_)
        yield Whom(
            f"#{id_}",
            f"{row.name}, {where or 'in no exchange'}",
            (id_,),
            (row.name,),
            tuple(connection.execute(own.order_by(addresses.c.position)).scalars()),
            places,
        )


def _classes(connection: sa.Connection, who: str) -> Iterator[Whom]:
    query = sa.select(classes, exchanges.c.code).join(exchanges, exchanges.c.id == classes.c.exchange_id)
    for row in connection.execute(query.order_by(classes.c.id)).all():
        names = {fold(name) for name in (row.name, row.slug, *row.aliases)}
        if fold(who) not in names | {f"{fold(row.code)}/{name}" for name in names}:
            continue
        places = _places(connection, memberships.c.class_id == row.id)
        ids = _only_here(connection, row.id)
        them = list(_people(connection, ids))
        yield Whom(
            f"{row.code}/{row.name}",
            f"everybody of {row.name} ({row.code}): {len(ids)} people",
            tuple(ids),
            tuple(name for one in them for name in one.names),
            tuple(address for one in them for address in one.addresses),
            tuple(dict.fromkeys(places)) or (_empty(row),),
            row.id,
        )


def _empty(row: Any) -> Place:
    """The place of a class in which nobody is left."""
    return Place(row.exchange_id, row.code, row.id, row.name, "", row.active)


def _only_here(connection: sa.Connection, class_id: int) -> list[int]:
    """People of a class who have no place in another one."""
    here = sa.select(memberships.c.person_id).where(memberships.c.class_id == class_id)
    elsewhere = sa.select(memberships.c.person_id).where(memberships.c.class_id != class_id)
    query = sa.select(people.c.id).where(
        people.c.id.in_(here), people.c.id.not_in(elsewhere), people.c.name != ""
    )
    return list(connection.execute(query.order_by(people.c.id)).scalars())


def _places(connection: sa.Connection, which: sa.ColumnElement[bool]) -> tuple[Place, ...]:
    query = (
        sa.select(
            classes.c.exchange_id,
            exchanges.c.code,
            classes.c.id,
            classes.c.name,
            memberships.c.role,
            memberships.c.active,
        )
        .join(classes, classes.c.id == memberships.c.class_id)
        .join(exchanges, exchanges.c.id == classes.c.exchange_id)
        .where(which)
        .order_by(memberships.c.id)
    )
    return tuple(Place(*row) for row in connection.execute(query))
