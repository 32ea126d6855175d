"""To whom a step of a rule goes: each person once, as one of her class."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from twinpost.core.calendars.school import SchoolCalendar
from twinpost.core.deciding.facts import Facts
from twinpost.core.deciding.occurrences import Occurrence
from twinpost.core.model.people import Person, SchoolClass
from twinpost.core.model.plan import About
from twinpost.core.model.rule import Counting, Event, Group, Rule, Step


@dataclass(frozen=True, slots=True)
class Reader:
    """A person, and the class as whose teacher (or leader) she reads it."""

    person: Person
    school_class: SchoolClass


def readers(rule: Rule, step: Step, one: Occurrence, facts: Facts) -> tuple[Reader, ...]:
    """Everybody of the groups that the step names."""
    found: dict[int, Reader] = {}
    for group in step.to:
        for reader in _GROUPS[group](one.about, facts):
            found.setdefault(reader.person.id, reader)
    return tuple(reader for reader in found.values() if _meets(rule, reader, one, facts))


def teachers(facts: Facts, class_ids: tuple[int, ...]) -> Iterator[Reader]:
    """The teachers of these classes; of classes that have left there are none."""
    for school_class in facts.exchange.classes:
        if school_class.id in class_ids:
            yield from (Reader(teacher, school_class) for teacher in school_class.teachers)


def _all(facts: Facts) -> Iterator[Reader]:
    return teachers(facts, tuple(facts.calendars))


def _leaders(facts: Facts) -> Iterator[Reader]:
    for school_class in facts.exchange.classes:
        yield from (Reader(leader, school_class) for leader in school_class.leaders)


_GROUPS: Mapping[Group, Callable[[About, Facts], Iterator[Reader]]] = {
    Group.SENDERS: lambda about, facts: teachers(facts, (about.sender,)),
    Group.RECEIVERS: lambda about, facts: teachers(facts, about.receivers),
    Group.TEACHERS: lambda about, facts: _all(facts),
    Group.LEADERS: lambda about, facts: _leaders(facts),
}


def _meets(rule: Rule, reader: Reader, one: Occurrence, facts: Facts) -> bool:
    """Whoever has no school on the day of the teachers' meeting is not expected at it."""
    if rule.when is not Event.MEETING or one.moment is None:
        return True
    own = reader.school_class.id
    return facts.calendars[own].is_school_day(facts.day(one.moment, own))


def counted(rule: Rule, one: Occurrence, reader: Reader, facts: Facts) -> tuple[SchoolCalendar, ...]:
    """Whose school days count for her. Where several receive, her own class is the receiver."""
    about, own = one.about, reader.school_class.id
    if not about.sender:
        return tuple(facts.calendars.values())
    receivers = (own,) if own in about.receivers else about.receivers
    classes = {
        Counting.SENDER: (about.sender,),
        Counting.RECEIVER: receivers,
        Counting.BOTH: (about.sender, *receivers),
    }[rule.counted_on]
    return tuple(facts.calendars[class_id] for class_id in classes)
