"""An exchange as its file says it: names instead of ledger ids, nothing inherited, nothing expanded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Protocol

from twinpost.core.calendars.school import CalendarEntry, Hours, SchoolCalendar
from twinpost.core.model.folding import fold
from twinpost.core.model.people import Copies, Guard, Mode, Role, Session

ALL_WEEK = (0, 1, 2, 3, 4)
"""School days of a class whose file names none: Monday to Friday."""


@dataclass(frozen=True, slots=True)
class PersonAsFiled:
    """Somebody of a class. Addresses are case-folded, the first is written to; a pupil may have none."""

    name: str
    addresses: tuple[str, ...] = ()
    language: str = ""  # "": that of her class
    gender: str = ""
    level: str = ""
    interests: str = ""


@dataclass(frozen=True, slots=True)
class ClassAsFiled:
    """One end of an exchange. `slug` is the file's `id`, or the name where the file gives none.

    What the ledger stores of it has the slug that the class has kept since its first file.
    """

    slug: str
    name: str
    timezone: str
    aliases: tuple[str, ...] = ()
    school: str = ""
    country: str = ""
    city: str = ""  # "": that of the time zone
    language: str = ""  # "": that of the exchange
    opens: tuple[str, ...] = ()
    school_days: tuple[int, ...] = ALL_WEEK
    school_hours: tuple[time, time] | None = None
    teachers: tuple[PersonAsFiled, ...] = ()
    leaders: tuple[PersonAsFiled, ...] = ()
    pupils: tuple[PersonAsFiled, ...] = ()
    calendar: tuple[CalendarEntry, ...] = ()
    day_hours: tuple[tuple[int, Hours], ...] = ()  # by weekday, where the days differ: then no school_hours

    def school_calendar(self) -> SchoolCalendar:
        """When it is at school; the ledger's class id is not known here."""
        plain = SchoolCalendar.at(self.timezone, self.school_days, self.school_hours, self.day_hours)
        return replace(plain, entries=self.calendar)

    @property
    def groups(self) -> tuple[tuple[Role, tuple[PersonAsFiled, ...]], ...]:
        """Everybody by the part that she has in the class."""
        return (
            (Role.TEACHER, self.teachers),
            (Role.LEADER, self.leaders),
            (Role.PUPIL, self.pupils),
        )


@dataclass(frozen=True, slots=True)
class DueDateAsFiled:
    """One line of the schedule. Classes by their proper names."""

    product: str
    number: int
    from_class: str
    to_class: str
    due: date


@dataclass(frozen=True, slots=True)
class PupilAsFiled:
    """A pupil as pairs name her: no two pupils of a class share a name."""

    school_class: str
    name: str


@dataclass(frozen=True, slots=True)
class MeetingAsFiled:
    """The teachers' regular meeting, at the hour of the class `host`."""

    every: str  # week | month
    weekday: int
    at: time
    host: str
    week: int | None = None  # of the month: 1 to 4, or -1 for the last
    minutes: int = 20


Pair = tuple[PupilAsFiled, PupilAsFiled]


@dataclass(frozen=True, slots=True)
class ExchangeAsFiled:
    """A whole exchange file."""

    code: str
    title: str
    classes: tuple[ClassAsFiled, ...]
    language: str = ""  # "": that of the configuration
    mode: Mode = Mode.THROUGH_TEACHERS
    letters: int | None = None
    guard: Guard = Guard.REPAIR
    copies: Copies = Copies.ONE
    schedule: tuple[DueDateAsFiled, ...] = ()
    pairs: tuple[Pair, ...] = ()
    sessions: tuple[Session, ...] = ()
    meeting: MeetingAsFiled | None = None

    def people(self) -> Iterator[tuple[ClassAsFiled, Role, PersonAsFiled]]:
        """Every place that somebody holds."""
        for school_class in self.classes:
            for role, group in school_class.groups:
                for person in group:
                    yield school_class, role, person


def in_order(filed: ExchangeAsFiled) -> ExchangeAsFiled:
    """The same exchange with schedule, pairs and sessions sorted, so that equal plans are equal values."""
    position = {school_class.name: number for number, school_class in enumerate(filed.classes)}
    return replace(
        filed,
        schedule=tuple(
            sorted(
                filed.schedule,
                key=lambda line: (
                    line.due,
                    line.product,
                    line.number,
                    position[line.from_class],
                    position[line.to_class],
                ),
            )
        ),
        pairs=tuple(sorted((_first_class_first(pair, position) for pair in filed.pairs), key=_by_name)),
        sessions=tuple(sorted(filed.sessions, key=lambda session: (session.start, session.title))),
    )


def _first_class_first(pair: Pair, position: dict[str, int]) -> Pair:
    one, other = pair
    return pair if position[one.school_class] <= position[other.school_class] else (other, one)


def _by_name(pair: Pair) -> tuple[tuple[str, str], ...]:
    return tuple((fold(pupil.name), f"{pupil.name}\n{pupil.school_class}") for pupil in pair)


class Named(Protocol):
    """Whatever is known of a class that can be recognised."""

    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def aliases(self) -> Sequence[str]: ...


_SAME: tuple[Callable[[Named, Named], bool], ...] = (
    lambda filed, stored: filed.slug != filed.name and fold(filed.slug) == fold(stored.slug),
    lambda filed, stored: fold(filed.name) == fold(stored.name),
    lambda filed, stored: fold(filed.name) == fold(stored.slug),
    lambda filed, stored: fold(filed.name) in map(fold, stored.aliases),
    lambda filed, stored: fold(stored.name) in map(fold, filed.aliases),
)
"""Whether two classes are the same one, the surest sign first."""


def match_classes(filed: Sequence[Named], stored: Sequence[Named]) -> dict[str, int]:
    """Which stored class each filed one is: name to position in `stored`. Who is missing is new.

    A given `id` decides; then the name that the class has, had at first or goes by. So a class may be
    renamed, or be given an `id` later, and stays itself. A sign that fits several classes is none.
    """
    found: dict[str, int] = {}
    for same in _SAME:
        for one in filed:
            if one.name in found:
                continue
            taken = set(found.values())
            fits = [at for at, other in enumerate(stored) if at not in taken and same(one, other)]
            if len(fits) == 1:
                found[one.name] = fits[0]
    return found
