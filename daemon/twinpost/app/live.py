"""Go-live: until the admin says it, mails are decided and shown, and none is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from twinpost.app.enact import ANSWERS_SINCE, LIVE_SINCE, is_live
from twinpost.core.calendars.hours import next_hours, school_morning
from twinpost.core.deciding.case import class_of_id
from twinpost.core.deciding.gate import BEFORE_GO_LIVE
from twinpost.core.model.effect import Priority
from twinpost.core.model.notice import AdminNote
from twinpost.core.model.people import Directory, SchoolClass
from twinpost.ledger import facts, outbox, people, questions
from twinpost.ledger.tables import exchanges, messages
from twinpost.ledger.tables import outbox as mails
from twinpost.ledger.tables import people as persons

A_NEWER_ONE_GOES = "a newer mail about the same letter goes"


@dataclass(frozen=True, slots=True)
class Held:
    """A mail that waits for go-live, and what will become of it then."""

    id: int
    exchange: str  # its code; "" for a note to the admin
    person: str  # her name; "" for the admin
    recipient: str
    notice: str
    subject: str
    arrived_at: datetime | None  # of the mail that it answers
    why: str  # it stays unsent; "" when it goes

    @property
    def goes(self) -> bool:
        """Whether go-live sends it."""
        return not self.why


def held(connection: sa.Connection, since: datetime | None) -> list[Held]:
    """What waits, by exchange and person, oldest first.

    What answers mail that arrived before `since` will stay; without it everything that answers a mail.
    """
    return [_held(row, why) for row, why in _fates(connection.execute(_WAITING).all(), since)]


def _held(row: Any, why: str) -> Held:
    return Held(
        row.id,
        row.code or "",
        row.name or "",
        row.recipient,
        row.notice,
        row.mail["subject"],
        row.arrived_at,
        why,
    )


_WAITING = (
    sa.select(mails, messages.c.arrived_at, exchanges.c.code, persons.c.name)
    .outerjoin(messages, messages.c.id == mails.c.cause)
    .outerjoin(exchanges, exchanges.c.id == mails.c.exchange_id)
    .outerjoin(persons, persons.c.id == mails.c.person_id)
    .where(mails.c.state == outbox.State.HELD.value)
    .order_by(sa.func.coalesce(exchanges.c.code, ""), persons.c.name, mails.c.person_id, mails.c.id)
)


def _fates(rows: Sequence[Any], since: datetime | None) -> Iterable[tuple[Any, str]]:
    """Each mail with the reason why it stays unsent, or "" when it goes.

    A letter may have had several receipts meanwhile: the last one lists everything, and goes alone.
    """
    newest = {_receipt(row): row.id for row in rows if _receipt(row)}
    for row in rows:
        if row.notice != AdminNote.name and _too_early(row.arrived_at, since):
            yield row, BEFORE_GO_LIVE
        elif newest.get(_receipt(row), row.id) != row.id:
            yield row, A_NEWER_ONE_GOES
        else:
            yield row, ""


def _receipt(row: Any) -> tuple[int, int, str] | None:
    """Which list of a letter a mail is; None for what a later one does not replace."""
    if not row.delivery_id or row.attach or row.question_id:
        return None
    return row.delivery_id, row.person_id, row.notice


def _too_early(arrived_at: datetime | None, since: datetime | None) -> bool:
    return arrived_at is not None and (since is None or arrived_at < since)


def go_live(connection: sa.Connection, now: datetime, since: datetime | None) -> list[Held]:
    """Mails are sent from now on. Returns what waited: some of it goes, the rest stays unsent for ever."""
    if not is_live(connection):
        facts.note(connection, LIVE_SINCE, now.isoformat())
        facts.note(connection, ANSWERS_SINCE, (since or now).isoformat())
    directory = people.load_directory(connection)
    waiting, never_put = [], set()
    for row, why in list(_fates(connection.execute(_WAITING).all(), since)):
        if why:
            outbox.cancel(connection, row.id, why)
            never_put.add(row.question_id)
        else:
            _send(connection, directory, row, now)
        waiting.append(_held(row, why))
    questions.withdraw(connection, [id_ for id_ in never_put if id_])  # they must not be put "again"
    return waiting


def _send(connection: sa.Connection, directory: Directory, row: Any, now: datetime) -> None:
    """Let a mail go: what nobody waits for in her school hours. Its question is put for the first time."""
    own = _class(directory, row)
    calendar = own.school_calendar() if own else None
    planned = calendar is not None and row.priority == Priority.PLANNED
    outbox.go(connection, next_hours(calendar, now) if calendar and planned else now, [row.id])
    if row.question_id and calendar:
        questions.put_first(connection, row.question_id, now, school_morning(calendar, now, 1))


def _class(directory: Directory, row: Any) -> SchoolClass | None:
    exchange = directory.find(row.exchange_id)
    return class_of_id(row.person_id, exchange) if exchange else None
