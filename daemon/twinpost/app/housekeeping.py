"""Once a day: originals that have been kept long enough leave, and so does what a crash left lying."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from twinpost.app.ports import Vault
from twinpost.core.deciding.purging import due_for_purge
from twinpost.ledger import facts, forgetting, purging
from twinpost.ledger.transaction import Desk

log = logging.getLogger(__name__)

FACT = "housekeeping"
"""When the house was last put in order, and what left."""

AT_ONCE = 500
"""Messages that are looked at in one turn: what is due now never waits long for it."""

REST = timedelta(hours=1)
"""After a failure."""

JUST_WRITTEN = timedelta(days=1)
"""An original so young may be one whose message is still to be entered in the journal."""


@dataclass(slots=True)
class Housekeeping:
    """Puts the house in order once a day, a little at each turn."""

    desk: Desk
    vault: Vault
    keep_days: int
    clock: Callable[[], datetime]
    _after: int = 0  # how far today's round has come in the journal
    _left: int = 0  # originals that left in it
    _done_on: date | None = None
    _not_before: datetime | None = None

    async def turn(self) -> bool:
        """Do a piece of today's round. Returns whether there is more of it. Raises LedgerError."""
        now = self.clock()
        if self._done_on == now.date() or (self._not_before and now < self._not_before):
            return False
        self._not_before = now + REST  # should something go wrong: the rest of the office goes on
        more = await self._piece(now)
        self._not_before = None
        return more

    async def _piece(self, now: datetime) -> bool:
        looked_at, over = await self.desk.do(lambda c: self._purge(c, now))
        self._left += await asyncio.to_thread(remove, self.vault, over)
        if looked_at:
            return True
        orphans = await self._orphans(now)
        await asyncio.to_thread(forgetting.wipe, self.desk.engine)
        await self.desk.do(lambda c: facts.note(c, FACT, _written(now, self._left)))
        if self._left or orphans:
            log.info("originals kept long enough: %d; left behind by a crash: %d", self._left, orphans)
        self._after, self._left, self._done_on = 0, 0, now.date()
        return False

    def _purge(self, connection: sa.Connection, now: datetime) -> tuple[int, tuple[str, ...]]:
        """Look at the next messages; how many there were, and the originals that leave."""
        came_before = now - timedelta(days=self.keep_days)
        found = purging.originals(connection, self._after, came_before, AT_ONCE)
        over = due_for_purge(found, self.keep_days, now)
        purging.purge(connection, [one.message for one in over])
        self._after = max((one.message for one in found), default=self._after)
        return len(found), tuple(one.sha256 for one in over)

    async def _orphans(self, now: datetime) -> int:
        """Remove files that no message needs: a crash came before a commit, or between it and the removal."""
        here = await asyncio.to_thread(lambda: dict(self.vault.hashes()))
        kept = await self.desk.do(lambda c: purging.known_among(c, here))
        gone = await self.desk.do(lambda c: purging.purged_among(c, here))
        young = {sha256 for sha256, written in here.items() if written > now - JUST_WRITTEN}
        unknown = here.keys() - kept - gone - young
        return await asyncio.to_thread(lambda: remove(self.vault, gone) + sum(map(self.vault.sweep, unknown)))


def remove(vault: Vault, hashes: Iterable[str]) -> int:
    """Let originals go, after the commit that says so. Returns how many were there."""
    return sum(map(vault.remove, hashes))


def _written(now: datetime, left: int) -> str:
    return json.dumps({"at": now.isoformat(), "left": left})


def standing(connection: sa.Connection) -> dict[str, Any]:
    """What `twinpost status` tells of it."""
    text = facts.fact(connection, FACT)
    last = json.loads(text) if text else {"at": None, "left": 0}
    return {"looked_at": last["at"], "left_then": last["left"], **purging.standing(connection)}
