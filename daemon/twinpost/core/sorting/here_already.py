"""More of a letter that is here already: still open, closed by quiet, or answered."""

from __future__ import annotations

from dataclasses import replace

from twinpost.core.model.kind import Choice, Kind, Sorted
from twinpost.core.model.known import Arrived
from twinpost.core.model.letter import Delivery, Letter
from twinpost.core.sorting.asking import Places, place_in, unclear
from twinpost.core.sorting.choices import letter_choices, more_choice
from twinpost.core.sorting.directions import Direction, logged
from twinpost.core.sorting.facts import Facts


def here_already(
    facts: Facts,
    places: Places,
    named: Letter,
    direction: Direction,
    lines: tuple[Arrived, ...],
    because: str,
) -> Sorted:
    """Open: more of it. Closed or answered: a marked part, a copy without anything new, or a question."""
    delivery = lines[-1].delivery
    place = place_in(places, direction)
    more = Sorted(Kind.LETTER, (because,), place, named, delivery)
    if facts.subject.is_forward and not facts.brings_something:
        return Sorted(Kind.REPLY, (because, "It forwards what is here already."), place)
    if _is_open(facts, delivery, lines):
        return replace(more, because=(because, "The letter is open: this is more of it."))
    if named.part:
        return replace(more, because=(because, "The letter is closed, but this is marked as a part of it."))
    if facts.files and not facts.brings_something:
        return replace(more, because=(because, "All its files came before: it was sent again."))
    choices = (more_choice(named, direction, delivery), *_next(facts, direction))
    return unclear(
        places,
        "closed",
        choices=choices,
        because=f"{because} That letter is closed or answered.",
        place=place,
    )


def _next(facts: Facts, direction: Direction) -> tuple[Choice, ...]:
    """What else it may be: the letters that are due, or the next one."""
    subject = replace(facts.subject, numbers=(), number_trouble="")
    return tuple(letter_choices(replace(facts, subject=subject), [direction]))


def _is_open(facts: Facts, delivery: int, lines: tuple[Arrived, ...]) -> bool:
    held = next((d for d in facts.known.deliveries if d.id == delivery), None)
    if held is None or held.closed_at is not None:
        return False
    return not _answered(facts, held, lines)


def _answered(facts: Facts, held: Delivery, lines: tuple[Arrived, ...]) -> bool:
    """Whether a letter of the same or a higher number has come the other way since this one came."""
    written = held.letter
    back = [
        line
        for to_class in written.to_classes
        for line in logged(
            written.exchange_id, written.product, to_class, (written.from_class,), facts.known.arrived
        )
    ]
    since = min(line.first_at for line in lines)
    return any(line.number >= max(written.numbers) and line.first_at > since for line in back)
