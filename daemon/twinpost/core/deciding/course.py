"""How an exchange stands when somebody says a word about it: its facts, and the rules that are in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from twinpost.core.deciding.facts import Facts, LetterId, letter_id
from twinpost.core.model.letter import Letter
from twinpost.core.model.people import DueDate, Exchange
from twinpost.core.model.plan import History, Statement
from twinpost.core.model.rule import Rule

NEAR = timedelta(days=21)
"""How long before its day a letter may be meant by somebody who names none."""


@dataclass(frozen=True, slots=True)
class Course:
    """One exchange as of `now` (aware)."""

    exchange: Exchange
    history: History
    rules: Sequence[Rule]
    now: datetime

    @property
    def facts(self) -> Facts:
        return Facts(self.exchange, self.history, self.now)

    def with_statements(self, statements: Iterable[Statement]) -> Course:
        """The course if this were what teachers have said."""
        return replace(self, history=replace(self.history, statements=tuple(statements)))

    def saying(self, statement: Statement) -> Course:
        """The course with one more word."""
        return self.with_statements((*self.history.statements, statement))


def owed(facts: Facts, class_ids: Sequence[int], numbers: Sequence[int] = ()) -> tuple[DueDate, ...]:
    """The agreed letters from or to these classes that are not here and are due soon or late, by date.

    With `numbers` those of the letters that bear one, however far their day is.
    """
    until = facts.day(facts.now) + NEAR
    return tuple(
        line
        for line in sorted(facts.exchange.schedule, key=lambda line: (line.due, line.product, line.number))
        if {line.from_class, line.to_class} <= facts.calendars.keys()
        and not {line.from_class, line.to_class}.isdisjoint(class_ids)
        and not facts.is_here(letter_id(line))
        and (line.number in numbers if numbers else line.due <= until)
    )


def as_letter(id_: LetterId, exchange: Exchange) -> Letter:
    product, number, from_class, to_class = id_
    return Letter(exchange.id, product, (number,), from_class, (to_class,))


def id_of(letter: Letter) -> LetterId:
    """The one letter that `as_letter` was made of."""
    return letter.product, letter.numbers[0], letter.from_class, letter.to_classes[0]


def due_of(id_: LetterId, exchange: Exchange) -> date | None:
    """The agreed day of a letter."""
    return next((line.due for line in exchange.schedule if letter_id(line) == id_), None)
