"""Days on which one person is away, while her class has school."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Absence:
    """From `first` to `last`, both included."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class SaidAway:
    """Somebody is said to be away. `machine`: her own mail program says so."""

    person: int
    absence: Absence
    machine: bool = False
