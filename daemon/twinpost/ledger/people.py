"""Who takes part: the exchanges of the ledger as values. `ledger.filing` writes them, from files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from twinpost.core.model.absence import Absence
from twinpost.core.model.people import (
    Copies,
    Directory,
    DueDate,
    Exchange,
    Guard,
    Mode,
    Person,
    Role,
    SchoolClass,
    Session,
    directory_of,
)
from twinpost.ledger import facts
from twinpost.ledger.rows import calendar_of, day_hours_of, hours_of, meeting_of, session_of
from twinpost.ledger.tables import (
    addresses,
    amendments,
    classes,
    due_dates,
    exchanges,
    memberships,
    pairs,
    people,
    sessions,
)

_PEOPLE, _NICKNAMES = "revision", "nicknames_revision"
ABSENCE = "absence"
"""The kind of amendment that says when somebody is away."""

DATE = "date"
"""The kind of amendment that moves an agreed day."""


@dataclass(frozen=True, slots=True)
class Revision:
    """Numbers that grow: whenever exchanges or people change, and whenever nicknames do."""

    people: int
    nicknames: int


def revision(connection: sa.Connection) -> Revision:
    """Of the directory as it is now."""
    known = facts.known(connection, (_PEOPLE, _NICKNAMES))
    return Revision(*(int(known.get(name, 0)) for name in (_PEOPLE, _NICKNAMES)))


def bump_revision(connection: sa.Connection) -> None:
    """Tell a running daemon that its directory is out of date."""
    facts.note(connection, _PEOPLE, str(revision(connection).people + 1))


def bump_nicknames(connection: sa.Connection) -> None:
    """Tell it that the nicknames in it are: that happens every day, and everybody else stays as he was."""
    facts.note(connection, _NICKNAMES, str(revision(connection).nicknames + 1))


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list of exchanges."""

    code: str
    title: str
    classes: tuple[str, ...]
    applied_at: datetime


def list_exchanges(connection: sa.Connection) -> tuple[Listed, ...]:
    """Every exchange with its active classes, by code."""
    names: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(_active_classes()):
        names[row.exchange_id].append(row.name)
    rows = connection.execute(sa.select(exchanges).order_by(exchanges.c.code))
    return tuple(Listed(row.code, row.title, tuple(names[row.id]), row.applied_at) for row in rows)


def load_directory(connection: sa.Connection, language: str = "en") -> Directory:
    """All exchanges that have classes, their people with the addresses added by mail, and the nicknames.

    `language` is that of people for whom no file names one. Eleven queries, however many exchanges.
    """
    ends = _classes(connection, language)
    agreed = _Agreed.load(connection)
    rows = connection.execute(sa.select(exchanges).order_by(exchanges.c.id))
    found = tuple(_exchange(row, tuple(ends[row.id]), agreed, language) for row in rows if row.id in ends)
    return directory_of(found, _nicknames(connection))


@dataclass(slots=True)
class Everybody:
    """The directory, read again only when something about it has changed. `language` as above."""

    language: str = "en"
    _revision: Revision = Revision(-1, -1)  # none of the ledger's
    _directory: Directory = field(default_factory=Directory)

    def now(self, connection: sa.Connection) -> Directory:
        """As it is now."""
        found, known = revision(connection), self._revision
        if known.people != found.people:
            self._directory = load_directory(connection, self.language)
        elif known.nicknames != found.nicknames:
            self._directory = with_nicknames(connection, self._directory)
        self._revision = found
        return self._directory

    def unread(self) -> None:
        """Read it anew next time: after a rollback, as the ledger gives its number once more."""
        self._revision = Revision(-1, -1)


def with_nicknames(connection: sa.Connection, directory: Directory) -> Directory:
    """The same directory with the nicknames as they are now."""
    return replace(directory, nicknames=_nicknames(connection))


def _exchange(row: Any, ends: tuple[SchoolClass, ...], agreed: _Agreed, language: str) -> Exchange:
    return Exchange(
        row.id,
        row.code,
        row.title,
        ends,
        language=row.language or language,
        mode=Mode(row.mode),
        letters=row.letters,
        guard=Guard(row.guard),
        copies=Copies(row.copies),
        schedule=tuple(agreed.schedule[row.id]),
        pairs=tuple(agreed.pairs[row.id]),
        sessions=tuple(agreed.sessions[row.id]),
        meeting=meeting_of(row.meeting),
    )


def _active_classes() -> sa.Select[Any]:
    return sa.select(classes).where(classes.c.active).order_by(classes.c.exchange_id, classes.c.position)


def _classes(connection: sa.Connection, language: str) -> dict[int, list[SchoolClass]]:
    members = _members(connection)
    languages: dict[int, str] = {
        row.id: row.language for row in connection.execute(sa.select(exchanges.c.id, exchanges.c.language))
    }
    ends: dict[int, list[SchoolClass]] = defaultdict(list)
    for row in connection.execute(_active_classes()):
        own = row.language or languages[row.exchange_id] or language
        people_ = {role: tuple(_speaking(who, own) for who in members[row.id, role]) for role in Role}
        ends[row.exchange_id].append(_school_class(row, own, people_))
    return ends


