"""Refused sign-ins, kept across restarts: a server that said no is not asked again at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from twinpost.core.deciding.backoff import HOUR, next_sign_in
from twinpost.ledger.tables import sign_ins
from twinpost.ledger.transaction import Desk


def may_sign_in(connection: sa.Connection, server: str, now: datetime) -> datetime | None:
    """None when a sign-in may be tried now, else the moment from which it may."""
    recent = sa.select(sign_ins.c.refused_at).where(
        sign_ins.c.server == server, sign_ins.c.refused_at > now - HOUR
    )
    moment = next_sign_in(connection.execute(recent).scalars().all(), now)
    return moment if moment > now else None


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

    def wait_until_now(self) -> datetime | None:
        """`wait_until` for a thread other than the loop's."""
        return self._desk.do_now(lambda connection: may_sign_in(connection, self._server, self._clock()))

    def refused_now(self) -> None:
        """`refused` for a thread other than the loop's."""
        self._desk.do_now(lambda connection: refused(connection, self._server, self._clock()))
