"""How a day was found: the explanation that every date of ours carries, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from twinpost.core.calendars.school import DayKind


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Days that were not counted: a closure with its name, weekends have none."""

    name: str
    first: date
    last: date
    school_class: int = 0  # whose
    kind: DayKind = DayKind.CLOSED  # or EXAMS, BETWEEN_TERMS


@dataclass(frozen=True, slots=True)
class Counted:
    """How a day was found: `count` units (school days …) after or before `start`."""

    start: date
    count: int  # negative: before
    unit: str
    day: date
    whose: tuple[int, ...] = ()  # classes whose school days were counted
    left_out: tuple[LeftOut, ...] = ()
