"""Our own turn at the ledger: waited for, kept by signing, and over when another daemon has taken it.

On PostgreSQL daemons wait for one another, on as many machines as there are. A holder that has not signed for
SILENCE is relieved, whether it died, was cut off or only stands still. Should it go on later, it no longer
sends (by its own clock its lease ended earlier) and can no longer write (each of its transactions looks at
the number first). An SQLite file is guarded by a lock of the machine, and here only says who has it.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import sqlalchemy as sa

from twinpost.errors import LedgerError
from twinpost.ledger import tenure
from twinpost.ledger.engine import open_engine, transaction
from twinpost.ledger.tenure import Holder
from twinpost.ledger.transaction import Desk

SIGNS_EVERY = 1.0
LEASE = 5.0
"""Seconds after its last signature for which a holder may send."""

SILENCE = 6.0
"""Seconds after its last signature from which on a holder may be relieved: more than LEASE."""

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while the machine sleeps


def _clock() -> float:
    return time.clock_gettime(_CLOCK)


class Lease:
    """One process's claim to the ledger at `url`. `session` names all its sessions at PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.session = f"twinpost {secrets.token_hex(6)}"
        self.number = 0
        self.in_the_way: Holder | None = None
        self._url = url
        self._desk = Desk(open_engine(url, name=f"{self.session} signs", alone=False))
        self._shared = self._desk.engine.dialect.name != "sqlite"
        if self._shared:
            sa.event.listen(self._desk.engine, "connect", _need_no_disk)
        self._ends = 0.0
        self._trust_silence_from = 0.0

    # -- waiting ---------------------------------------------------------------------------------

    async def take(self) -> bool:
        """Try to begin our turn; where that fails, `in_the_way` says why. Raises LedgerError.

        After the ledger was away its holder has a moment to sign again.
        """
        try:
            holder = self.in_the_way = await self._desk.do(tenure.holder)
            if holder is not None and not self._may_relieve(holder):
                return False
            asked = _clock()
            self.number = await self._begin(holder)
        except LedgerError:
            self._trust_silence_from = _clock() + SILENCE
            raise
        self._ends = asked + LEASE
        return self.number > 0

    def _may_relieve(self, holder: Holder) -> bool:
        if not self._shared or holder.silent is None:
            return True
        return holder.silent.total_seconds() > SILENCE and _clock() > self._trust_silence_from

    async def _begin(self, holder: Holder | None) -> int:
        if holder is None:
            return await asyncio.to_thread(self._take, 0)
        session = holder.session
        if self._shared and holder.silent is not None and session != self.session:
            await self._desk.do(lambda connection: tenure.end_sessions(connection, session))
        return await asyncio.to_thread(self._take, holder.number)

    def _take(self, after: int) -> int:
        """The number of our tenure; 0 where somebody was quicker."""
        engine = open_engine(self._url, name=f"{self.session} begins")
        try:
            with transaction(engine) as connection:
                return tenure.take(connection, after, socket.gethostname(), os.getpid(), self.session) or 0
        finally:
            engine.dispose()

    # -- our turn --------------------------------------------------------------------------------

    @asynccontextmanager
    async def kept(self, over: Callable[[], None] = lambda: None) -> AsyncIterator[None]:
        """Keep our turn until the block ends, and leave then. `over` is called when it ends before."""
        keeping = asyncio.create_task(self._keep())
        keeping.add_done_callback(lambda task: None if task.cancelled() else over())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.wait([keeping])
            await self.leave()
        if not keeping.cancelled():
            keeping.result()

    async def _keep(self) -> None:
        try:
            while not self._shared or await self._signed():  # noqa: ASYNC110  (the database has no events)
                await asyncio.sleep(SIGNS_EVERY)
        finally:
            self._ends = 0.0

    async def _signed(self) -> bool:
        number, asked = self.number, _clock()
        try:
            signed = await self._desk.do(lambda connection: tenure.sign(connection, number))
        except LedgerError:
            return True  # nobody can know; the lease runs out meanwhile
        self._ends = asked + LEASE if signed else 0.0
        return signed

    @property
    def runs(self) -> bool:
        """Whether nobody can have relieved us yet."""
        return not self._shared or _clock() < self._ends

    def require(self, connection: sa.Connection) -> None:
        """Raise TakenOver unless it is our turn: the first thing that each transaction of ours asks."""
        if self._shared:
            tenure.require(connection, self.number)

    async def leave(self) -> None:
        """End our turn, so that the next one need not wait. Never raises."""
        number, self.number, self._ends = self.number, 0, 0.0
        try:
            await self._desk.do(lambda connection: tenure.leave(connection, number))
        except LedgerError:
            return  # they will see that we are silent

    def close(self) -> None:
        """Let go of the database."""
        self._desk.close()


def _need_no_disk(connection: object, _record: object) -> None:
    """A signature that a power cut takes away is one of a dead daemon: it need not wait for the disk."""
    connection.execute("SET synchronous_commit = off")  # type: ignore[attr-defined]
    connection.commit()  # type: ignore[attr-defined]
