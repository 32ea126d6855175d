"""Where the exchange is: gaps in the numbers, letters beyond the plan, the next agreed date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from twinpost.core.model.finding import Finding
from twinpost.core.model.known import Arrived
from twinpost.core.model.letter import Letter
from twinpost.core.model.people import DueDate, Exchange


@dataclass(frozen=True, slots=True)
class Standing:
    """Earlier numbers of the direction that were never seen, and what is odd about the number itself."""

    unseen: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()


def sequence(letter: Letter, exchange: Exchange, arrived: Sequence[Arrived]) -> Standing:
    """A letter's place among the letters of its direction. `arrived` may hold the letter itself."""
    unseen = _unseen(letter, arrived)
    findings = []
    if unseen:
        listed = ", ".join(map(str, unseen))
        findings.append(Finding("gap", listed, f"Not seen yet: {letter.product} {listed}.", len(unseen)))
    highest = max(letter.numbers)
    if letter.product == "letter" and exchange.letters is not None and highest > exchange.letters:
        text = f"Letter {highest} is more than the {exchange.letters} that were planned."
        findings.append(Finding("beyond-plan", str(highest), text))
    return Standing(unseen, tuple(findings))


def next_date(
    exchange: Exchange, classes: Sequence[int], today: date, arrived: Sequence[Arrived] = ()
) -> DueDate | None:
    """The next agreed date, today included, on which one of `classes` (ids) writes to another of them.

    Letters that are here already are passed over.
    """
    here = {(line.product, line.number, line.from_class, line.to_class) for line in arrived}
    coming = (
        line
        for line in exchange.schedule
        if line.due >= today
        and {line.from_class, line.to_class} <= set(classes)
        and (line.product, line.number, line.from_class, line.to_class) not in here
    )
    return min(coming, key=lambda line: (line.due, line.number), default=None)


def _unseen(letter: Letter, arrived: Sequence[Arrived]) -> tuple[int, ...]:
    """The numbers below the letter's own that some class addressed has never received."""
    wanted = set(range(1, max(letter.numbers))) - set(letter.numbers)
    missing: set[int] = set()
    for to_class in letter.to_classes:
        direction = (letter.exchange_id, letter.product, letter.from_class, to_class)
        missing |= wanted - {
            line.number
            for line in arrived
            if (line.exchange_id, line.product, line.from_class, line.to_class) == direction
        }
    return tuple(sorted(missing))
