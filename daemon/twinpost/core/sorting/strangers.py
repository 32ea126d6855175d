"""Mail from an address that we do not know: whom of our teachers it may be."""

from __future__ import annotations

from collections.abc import Iterator

from twinpost.core.model.folding import fold
from twinpost.core.model.kind import Kind, Sorted
from twinpost.core.model.people import Membership, Person, Role
from twinpost.core.sorting.facts import Facts


def stranger(facts: Facts) -> Sorted | None:
    """Everything whose sender is nobody of a running exchange, or cannot be told for certain."""
    if facts.memberships:
        return None
    certain = len(facts.reading.from_) == 1
    why = "is not known in any running exchange" if certain else "cannot be told for certain"
    heard_from, how = _heard_from(facts)
    because = (f"The sender {why}.", *((how,) if how else ()))
    return Sorted(Kind.STRANGER, because, heard_from=heard_from)


def _heard_from(facts: Facts) -> tuple[str, str]:
    """The stored address of the one teacher whom the mail may come from, and how it names her."""
    named = set(facts.subject.from_[0].class_ids) if len(facts.subject.from_) == 1 else set()
    bearing = {
        place.person.id: place.person for place in _teachers(facts) if _bears_her_name(facts, place.person)
    }
    if len(bearing) > 1:  # two teachers of one name: the class in the subject tells them apart
        bearing = {p.person.id: p.person for p in _teachers(facts, named) if p.person.id in bearing}
    if len(bearing) == 1:
        return next(iter(bearing.values())).address, "It bears the name of a teacher of a running exchange."
    if len(named) == 1 and facts.subject.looks_like_letter:
        of_class = next(_teachers(facts, named), None)
        if of_class:
            return of_class.person.address, f"It reads like a letter from {of_class.school_class.name}."
    return "", ""


def _teachers(facts: Facts, of: set[int] | None = None) -> Iterator[Membership]:
    for exchange in facts.known.directory.exchanges:
        for school_class in exchange.classes:
            if of is None or school_class.id in of:
                for person in school_class.teachers:
                    yield Membership(person, Role.TEACHER, school_class, exchange)


def _bears_her_name(facts: Facts, person: Person) -> bool:
    """Whether a display name is hers, in any order: "Nordmann, Kari"."""
    hers = _name_words(person.name)
    return bool(hers) and any(_name_words(sender.name) == hers for sender in facts.reading.from_)


def _name_words(name: str) -> tuple[str, ...]:
    return tuple(sorted("".join(c if c.isalnum() else " " for c in fold(name)).split()))
