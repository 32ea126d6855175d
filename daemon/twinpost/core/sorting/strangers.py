"""Mail from an address that we do not know: whom of our teachers it may be."""

from __future__ import annotations

from collections.abc import Iterator

from twinpost.core.model.kind import Kind, Sorted
from twinpost.core.model.people import Membership, Person, Role
from twinpost.core.sorting.facts import Facts
from twinpost.core.sorting.names import bears_name, shares_word

MOST_PUPILS = 2_000
"""Pupils whose names are compared with a stranger's."""


def stranger(facts: Facts) -> Sorted | None:
    """Everything whose sender is nobody of a running exchange, or cannot be told for certain."""
    if facts.memberships:
        return None
    certain = len(facts.reading.from_) == 1
    why = "is not known in any running exchange" if certain else "cannot be told for certain"
    heard_from, how = _heard_from(facts)
    may_be = _pupil(facts) if certain and not heard_from else None
    if may_be:
        how = f"It bears the name of a pupil of {may_be.school_class.name}."
    because = (f"The sender {why}.", *((how,) if how else ()))
    return Sorted(Kind.STRANGER, because, heard_from=heard_from, may_be=may_be)


def _pupil(facts: Facts) -> Membership | None:
    """The one pupil whose name it bears: in the exchanges of those whom it is for, else anywhere."""
    to = (*facts.reading.to, *facts.reading.cc)
    here = {p.exchange.id for one in to for p in facts.known.directory.who(one.address)}
    places = [
        Membership(person, Role.PUPIL, school_class, exchange)
        for exchange in facts.known.directory.exchanges
        if not here or exchange.id in here
        for school_class in exchange.classes
        if school_class.teachers
        for person in school_class.pupils
    ]
    if len(places) > MOST_PUPILS:
        return None
    found = [place for place in places if _bears(facts, place.person)]
    return found[0] if len({place.person.id for place in found}) == 1 else None


def _heard_from(facts: Facts) -> tuple[str, str]:
    """The stored address of the one teacher whom the mail may come from, and how it names her."""
    answered = _whom_it_answers(facts)
    if answered:
        return answered.address, "It answers a question that was put to a teacher."
    named = set(facts.subject.from_[0].class_ids) if len(facts.subject.from_) == 1 else set()
    bearing = {place.person.id: place.person for place in _teachers(facts) if _bears(facts, place.person)}
    if len(bearing) > 1:  # two teachers of one name: the class in the subject tells them apart
        bearing = {p.person.id: p.person for p in _teachers(facts, named) if p.person.id in bearing}
    if len(bearing) == 1:
        return next(iter(bearing.values())).address, "It bears the name of a teacher of a running exchange."
    if len(named) == 1 and facts.subject.looks_like_letter:
        of_class = sorted(_teachers(facts, named), key=lambda place: not _partly_bears(facts, place.person))
        if of_class:
            because = f"It reads like a letter from {of_class[0].school_class.name}."
            return of_class[0].person.address, because
    return "", ""


def _whom_it_answers(facts: Facts) -> Person | None:
    """The teacher to whom the question went that this answers directly: nobody else has seen it."""
    thread = facts.known.thread
    if thread is None or not facts.known.asked:
        return None
    return next((p.person for p in _teachers(facts) if p.person.id == thread.person), None)


def _teachers(facts: Facts, of: set[int] | None = None) -> Iterator[Membership]:
    for exchange in facts.known.directory.exchanges:
        for school_class in exchange.classes:
            if of is None or school_class.id in of:
                for person in school_class.teachers:
                    yield Membership(person, Role.TEACHER, school_class, exchange)


def _bears(facts: Facts, person: Person) -> bool:
    return any(bears_name(sender, person.name, facts.nicknames) for sender in facts.reading.from_)


def _partly_bears(facts: Facts, person: Person) -> bool:
    return any(shares_word(sender, person.name, facts.nicknames) for sender in facts.reading.from_)
