"""Which originals have been kept long enough: a function of facts and of now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Original:
    """A kept message as far as its keeping goes.

    `ends`: the last agreed date of its exchange, else the day of the exchange's last mail; None where it
    belongs to no exchange. `needed`: a question, a message that is not dealt with or a mail on its way still
    needs it.
    """

    message: int  # journal id
    sha256: str
    arrived_at: datetime
    ends: date | None
    needed: bool = False


def due_for_purge(originals: Iterable[Original], days: int, now: datetime) -> tuple[Original, ...]:
    """Those that nobody needs any more, `days` after the end of their exchange.

    What came later than the end, or belongs to no exchange, is kept so long from its arrival.
    """
    return tuple(one for one in originals if not one.needed and kept_until(one, days) <= now)


def kept_until(one: Original, days: int) -> datetime:
    """When an original has been kept long enough: whole days in UTC after an exchange's last day."""
    kept = timedelta(days=days)
    if one.ends is None:
        return one.arrived_at + kept
    over = datetime.combine(one.ends, time(), UTC) + timedelta(days=1)
    return max(over, one.arrived_at) + kept
