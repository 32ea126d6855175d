"""Refused sign-ins, kept across restarts: a server that said no is not asked again at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa

from twinpost.core.deciding.backoff import HOUR, REFUSALS_AN_HOUR, next_sign_in
from twinpost.ledger.tables import sign_ins
from twinpost.ledger.transaction import Desk


def may_sign_in(connection: sa.Connection, server: str, now: datetime) -> datetime | None:
    """None when a sign-in may be tried now, else the moment from which it may."""
    moment = next_sign_in(recent(connection, server, now), now)
    return moment if moment > now else None


def recent(connection: sa.Connection, server: str, now: datetime) -> Sequence[datetime]:
    """When `server` refused a sign-in within the hour before `now`, in any order."""
    asked = sa.select(sign_ins.c.refused_at).where(
        sign_ins.c.server == server, sign_ins.c.refused_at > now - HOUR
    )
    return connection.execute(asked).scalars().all()


def forget(connection: sa.Connection) -> None:
    """Forget every refusal: somebody has just shown that she may sign in."""
    connection.execute(sa.delete(sign_ins))


def refused(connection: sa.Connection, server: str, now: datetime) -> None:
    """Note that `server` refused a sign-in; what is too old to count is dropped."""
    connection.execute(sa.delete(sign_ins).where(sign_ins.c.refused_at <= now - HOUR))
    connection.execute(sa.insert(sign_ins).values(server=server, refused_at=now))


class SignIns:
    """The record of one server, for edges that run in the loop or in a thread of their own."""

    def __init__(self, desk: Desk, server: str, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._server = server
        self._clock = clock

    async def wait_until(self) -> datetime | None:
        """None when a sign-in may be tried now, else the moment from which it may."""
        return await self._desk.do(lambda connection: may_sign_in(connection, self._server, self._clock()))

    async def refused(self) -> None:
        """The server said no."""
        await self._desk.do(lambda connection: refused(connection, self._server, self._clock()))

    def refused_once(self) -> bool:
        """Note that a kept token was refused, in a thread other than the loop's.

        True when the hour has room for another one at once.
        """

        def work(connection: sa.Connection) -> bool:
            now = self._clock()
            refused(connection, self._server, now)
            return len(recent(connection, self._server, now)) < REFUSALS_AN_HOUR

        return self._desk.do_now(work)
