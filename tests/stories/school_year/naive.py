"""School days counted with a pencil, on plain lists of days: nothing here is shared with the calendars."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

LISTS = Path(__file__).parent / "days"
ONE_DAY = timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

FILES = {
    "7B Oslo": "7b-oslo",
    "CM2 Lyon": "cm2-lyon",
    "8A Delhi": "8a-delhi",
    "6C São Paulo": "6c-sao-paulo",
    "5 Riyadh": "5-riyadh",
    "5G Sydney": "5g-sydney",
}
"""Whose list stands where."""


@dataclass
class Days:
    """The days of one class: at school, and those among them that are examinations."""

    clock: str = ""
    hours: dict[str, tuple[str, str]] = field(default_factory=dict)  # by weekday: from when to when
    at_school: list[date] = field(default_factory=list)
    exams: list[date] = field(default_factory=list)

    @property
    def lessons(self) -> list[date]:
        """Days on which somebody may write a letter."""
        return [day for day in self.at_school if day not in self.exams]

    def opens(self, day: date) -> str:
        return self.hours[WEEKDAYS[day.weekday()]][0]

    def on_or_after(self, day: date) -> date:
        return min(one for one in self.at_school if one >= day)

    def on_or_before(self, day: date) -> date:
        return max(one for one in self.at_school if one <= day)

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.clock)).date()


@cache
def days_of(name: str) -> Days:
    """The list of a class, by its name."""
    days = Days()
    for line in (LISTS / f"{FILES[name]}.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            _read(line.split(), days)
    return days


def _read(words: Sequence[str], days: Days) -> None:
    first, *others = words
    if first == "clock":
        days.clock = others[0]
    elif first == "hours":
        opens, closes = others[-1].split("-")
        days.hours.update(dict.fromkeys(others[:-1], (opens, closes)))
    else:
        for word in others:
            day = date.fromisoformat(f"{first}-{int(word.strip('()')):02}")
            days.at_school.append(day)
            if word.startswith("("):
                days.exams.append(day)


def count_on(names: Sequence[str], start: date, count: int) -> date:
    """The `count`-th day after `start` (before it, if negative) on which all these classes have lessons."""
    lists = [days_of(name).lessons for name in names]
    day = start
    for _ in range(abs(count)):
        day += ONE_DAY if count > 0 else -ONE_DAY
        while not all(day in lessons for lessons in lists):
            day += ONE_DAY if count > 0 else -ONE_DAY
            assert abs(day - start) < timedelta(days=200), "beyond the lists"
    return day


# -- what a row of the table says of its day -----------------------------------------------------

_WHY = re.compile(
    r"(?P<count>\d+) (?P<unit>school days?|days?|weeks?|hours?)(?: of (?P<whose>.+?))?"
    r" (?P<way>before|after) (?P<start>\S+): (?P<day>\S+)"
)


@dataclass(frozen=True)
class Why:
    """How a day was found, as the table says it: `2 school days of 7B Oslo after 2026-10-16: 2026-10-20`."""

    count: int  # negative: before
    unit: str
    whose: tuple[str, ...]
    start: date
    day: date

    @classmethod
    def read(cls, text: str) -> Why:
        found = _WHY.fullmatch(text)
        assert found, text
        parts: Mapping[str, str] = found.groupdict("")
        count = int(parts["count"]) * (-1 if parts["way"] == "before" else 1)
        whose = tuple(name for name in parts["whose"].split(" and ") if name)
        start, day = date.fromisoformat(parts["start"]), date.fromisoformat(parts["day"])
        return cls(count, parts["unit"].rstrip("s"), whose, start, day)

    def by_hand(self) -> date:
        """The day as the pencil finds it."""
        if self.unit == "school day":
            return count_on(self.whose, self.start, self.count)
        assert self.unit == "day", self.unit
        return self.start + self.count * ONE_DAY
