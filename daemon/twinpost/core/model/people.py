"""Who takes part: people, classes, and what an exchange has agreed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum

from twinpost.core.calendars.school import CalendarEntry, Hours, SchoolCalendar
from twinpost.core.model.absence import Absence
from twinpost.core.model.mailbox import one_mailbox


class Role(StrEnum):
    TEACHER = "teacher"
    PUPIL = "pupil"
    LEADER = "leader"


class Mode(StrEnum):
    THROUGH_TEACHERS = "through-teachers"
    DIRECT = "direct"
    BOTH = "both"


class Guard(StrEnum):
    REPAIR = "repair"
    REMIND_ONLY = "remind-only"


class Copies(StrEnum):
    ONE = "one"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the exchange's files name. `addresses` are case-folded; the first is written to."""

    id: int
    name: str
    addresses: tuple[str, ...]
    language: str = "en"
    gender: str = ""
    level: str = ""
    interests: str = ""
    away: tuple[Absence, ...] = ()  # added by mail

    def away_on(self, day: date) -> Absence | None:
        """The absence that covers a day."""
        return next((absence for absence in self.away if absence.covers(day)), None)

    @property
    def address(self) -> str:
        return self.addresses[0]


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """The pupils and teachers at one end. `slug` survives renaming; `id` is the ledger's."""

    id: int
    slug: str
    name: str
    timezone: str
    teachers: tuple[Person, ...]
    aliases: tuple[str, ...] = ()
    school: str = ""
    country: str = ""
    town: str = ""  # where the school is, when the file says it
    language: str = "en"
    opens: frozenset[str] = frozenset()
    school_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    school_hours: tuple[time, time] | None = None
    leaders: tuple[Person, ...] = ()
    pupils: tuple[Person, ...] = ()
    calendar: tuple[CalendarEntry, ...] = ()
    day_hours: tuple[tuple[int, Hours], ...] = ()  # by weekday, where the days differ: then no school_hours

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that the class goes by in the exchange file, the proper one first."""
        return (self.name, *self.aliases)

    @property
    def city(self) -> str:
        """For "09:15 in Oslo": the school's own city, else that of the zone."""
        return self.town or self.timezone.rsplit("/", 1)[-1].replace("_", " ")

    def school_calendar(self) -> SchoolCalendar:
        plain = SchoolCalendar.at(self.timezone, self.school_days, self.school_hours, self.day_hours)
        return replace(plain, entries=self.calendar, school_class=self.id)


@dataclass(frozen=True, slots=True)
class DueDate:
    """Letter `number` from one class to another, agreed for a day. Class ids are the ledger's."""

    product: str
    number: int
    from_class: int
    to_class: int
    due: date


@dataclass(frozen=True, slots=True)
class Session:
    """A live meeting: a wall clock time in a zone."""

    title: str
    start: datetime  # naive: wall clock in `zone`
    zone: str
    minutes: int = 45
    link: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """The teachers' regular meeting, at the host's hour."""

    every: str
    weekday: int
    at: time
    host: int  # class id
    week: int | None = None
    minutes: int = 20


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two or more classes that write to each other under one plan."""

    id: int
    code: str
    title: str
    classes: tuple[SchoolClass, ...]
    language: str = "en"
    mode: Mode = Mode.THROUGH_TEACHERS
    letters: int | None = None
    guard: Guard = Guard.REPAIR
    copies: Copies = Copies.ONE
    schedule: tuple[DueDate, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()  # person ids, first class first
    sessions: tuple[Session, ...] = ()
    meeting: Meeting | None = None

    def class_by_id(self, class_id: int) -> SchoolClass:
        """The class with this ledger id. Raises KeyError."""
        for school_class in self.classes:
            if school_class.id == class_id:
                return school_class
        raise KeyError(class_id)


@dataclass(frozen=True, slots=True)
class Membership:
    """The place that a person holds in an exchange."""

    person: Person
    role: Role
    school_class: SchoolClass
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Directory:
    """All running exchanges, and who is known by which address.

    `nicknames` holds what senders were found to mean: (person id, folded phrase) to class id.
    """

    exchanges: tuple[Exchange, ...] = ()
    by_address: dict[str, tuple[Membership, ...]] = field(default_factory=dict)
    nicknames: dict[tuple[int, str], int] = field(default_factory=dict)
    _by_id: dict[int, Exchange] = field(init=False, repr=False, compare=False)
    _by_mailbox: dict[str, tuple[Membership, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {exchange.id: exchange for exchange in self.exchanges})
        object.__setattr__(self, "_by_mailbox", _by_mailbox(self.by_address))

    def who(self, address: str) -> tuple[Membership, ...]:
        """Every place held by the person with this address; empty for a stranger.

        Another spelling of her mailbox (a tag, Gmail's dots) is hers as well, if it can be nobody else's.
        """
        address = address.casefold()
        return self.by_address.get(address) or self._by_mailbox.get(one_mailbox(address), ())

    def knows(self, address: str) -> bool:
        """Whether the address stands in a file or was added by mail just so, and not in another spelling."""
        return address.casefold() in self.by_address

    def exchange(self, exchange_id: int) -> Exchange:
        """The exchange with this ledger id. Raises KeyError."""
        return self._by_id[exchange_id]

    def find(self, exchange_id: int | None) -> Exchange | None:
        """The exchange with this ledger id; None where it is nobody's, or of an exchange that is over."""
        return self._by_id.get(exchange_id) if exchange_id else None


def _by_mailbox(by_address: dict[str, tuple[Membership, ...]]) -> dict[str, tuple[Membership, ...]]:
    """Whose each mailbox is; left out where several people have addresses in one."""
    found: dict[str, tuple[Membership, ...]] = {}
    shared = set()
    for address, places in by_address.items():
        mailbox = one_mailbox(address)
        other = found.setdefault(mailbox, places)
        if {place.person.id for place in (*other, *places)} != {places[0].person.id}:
            shared.add(mailbox)
    return {mailbox: places for mailbox, places in found.items() if mailbox not in shared}


def directory_of(
    exchanges: tuple[Exchange, ...], nicknames: dict[tuple[int, str], int] | None = None
) -> Directory:
    """A directory with its index by address."""
    index: dict[str, list[Membership]] = {}
    for exchange in exchanges:
        for school_class in exchange.classes:
            groups = (
                (Role.TEACHER, school_class.teachers),
                (Role.LEADER, school_class.leaders),
                (Role.PUPIL, school_class.pupils),
            )
            for role, people in groups:
                for person in people:
                    for address in person.addresses:
                        index.setdefault(address, []).append(Membership(person, role, school_class, exchange))
    return Directory(exchanges, {key: tuple(value) for key, value in index.items()}, nicknames or {})
