"""Were the receiving teachers in copy? Nobody guesses: their addresses stand in From, To or Cc, or not."""

from __future__ import annotations

from dataclasses import dataclass

from twinpost.core.model.finding import Finding
from twinpost.core.model.letter import Letter
from twinpost.core.model.mail import Reading
from twinpost.core.model.mailbox import one_mailbox
from twinpost.core.model.people import Copies, Exchange, Person, SchoolClass


@dataclass(frozen=True, slots=True)
class InCopy:
    """Who has not seen a letter's mail, per receiving class (by id; only classes that lack somebody)."""

    missing: dict[int, tuple[Person, ...]]
    findings: tuple[Finding, ...] = ()


def copies(letter: Letter, reading: Reading, exchange: Exchange) -> InCopy:
    """The teachers of the receiving classes who were not in From, To or Cc.

    With `copies: one` a class has what it needs as soon as one of its teachers was there; with `all`
    each absent one is missing.
    """
    seen = {one_mailbox(a.address) for a in (*reading.from_, *reading.to, *reading.cc)}
    missing: dict[int, tuple[Person, ...]] = {}
    for class_id in letter.to_classes:
        absent = _absent(exchange.class_by_id(class_id), exchange.copies, seen)
        if absent:
            missing[class_id] = absent
    people = {person.id: person for absent in missing.values() for person in absent}
    return InCopy(missing, tuple(_finding(person) for person in people.values()))


def _absent(school_class: SchoolClass, rule: Copies, seen: set[str]) -> tuple[Person, ...]:
    absent = tuple(
        teacher
        for teacher in school_class.teachers
        if not seen & {one_mailbox(address) for address in teacher.addresses}
    )
    somebody = len(absent) < len(school_class.teachers)
    return () if rule is Copies.ONE and somebody else absent


def _finding(person: Person) -> Finding:
    return Finding("copy-missing", person.address, f"{person.name} was not in copy.", names=(person.name,))
