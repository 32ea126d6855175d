"""Signs of life: which loops have been silent for longer than they said they would."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

LONGEST_SILENCE = timedelta(minutes=3)
"""What any piece of work may take, beyond the rest that its loop announced."""


@dataclass(slots=True)
class Pulse:
    """Until when each loop may be silent."""

    _until: dict[str, datetime] = field(default_factory=dict)

    def beat(self, loop: str, now: datetime, rest: float = 0.0) -> None:
        """`loop` lives, and is about to wait for `rest` seconds."""
        self._until[loop] = now + timedelta(seconds=rest) + LONGEST_SILENCE

    def silent(self, now: datetime) -> tuple[str, ...]:
        """The loops that should have been heard of by now."""
        return tuple(loop for loop, until in self._until.items() if until < now)
