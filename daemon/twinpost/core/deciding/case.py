"""One message on the table, with everything that a decision about it may look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from twinpost.core.deciding.words import Words
from twinpost.core.model.kind import Proof, Sorted
from twinpost.core.model.known import Known
from twinpost.core.model.letter import Letter
from twinpost.core.model.mail import Kept, Reading
from twinpost.core.model.notice import LetterNames, Where
from twinpost.core.model.people import Exchange, Person, SchoolClass
from twinpost.core.model.subject import ClassNames

if TYPE_CHECKING:  # a course is made of facts, and facts know classes by this module
    from twinpost.core.deciding.course import Course


@dataclass(frozen=True, slots=True)
class Case:
    """A message, sorted; `now` is an aware instant."""

    kept: Kept
    reading: Reading
    known: Known
    sorted: Sorted
    proof: Proof
    words: Words
    now: datetime
    courses: tuple[Course, ...] = ()  # of her exchanges, where it says a word about one; the thread's first

    @property
    def sender(self) -> Person:
        """The person who wrote. Only for kinds that have one."""
        assert self.sorted.sender is not None
        return self.sorted.sender.person

    @property
    def proven(self) -> bool | None:
        """What a reader is told of the sender: False where a server or the domain itself contradicts it."""
        return False if self.proof.disowned else self.proof.proven

    @property
    def vouched(self) -> bool:
        """Whether nothing speaks against the sender: no verdict, and no list that wrote the From itself.

        Whoever saw a mail of ours may quote it: a name alone, or a list that names her, moves nothing.
        """
        return self.proven is not False and not self.reading.via

    def course_of(self, exchange_id: int) -> Course:
        """How one of her exchanges stands. Raises StopIteration for another's."""
        return next(course for course in self.courses if course.exchange.id == exchange_id)

    @property
    def address(self) -> str:
        """The address that the mail came from; "" when it had none."""
        return self.reading.from_[0].address if self.reading.from_ else ""


def names(people: Iterable[Person]) -> tuple[str, ...]:
    return tuple(person.name for person in people)


def distinct(people: Iterable[Person]) -> tuple[Person, ...]:
    """Each person once, in order."""
    return tuple({person.id: person for person in people}.values())


def places(own: SchoolClass | None, others: Iterable[SchoolClass]) -> tuple[Where, ...]:
    """Whose local times a mail shows: the reader's own place first, each city once."""
    classes = ([own] if own else []) + [school_class for school_class in others if school_class is not own]
    found = {school_class.city: Where(school_class.city, school_class.timezone) for school_class in classes}
    return tuple(found.values())


def class_of(person: Person, exchange: Exchange) -> SchoolClass | None:
    """The class of this exchange that a teacher or leader belongs to."""
    return class_of_id(person.id, exchange)


def class_of_id(person_id: int, exchange: Exchange) -> SchoolClass | None:
    """The same for a teacher or leader of whom only the ledger's id is at hand."""
    for school_class in exchange.classes:
        if any(person_id == other.id for other in (*school_class.teachers, *school_class.leaders)):
            return school_class
    return None


def where_for(person: Person, exchange: Exchange) -> tuple[Where, ...]:
    """The places of an exchange as one reader wants them."""
    return places(class_of(person, exchange), exchange.classes)


def letter_names(letter: Letter, exchange: Exchange) -> LetterNames:
    """A letter in words."""
    return LetterNames(
        product=letter.product,
        numbers=letter.numbers,
        from_=exchange.class_by_id(letter.from_class).name,
        to=tuple(exchange.class_by_id(class_id).name for class_id in letter.to_classes),
        part=letter.part,
    )


def colleagues(person: Person, exchange: Exchange) -> tuple[Person, ...]:
    """The teachers of the other classes of an exchange, for a teacher of one of them."""
    own = class_of(person, exchange)
    return distinct(
        teacher
        for school_class in exchange.classes
        if own is None or school_class.id != own.id
        for teacher in school_class.teachers
        if teacher.id != person.id
    )


def class_names(exchange: Exchange) -> tuple[ClassNames, ...]:
    """The names of an exchange's classes, as the subject grammar needs them."""
    return tuple(ClassNames(c.id, exchange.id, c.names) for c in exchange.classes)
