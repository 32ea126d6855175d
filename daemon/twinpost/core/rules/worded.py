"""A rule in the words of its language again, for lists and for reasons."""

from __future__ import annotations

from twinpost.core.model.rule import Offset, Rhythm, Rule
from twinpost.core.rules.parse import NUMBERS, WEEKDAYS


def worded_offset(offset: Offset) -> str:
    """ "2 school days after", "1 hour before" """
    count = abs(offset.count)
    unit = offset.unit.value if count != 1 else offset.unit.removesuffix("s")
    return f"{count} {unit} {'before' if offset.count < 0 else 'after'}"


def worded_event(rule: Rule) -> str:
    """What stands behind `when`: "letter.due", "every first tuesday 14:30"."""
    return _rhythm(rule.rhythm) if rule.rhythm else rule.when.value


def _rhythm(rhythm: Rhythm) -> str:
    number = next(word for word, value in NUMBERS.items() if value == rhythm.week)
    words = ["every", number if rhythm.monthly else "", WEEKDAYS[rhythm.weekday]]
    return " ".join(filter(None, [*words, f"{rhythm.at:%H:%M}" if rhythm.at else ""]))
