"""How time passes for an office whose clock we turn: from one thing that falls due to the next."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twinpost.app import agenda
from twinpost.cli.demo.town import NotAsExpected, Town
from twinpost.cli.demo.turned_clock import TurnedClock
from twinpost.ledger import outbox, plans

GLANCE = 0.01
"""Seconds between looks at the ledger, which rings no bell."""


@dataclass(frozen=True, slots=True)
class Passing:
    """A town and its clock."""

    town: Town
    clock: TurnedClock

    async def until(self, moment: datetime) -> None:
        """Turn the clock to `moment`. The office does on its way whatever falls due, each at its time."""
        await self.rest()
        while (due := await self.town.parts.desk.do(_next_due)) is not None and due < moment:
            self.clock.turn_to(due)
            await self.rest()
        self.clock.turn_to(moment)
        await self.rest()

    async def rest(self) -> None:
        """Wait until the office has done all that there is to do at this moment."""
        desk, now = self.town.parts.desk, self.clock.now
        try:
            async with asyncio.timeout(self.town.patience):
                while not await desk.do(lambda connection: _at_rest(connection, now())):
                    if self.town.serving.done():
                        raise NotAsExpected("the post office should go on, but it has stopped")
                    await asyncio.sleep(GLANCE)
        except TimeoutError:
            what = f"what falls due by {now():%d %B %Y, %H:%M} UTC should be done"
            raise NotAsExpected(f"{what} within {self.town.patience:.0f} seconds") from None


def _next_due(connection: Any) -> datetime | None:
    moments = (agenda.next_due(connection), outbox.next_due(connection))
    return min((moment for moment in moments if moment is not None), default=None)


def _at_rest(connection: Any, now: datetime) -> bool:
    """Nothing waits to be read, planned or sent."""
    due = _next_due(connection)
    return not (
        agenda.waits(connection)
        or plans.stale(connection, 1)
        or (due is not None and due <= now)
        or outbox.counts(connection).get(outbox.State.SENDING)
    )
