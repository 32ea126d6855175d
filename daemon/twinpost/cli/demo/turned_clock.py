"""A clock that the demo turns: it begins where it is set, goes on like any other, and is put forward."""

from __future__ import annotations

from datetime import datetime, timedelta

from twinpost.edges import clock

NOT_AT_ALL = timedelta()


class TurnedClock:
    """An office's clock. It is turned in the loop's thread, in which the office looks at both of its faces:
    so to the office no time was skipped, as it would be if somebody set the clock of the machine.
    """

    def __init__(self, start: datetime) -> None:
        self._ahead = start - clock.now()

    def now(self) -> datetime:
        return clock.now() + self._ahead

    def steady(self) -> float:
        return clock.steady() + self._ahead.total_seconds()

    def turn_to(self, moment: datetime) -> None:
        """Put the clock forward; it never goes back."""
        self._ahead += max(moment - self.now(), NOT_AT_ALL)
