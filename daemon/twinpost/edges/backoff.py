"""When to knock again at a door that did not open. Values in, values out: the clock and chance are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_PAUSE = 300.0  # seconds
REFUSALS_AN_HOUR = 6  # more wrong passwords than this lock the account at many providers
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double from one second to five minutes; a success starts anew with `Backoff()`."""

    failures: int = 0

    def failed(self) -> Backoff:
        return Backoff(self.failures + 1)

    def pause(self, chance: float) -> float:
        """Seconds to wait after the failures so far.

        `chance` from 0 to 1 spreads them between half and the whole, so that many programs that lost
        the same server do not come back in the same second.
        """
        if self.failures == 0:
            return 0.0
        whole = min(LONGEST_PAUSE, 2.0 ** min(self.failures - 1, 16))
        return whole * (0.5 + 0.5 * chance)


def next_sign_in(refused: Sequence[datetime], now: datetime) -> datetime:
    """The earliest moment to try signing in again, given when it was refused (aware moments, any order).

    The pauses grow (1, 4, 9, 16, 25 minutes) within the hour before `now`, and never let more than six
    tries fall into one hour. The moments outlive a restart, else a supervisor would hammer for us.
    """
    recent = sorted(moment for moment in refused if now - moment < HOUR)
    if not recent:
        return now
    if len(recent) >= REFUSALS_AN_HOUR:
        return recent[-REFUSALS_AN_HOUR] + HOUR
    return max(now, recent[-1] + timedelta(minutes=len(recent) ** 2))
