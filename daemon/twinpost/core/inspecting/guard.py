"""The both-teachers guard: which classes a pupil's mail names, whose teachers lack it, who is a stranger.

Only From, To and Cc count. A blind copy is seen by nobody, so nobody can rely on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from twinpost.core.model.finding import Finding
from twinpost.core.model.mail import Address, Reading
from twinpost.core.model.mailbox import one_mailbox
from twinpost.core.model.people import Copies, Directory, Exchange, Membership, Person, Role, SchoolClass


@dataclass(frozen=True, slots=True)
class Guarded:
    """A mail among the people of one exchange, as the guard sees it."""

    exchange: Exchange
    own: tuple[SchoolClass, ...]  # the pupil's class; several where she has a place in several
    named: tuple[SchoolClass, ...]  # every class of which somebody is in From, To or Cc, her own first
    present: tuple[Person, ...]  # teachers who have it
    missing: dict[int, tuple[Person, ...]]  # who has to get it, by class; only classes that lack somebody
    findings: tuple[Finding, ...] = ()

    @property
    def left_out(self) -> tuple[Person, ...]:
        """Everybody who has to get it, once."""
        return tuple({p.id: p for people in self.missing.values() for p in people}.values())

    @property
    def own_teachers(self) -> tuple[Person, ...]:
        """The teachers of the pupil herself."""
        return tuple({p.id: p for one in self.own for p in one.teachers}.values())

    @property
    def crosses(self) -> bool:
        """Whether it names another class than her own."""
        own = {one.id for one in self.own}
        return any(one.id not in own for one in self.named)


def guard(reading: Reading, pupil: Person, exchange: Exchange, directory: Directory) -> Guarded:
    """What a pupil's mail names and lacks in an exchange of hers.

    With `copies: one` a class has what it needs as soon as one of its teachers is there; with `all` each
    absent one is missing.
    """
    own = tuple(c for c in exchange.classes if any(pupil.id == one.id for one in c.pupils))
    places = [
        place
        for address in everybody(reading)
        for place in directory.who(address.address)
        if place.exchange.id == exchange.id and place.role is not Role.LEADER
    ]
    ids = {place.school_class.id for place in places}
    named = (*own, *(c for c in exchange.classes if c.id in ids and c not in own))
    seen = {one_mailbox(address.address) for address in everybody(reading)}
    present = _present(named, seen)
    missing = {c.id: absent for c in named if (absent := _absent(c, exchange.copies, seen))}
    findings = (*_missing(missing), *_not_her_pair(pupil, own, places, exchange))
    return Guarded(exchange, own, named, present, missing, findings)


def strangers(reading: Reading, directory: Directory, *house: str) -> tuple[Address, ...]:
    """Addresses in To and Cc that no exchange names, each mailbox once; `house`: our own and the admin's."""
    ours = {one_mailbox(address) for address in house if address}
    found = {
        one_mailbox(one.address): one
        for one in reversed((*reading.to, *reading.cc))
        if one.address and not directory.who(one.address)
    }
    return tuple(one for mailbox, one in reversed(found.items()) if mailbox not in ours)


def pupils_in(reading: Reading, directory: Directory) -> tuple[Membership, ...]:
    """Whom of the pupils it is for, with their places; a teacher's address given for one is the teacher's."""
    found = []
    for one in (*reading.to, *reading.cc):
        places = directory.who(one.address)
        if not any(place.role is Role.TEACHER for place in places):
            found += [place for place in places if place.role is Role.PUPIL]
    return tuple({(p.person.id, p.school_class.id): p for p in found}.values())


def everybody(reading: Reading) -> tuple[Address, ...]:
    """Whom a mail shows."""
    return (*reading.from_, *reading.to, *reading.cc)


def _present(named: Iterable[SchoolClass], seen: set[str]) -> tuple[Person, ...]:
    teachers = {teacher.id: teacher for one in named for teacher in one.teachers}
    return tuple(teacher for teacher in teachers.values() if _is_seen(teacher, seen))


def _absent(school_class: SchoolClass, rule: Copies, seen: set[str]) -> tuple[Person, ...]:
    absent = tuple(teacher for teacher in school_class.teachers if not _is_seen(teacher, seen))
    somebody = len(absent) < len(school_class.teachers)
    return () if rule is Copies.ONE and somebody else absent


def _is_seen(person: Person, seen: set[str]) -> bool:
    return any(one_mailbox(address) in seen for address in person.addresses)


def _missing(missing: dict[int, tuple[Person, ...]]) -> tuple[Finding, ...]:
    people = {person.id: person for absent in missing.values() for person in absent}
    return tuple(
        Finding("copy-missing", one.address, f"{one.name} was not in copy.", names=(one.name,))
        for one in people.values()
    )


def _not_her_pair(
    pupil: Person, own: tuple[SchoolClass, ...], places: list[Membership], exchange: Exchange
) -> tuple[Finding, ...]:
    """Pupils of other classes who are not the pair of a pupil that has one."""
    pairs = {other for pair in exchange.pairs if pupil.id in pair for other in pair}
    ours = {one.id for one in own}
    others = {
        place.person.id: place.person
        for place in places
        if pairs
        and place.role is Role.PUPIL
        and place.school_class.id not in ours
        and place.person.id not in pairs
    }
    return tuple(
        Finding(
            "not-the-pair", one.address, f"{one.name} is not the pair of {pupil.name}.", names=(one.name,)
        )
        for one in others.values()
    )