def _school_class(row: Any, language: str, members: Mapping[Role, tuple[Person, ...]]) -> SchoolClass:
    return SchoolClass(
        row.id,
        row.slug,
        row.name,
        row.timezone,
        members[Role.TEACHER],
        aliases=tuple(row.aliases),
        school=row.school,
        country=row.country,
        town=row.city,
        language=language,
        opens=frozenset(row.opens),
        school_days=tuple(row.school_days),
        school_hours=hours_of(row.school_hours),
        leaders=members[Role.LEADER],
        pupils=members[Role.PUPIL],
        calendar=calendar_of(row.calendar),
        day_hours=day_hours_of(row.calendar),
    )


def _speaking(person: Person, language: str) -> Person:
    """The person in the language of her class, unless she has her own."""
    if person.language:
        return person
    return replace(person, language=language)


def _members(connection: sa.Connection) -> dict[tuple[int, Role], list[Person]]:
    known: dict[int, tuple[str, ...]] = defaultdict(tuple)
    order = sa.select(addresses.c.person_id, addresses.c.address)
    for person_id, address in connection.execute(
        order.order_by(addresses.c.person_id, addresses.c.position, addresses.c.address)
    ):
        known[person_id] += (address,)
    away = _absences(connection)
    members: dict[tuple[int, Role], list[Person]] = defaultdict(list)
    columns = (
        memberships.c.class_id, memberships.c.role, people.c.id, people.c.name, people.c.language,
        people.c.gender, people.c.level, people.c.interests,
    )  # fmt: skip
    joined = sa.select(*columns).join_from(memberships, people).where(memberships.c.active)
    for class_id, role, id_, name, language, gender, level, interests in connection.execute(
        joined.order_by(memberships.c.class_id, memberships.c.position)
    ):
        person = Person(id_, name, known[id_], language, gender, level, interests, away.get(id_, ()))
        members[class_id, Role(role)].append(person)
    return members


def _absences(connection: sa.Connection) -> dict[int, tuple[Absence, ...]]:
    """When people are away, by their ids."""
    in_force = (amendments.c.kind == ABSENCE, amendments.c.dropped_at.is_(None))
    query = sa.select(amendments.c.person_id, amendments.c.value).where(*in_force).order_by(amendments.c.id)
    found: dict[int, tuple[Absence, ...]] = defaultdict(tuple)
    for person_id, value in connection.execute(query):
        absence = Absence(date.fromisoformat(value["first"]), date.fromisoformat(value["last"]))
        found[person_id] += (absence,)
    return found


def _nicknames(connection: sa.Connection) -> dict[tuple[int, str], int]:
    rows = connection.execute(
        sa.select(amendments.c.person_id, amendments.c.name, amendments.c.value)
        .where(amendments.c.kind == "nickname", amendments.c.dropped_at.is_(None))
        .order_by(amendments.c.id)
    )
    return {(row.person_id, row.name): row.value["class"] for row in rows}


def moved_dates(connection: sa.Connection) -> dict[tuple[int, str, int, int, int], date]:
    """The days that both sides agreed on by mail, by exchange and letter."""
    in_force = (amendments.c.kind == DATE, amendments.c.dropped_at.is_(None))
    rows = connection.execute(sa.select(amendments.c.exchange_id, amendments.c.value).where(*in_force))
    keys = ("product", "number", "from_class", "to_class")
    return {(id_, *(v[key] for key in keys)): date.fromisoformat(v["day"]) for id_, v in rows}


@dataclass(frozen=True, slots=True)
class _Agreed:
    """Schedule, pairs and sessions by exchange."""

    schedule: dict[int, list[DueDate]]
    pairs: dict[int, list[tuple[int, int]]]
    sessions: dict[int, list[Session]]

    @classmethod
    def load(cls, connection: sa.Connection) -> _Agreed:
        schedule: dict[int, list[DueDate]] = defaultdict(list)
        moved = moved_dates(connection)
        for row in connection.execute(sa.select(due_dates).order_by(due_dates.c.due, due_dates.c.id)):
            letter = (row.product, row.number, row.from_class, row.to_class)
            schedule[row.exchange_id].append(DueDate(*letter, moved.get((row.exchange_id, *letter), row.due)))
        couples: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for row in connection.execute(sa.select(pairs).order_by(pairs.c.id)):
            couples[row.exchange_id].append((row.one, row.other))
        meetings: dict[int, list[Session]] = defaultdict(list)
        for row in connection.execute(sa.select(sessions).order_by(sessions.c.start, sessions.c.id)):
            meetings[row.exchange_id].append(session_of(row))
        return cls(schedule, couples, meetings)
