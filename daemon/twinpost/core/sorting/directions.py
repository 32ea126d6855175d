"""Which class writes to which: the class names of a subject, joined with the sender's places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice, product
from zoneinfo import ZoneInfo

from twinpost.core.model.known import Arrived
from twinpost.core.model.letter import Letter
from twinpost.core.model.people import Exchange, Membership
from twinpost.core.model.subject import SubjectReading

NEARLY_DUE = timedelta(days=14)
"""How long before its day a letter counts as the one that is due: what comes earlier is not guessed."""

MOST_READINGS = 20


@dataclass(frozen=True, slots=True)
class Direction:
    """From one class to others in one exchange; class ids."""

    exchange: Exchange
    from_class: int
    to_classes: tuple[int, ...]

    @property
    def words(self) -> str:
        """ "from 7B Oslo to CM2 Lyon" """
        to = " and ".join(self.exchange.class_by_id(class_id).name for class_id in self.to_classes)
        return f"from {self.exchange.class_by_id(self.from_class).name} to {to}"


def own_classes(places: tuple[Membership, ...], exchange: Exchange) -> tuple[int, ...]:
    """The sender's classes in an exchange."""
    return tuple(place.school_class.id for place in places if place.exchange.id == exchange.id)


def exchanges_of(places: tuple[Membership, ...]) -> tuple[Exchange, ...]:
    """The sender's exchanges, each once."""
    return tuple({place.exchange.id: place.exchange for place in places}.values())


def readings(subject: SubjectReading, places: tuple[Membership, ...]) -> tuple[Direction, ...]:
    """Every direction in the sender's exchanges that the subject's class names allow.

    What is left out is filled in from her place; a name that two classes share means her own class
    behind "from" and the other one behind "to". A forward may come from either side. Empty when the
    names contradict each other.
    """
    subject = _with_loose(subject, {place.school_class.id for place in places})
    found = (
        Direction(exchange, from_class, to_classes)
        for exchange in exchanges_of(places)
        for from_class in _from(subject, exchange, own_classes(places, exchange))
        for to_classes in _to(subject, exchange, from_class, own_classes(places, exchange))
    )
    return tuple(islice(dict.fromkeys(found), MOST_READINGS))


def her_own(places: tuple[Membership, ...]) -> tuple[Direction, ...]:
    """Every direction from one of the sender's classes to one other class."""
    return tuple(
        Direction(exchange, own, (other.id,))
        for exchange in exchanges_of(places)
        for own in own_classes(places, exchange)
        for other in exchange.classes
        if other.id != own
    )


def _from(subject: SubjectReading, exchange: Exchange, own: tuple[int, ...]) -> list[int]:
    here = [school_class.id for school_class in exchange.classes]
    if len(subject.from_) > 1:
        return []
    if subject.from_:
        meant = [class_id for class_id in subject.from_[0].class_ids if class_id in here]
        return [class_id for class_id in meant if class_id in own] or meant
    certain_to = {mention.class_ids[0] for mention in subject.to if len(mention.class_ids) == 1}
    writers = here if subject.is_forward else own
    return [class_id for class_id in writers if class_id not in certain_to]


def _with_loose(subject: SubjectReading, own: set[int]) -> SubjectReading:
    """A class named without "from" or "to" ("Letter 2, Lyon") is hers, or fills the end that is open."""
    for mention in () if subject.is_forward else subject.loose:
        if not subject.from_ and (subject.to or own & set(mention.class_ids)):
            subject = replace(subject, from_=(mention,))
        elif not subject.to and not subject.to_all:
            subject = replace(subject, to=(mention,))
    return subject


def _to(
    subject: SubjectReading, exchange: Exchange, from_class: int, own: tuple[int, ...]
) -> list[tuple[int, ...]]:
    others = [school_class.id for school_class in exchange.classes if school_class.id != from_class]
    if not others:
        return []
    if subject.to_all or (not subject.to and len(others) == 1):
        return [tuple(others)]
    if not subject.to:
        hers = [class_id for class_id in own if class_id != from_class]
        return [(class_id,) for class_id in hers] or [*((other,) for other in others), tuple(others)]
    meant = [[class_id for class_id in mention.class_ids if class_id in others] for mention in subject.to]
    return [tuple(dict.fromkeys(chosen)) for chosen in islice(product(*meant), MOST_READINGS)]


def due_numbers(
    direction: Direction, product_key: str, arrived: tuple[Arrived, ...], at: datetime
) -> tuple[int, ...]:
    """The numbers that are due or overdue at an instant, not yet arrived, for every class addressed.

    The day is counted in the zone of the class that writes. A letter counts as due from two weeks
    before its day.
    """
    sender = direction.exchange.class_by_id(direction.from_class)
    until = at.astimezone(ZoneInfo(sender.timezone)).date() + NEARLY_DUE
    per_class = (_due(direction, to_class, product_key, arrived, until) for to_class in direction.to_classes)
    return tuple(sorted(set.intersection(*per_class)))


def _due(
    direction: Direction, to_class: int, product_key: str, arrived: tuple[Arrived, ...], until: date
) -> set[int]:
    here = set(logged(direction.exchange.id, product_key, direction.from_class, (to_class,), arrived))
    return {
        line.number
        for line in direction.exchange.schedule
        if line.product == product_key
        and (line.from_class, line.to_class) == (direction.from_class, to_class)
        and line.due <= until
    } - {line.number for line in here}


def logged(
    exchange_id: int,
    product_key: str,
    from_class: int,
    to_classes: tuple[int, ...],
    arrived: tuple[Arrived, ...],
) -> tuple[Arrived, ...]:
    """The lines of the log about one product from one class to any of some classes, oldest first."""
    lines = (
        line
        for line in arrived
        if (line.exchange_id, line.product, line.from_class) == (exchange_id, product_key, from_class)
        and line.to_class in to_classes
    )
    return tuple(sorted(lines, key=lambda line: line.first_at))


def next_number(direction: Direction, product_key: str, arrived: tuple[Arrived, ...]) -> int:
    """The number after the highest that has arrived in this direction; 1 at the beginning."""
    lines = logged(direction.exchange.id, product_key, direction.from_class, direction.to_classes, arrived)
    return max((line.number for line in lines), default=0) + 1


def lines_of(letter: Letter, arrived: tuple[Arrived, ...]) -> tuple[Arrived, ...]:
    """The lines of the log about these numbers of this direction, oldest first."""
    lines = logged(letter.exchange_id, letter.product, letter.from_class, letter.to_classes, arrived)
    return tuple(line for line in lines if line.number in letter.numbers)
