"""A clock that jumps: the admin is told once, and nothing planned is sent for an hour.

While we run, the wall clock is compared with one that nobody can set and that goes on while a machine
sleeps. Over a stop only a step back can be told, by the last tick that the ledger knows: a step forward
looks like having been down. Whoever sets the clock right again within the hour has lost nothing, as plans
are derived from the facts and the clock at the moment of sending.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from twinpost.app.enact import Enactment
from twinpost.app.house import House
from twinpost.app.planning import NO_PLANNED_BEFORE
from twinpost.core.deciding.admin_note import admin_note
from twinpost.core.model.effect import Decision
from twinpost.core.model.people import Directory
from twinpost.ledger import facts

LAST_TICK = "last_tick"
JUMP = timedelta(hours=1)
"""A difference that is a jump; and so long planned mail is held after one."""

NOTED_EVERY = timedelta(minutes=1)


@dataclass(slots=True)
class ClockWatch:
    """The last tick that was seen, by both clocks."""

    _last: datetime | None = None
    _steady: float = 0.0
    _noted: datetime | None = None

    def look(
        self, connection: sa.Connection, house: House, directory: Directory, now: datetime, steady: float
    ) -> bool:
        """Whether the clock has jumped since the last tick. `steady`: seconds of a clock that never does."""
        expected = self._expected(connection, now, steady)
        jumped = abs(now - expected) > JUMP
        if jumped:
            _hold(connection, house, directory, expected, now)
        self._note(connection, now, anyhow=jumped)
        self._last, self._steady = now, steady
        return jumped

    def _expected(self, connection: sa.Connection, now: datetime, steady: float) -> datetime:
        """What the clock should show."""
        if self._last is not None:
            return self._last + timedelta(seconds=steady - self._steady)
        before = facts.fact(connection, LAST_TICK)
        return max(now, datetime.fromisoformat(before)) if before else now

    def _note(self, connection: sa.Connection, now: datetime, *, anyhow: bool) -> None:
        if anyhow or self._noted is None or now - self._noted >= NOTED_EVERY:
            facts.note(connection, LAST_TICK, now.isoformat())
            self._noted = now


def _hold(
    connection: sa.Connection, house: House, directory: Directory, expected: datetime, now: datetime
) -> None:
    facts.note(connection, NO_PLANNED_BEFORE, (now + JUMP).isoformat())
    lines = (
        f"expected {_told(expected)}",
        f"found {_told(now)}",
        f"planned mails wait until {_told(now + JUMP)}",
    )
    note = admin_note(house.office.admin, f"clock/{now.isoformat()}", "clock-jumped", lines)
    Enactment(connection, house, directory, now).enact(Decision((note,)))


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%A %d %B %Y, %H:%M} UTC"
