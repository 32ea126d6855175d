"""What the ledger is asked once a second: what is due, and what a command beside us has changed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from twinpost.app import agenda, planning
from twinpost.app.clock_watch import ClockWatch
from twinpost.app.house import House
from twinpost.app.joined import join_withheld
from twinpost.core.model.people import Directory
from twinpost.ledger import outbox


def tick(
    connection: sa.Connection,
    house: House,
    directory: Directory,
    watch: ClockWatch,
    now: datetime,
    steady: float,
    *,
    mail_is_read: bool = True,
) -> tuple[bool, bool]:
    """Do what is due at `now`; `steady` is the time by a clock that nobody sets. `mail_is_read`: what came
    while we were down has been fetched.

    Returns whether a mail waits to be sent, and whether a message waits to be processed.
    """
    watch.look(connection, house, directory, now, steady)
    if not agenda.waits(connection):  # new mail first: then plans are derived once for all of it
        planning.derive_stale(connection, house, directory, now)
    due = agenda.next_due(connection)
    if due is not None and due <= now:
        agenda.whats_due(connection, house, directory, now, mail_is_read=mail_is_read)
    join_withheld(connection, house, directory, now)
    mail_due = outbox.next_due(connection)
    return mail_due is not None and mail_due <= now, agenda.waits(connection)
