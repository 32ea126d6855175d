"""Who works with this ledger: one daemon at a time, as the one row of `tenure` says.

Each time a daemon takes over, a tenure with the next number begins. The holder signs every second, and
strikes its signature out when it leaves. All times are the database's own: the clocks of two machines differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from twinpost.errors import LedgerError
from twinpost.ledger.tables import Instant, tenure

_NOW = sa.func.now(type_=Instant())


class TakenOver(LedgerError):
    """Another daemon works with this ledger now: whatever we still wanted to write is void."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose turn it is, or was last."""

    number: int
    host: str
    pid: int
    session: str  # the name under which PostgreSQL shows its sessions
    since: datetime
    silent: timedelta | None  # since it signed last; None: it has left. Who holds a file need not sign

    def __str__(self) -> str:
        return f"{self.host}, process {self.pid}, since {self.since:%Y-%m-%d %H:%M} UTC"


def holder(connection: sa.Connection) -> Holder | None:
    """Who works with the ledger, or was the last to do so; None when nobody ever did."""
    row = connection.execute(_HOLDER).first()
    if row is None:
        return None
    silent = None if row.signed_at is None else row.now - row.signed_at
    if silent is not None and connection.dialect.name == "sqlite":
        silent = timedelta(0)
    return Holder(row.number, row.host, row.pid, row.session, row.since, silent)


_HOLDER = sa.select(tenure, _NOW.label("now"))


def take(connection: sa.Connection, after: int, host: str, pid: int, session: str) -> int | None:
    """Begin the tenure that comes after number `after` (0: none). Returns its number, or None when
    somebody was quicker. To be called in a transaction for which all others wait.
    """
    before = connection.execute(_NUMBER).scalar_one_or_none()
    if (before or 0) != after:
        return None
    ours = {"number": after + 1, "host": host, "pid": pid, "session": session}
    statement = sa.insert(tenure) if before is None else sa.update(tenure)
    connection.execute(statement.values(**ours, since=_NOW, signed_at=_NOW))
    return after + 1


_NUMBER = sa.select(tenure.c.number)


def sign(connection: sa.Connection, number: int) -> bool:
    """The holder lives. False when somebody else has taken over."""
    signed = sa.update(tenure).where(tenure.c.number == number).values(signed_at=_NOW)
    return connection.execute(signed).rowcount == 1


def leave(connection: sa.Connection, number: int) -> None:
    """The holder goes, and the next one need not wait."""
    gone = sa.update(tenure).where(tenure.c.number == number).values(signed_at=None)
    connection.execute(gone)


def require(connection: sa.Connection, number: int) -> None:
    """Raise TakenOver unless this is still the tenure of that number."""
    if connection.execute(_NUMBER).scalar_one_or_none() != number:
        raise TakenOver("Another daemon has taken over this ledger.")


def end_sessions(connection: sa.Connection, session: str) -> None:
    """Make PostgreSQL end what another daemon has begun: it may stand still in the middle, holding locks."""
    connection.execute(_END_SESSIONS, {"session": session})


_END_SESSIONS = sa.text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE application_name = :session AND datname = current_database() AND pid <> pg_backend_pid()"
)
