"""The short texts of a rule: "2 school days", "every first tuesday 14:30"."""

from __future__ import annotations

import re
from datetime import time
from difflib import get_close_matches

from twinpost.core.model.rule import Offset, Rhythm, Unit
from twinpost.core.rules.language import MOST, UNITS


class WrongWording(ValueError):
    """A sentence that says what is wrong with the text."""


_OFFSET = re.compile(r"(\d{1,6}|an?|one) ([a-z ]+)")


def offset(text: str) -> Offset:
    """A length of time such as "2 school days", never negative. Raises WrongWording."""
    words = " ".join(text.casefold().split())
    found = _OFFSET.fullmatch(words)
    if found is None:
        raise WrongWording("write a number and a unit, as in `2 school days` or `1 week`")
    unit = UNITS.get(found[2])
    if unit is None:
        near = get_close_matches(found[2][:40], UNITS, n=1)
        other = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(Unit)}"
        raise WrongWording(f"`{found[2][:40]}` is no unit ({other})")
    count = int(found[1]) if found[1].isdecimal() else 1
    if count > MOST[unit]:
        raise WrongWording(f"{count} {unit} are too many: {MOST[unit]} at most")
    return Offset(count, unit)


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NUMBERS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1,
}  # fmt: skip
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_FORMS = "write `every monday`, `every monday 07:30`, `every first tuesday` or `every month`"


def is_rhythm(text: str) -> bool:
    """Whether a `when` speaks of weeks or months, rightly or wrongly."""
    return text.casefold().split()[:1] == ["every"]


def rhythm(text: str) -> Rhythm:
    """A rhythm such as "every monday 07:30"; a week begins on Monday, a month with its first Monday.

    Raises WrongWording.
    """
    words = text.casefold().split()[1:]
    clock = _CLOCK.fullmatch(words[-1]) if words else None
    at = time(int(clock[1]), int(clock[2])) if clock else None
    match words[:-1] if clock else words:
        case ["week"]:
            return Rhythm(0, at=at)
        case ["month"]:
            return Rhythm(0, monthly=True, at=at)
        case ["day" | "hour" | "minute" | "morning", *_]:
            raise WrongWording(f"nobody is written to more often than once a week: {_FORMS}")
        case [day]:
            return Rhythm(_weekday(day), at=at)
        case [number, day] | [number, day, "of", "the", "month"] if number in NUMBERS:
            return Rhythm(_weekday(day), monthly=True, week=NUMBERS[number], at=at)
    raise WrongWording(_FORMS)


def _weekday(word: str) -> int:
    short = [day[:3] for day in WEEKDAYS]
    if word in WEEKDAYS or word in short:
        return short.index(word[:3])
    near = get_close_matches(word[:40], WEEKDAYS, n=1)
    raise WrongWording(f"did you mean `{near[0]}`?" if near else _FORMS)
