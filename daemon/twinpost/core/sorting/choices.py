"""The numbered answers of an open question: at most five, the last always that it is no letter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from twinpost.core.model.kind import Choice
from twinpost.core.model.letter import Certainty, Letter
from twinpost.core.sorting.directions import Direction, due_numbers, next_number
from twinpost.core.sorting.facts import Facts

MOST = 5
NO_LETTER = Choice("other", "It is no letter.")


def letter_of(facts: Facts, direction: Direction, numbers: tuple[int, ...], certainty: Certainty) -> Letter:
    """The letter with these numbers that the subject's product makes of a direction."""
    subject = facts.subject
    return Letter(
        direction.exchange.id,
        subject.product or "letter",
        numbers,
        direction.from_class,
        direction.to_classes,
        subject.part,
        certainty,
    )


def letter_choices(facts: Facts, directions: Iterable[Direction]) -> Iterator[Choice]:
    """One choice per direction and number: the number given, else those due, else the next one.

    Certain, since the sender will have chosen it.
    """
    for direction in directions:
        for numbers in _numbers(facts, direction):
            letter = letter_of(facts, direction, numbers, Certainty.EXACT)
            text = in_words(letter, direction)
            yield Choice("letter", f"{text[:1].upper()}{text[1:]}.", letter)


def more_choice(letter: Letter, direction: Direction, delivery: int) -> Choice:
    """That a mail brings more of a letter which is here already."""
    return Choice("more", f"More of {in_words(letter, direction)}.", letter, delivery)


def with_no_letter(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """The first few different choices, and the last one."""
    return (*tuple(dict.fromkeys(choices))[: MOST - 1], NO_LETTER)


def in_words(letter: Letter, direction: Direction) -> str:
    """ "letters 1 and 2 from 7B Oslo to CM2 Lyon" """
    one = len(letter.numbers) == 1
    numbers = [str(number) for number in letter.numbers]
    listed = " and ".join((", ".join(numbers[:-1]), numbers[-1])) if not one else numbers[0]
    return f"{letter.product}{'' if one else 's'} {listed} {direction.words}"


def _numbers(facts: Facts, direction: Direction) -> list[tuple[int, ...]]:
    if facts.subject.numbers and not facts.subject.number_trouble:
        return [facts.subject.numbers]
    key, arrived = facts.subject.product or "letter", facts.known.arrived
    due = due_numbers(direction, key, arrived, facts.arrived_at)
    return [(number,) for number in due or (next_number(direction, key, arrived),)]
