"""A rule in the words of its language again, for lists and for reasons."""

from __future__ import annotations

from twinpost.core.calendars.counted import Counted
from twinpost.core.model.rule import Offset, Rhythm, Rule, Unit
from twinpost.core.rules.parse import NUMBERS, WEEKDAYS


def worded_offset(offset: Offset) -> str:
    """ "2 school days after", "1 hour before" """
    count = abs(offset.count)
    unit = offset.unit.value if count != 1 else offset.unit.removesuffix("s")
    return f"{count} {unit} {'before' if offset.count < 0 else 'after'}"


def worded_count(counted: Counted) -> str:
    """How a day was found: "2 school days after 2026-10-09; left out: Easter 2027-03-22..2027-03-29"."""
    said = f"{worded_offset(Offset(counted.count, Unit(counted.unit)))} {counted.start}"
    off = ", ".join(f"{one.name or one.kind} {one.first}..{one.last}" for one in counted.left_out)
    return f"{said}; left out: {off}" if off else said


def worded_event(rule: Rule) -> str:
    """What stands behind `when`: "letter.due", "every first tuesday 14:30"."""
    return _rhythm(rule.rhythm) if rule.rhythm else rule.when.value


def _rhythm(rhythm: Rhythm) -> str:
    number = next(word for word, value in NUMBERS.items() if value == rhythm.week)
    words = ["every", number if rhythm.monthly else "", WEEKDAYS[rhythm.weekday]]
    return " ".join(filter(None, [*words, f"{rhythm.at:%H:%M}" if rhythm.at else ""]))
