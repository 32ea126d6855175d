"""The outbox: every mail that we send was first a row here.

A row lives in one state. `held` waits for go-live and `withheld` for the loop budget; `waiting` goes when
it is due; `sending` is claimed by the daemon whose turn it is; `sent`, `given-up`, `cancelled` and `joined`
are ends. A row that a daemon left `sending` when it died is in doubt: it goes again, with the same Message-ID
and the same contents (RFC 1047).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from twinpost.core.deciding.delivery import GiveUp, NextStep, Sent, TryAgain
from twinpost.core.deciding.gate import Answers
from twinpost.ledger.parcels import Entry, Parcel, mail_to_json, parcel
from twinpost.ledger.tables import Instant, outbox


class State(StrEnum):
    HELD = "held"
    WITHHELD = "withheld"
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given-up"
    CANCELLED = "cancelled"
    JOINED = "joined"


MOST_CRASHES = 2
REST_AFTER_CRASHES = timedelta(hours=1)

ANSWERED = (State.WAITING, State.SENDING, State.SENT, State.GIVEN_UP)
"""What counts in the loop budget: mails that went or will go by themselves."""

MAY_BE_RETRIED = (State.WAITING, State.WITHHELD, State.GIVEN_UP, State.CANCELLED)
MAY_BE_CANCELLED = (State.HELD, State.WITHHELD, State.WAITING)
UNFINISHED = (*MAY_BE_CANCELLED, State.SENDING)
"""What may still leave, or is leaving."""


@dataclass(frozen=True, slots=True)
class Line:
    """A mail of the outbox as the commands show it."""

    id: int
    key: str
    notice: str
    exchange_id: int | None
    recipient: str
    subject: str
    state: State
    made_at: datetime
    next_at: datetime
    sent_at: datetime | None
    tries: int
    reply: str
    why: str


def put(connection: sa.Connection, entry: Entry, state: State = State.WAITING, why: str = "") -> int | None:
    """Enter a mail, in one of the states held, withheld and waiting. Returns its id, or None when a mail
    with this key was entered before: nothing is decided twice.
    """
    row = {
        "key": entry.key,
        "message_id": entry.mail.message_id,
        "notice": entry.notice,
        "exchange_id": entry.exchange_id,
        "person_id": entry.person_id,
        "recipient": entry.recipient,
        "copies": list(entry.copies),
        "delivery_id": entry.delivery_id,
        "question_id": entry.question_id,
        "cause": entry.cause,
        "provoked_by": entry.provoked_by,
        "counts": entry.counts,
        "priority": int(entry.priority),
        "mail": mail_to_json(entry.mail),
        "attach": [[sha256, list(parts)] for sha256, parts in entry.attach],
        "state": state.value,
        "made_at": entry.made_at,
        "next_at": entry.next_at or entry.made_at,
        "tries": 0,
        "claimed_by": "",
        "reply": "",
        "why": why,
    }
    return connection.execute(_PUT[connection.dialect.name], row).scalar_one_or_none()


# Statements that run for every mail are built once: building takes longer than running.
_PUT = {
    name: insert(outbox).on_conflict_do_nothing(index_elements=["key"]).returning(outbox.c.id)
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


# -- on their way --------------------------------------------------------------------------------


def _claiming() -> sa.Update:
    """One statement for both databases; SQLite, which has one writer at a time, ignores SKIP LOCKED."""
    due = (
        sa.select(outbox.c.id)
        .where(outbox.c.state == State.WAITING.value, outbox.c.next_at <= sa.bindparam("now"))
        .order_by(outbox.c.priority, outbox.c.next_at, outbox.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (
        sa.update(outbox)
        .where(outbox.c.id == due.scalar_subquery())
        .values(
            state=State.SENDING.value,
            claimed_by=sa.bindparam("worker"),
            began_at=sa.bindparam("now"),
        )
        .returning(outbox)
    )


def _recording() -> sa.Update:
    return (
        sa.update(outbox)
        .where(outbox.c.id == sa.bindparam("one"), outbox.c.state == State.SENDING.value)
        .values(
            state=sa.bindparam("end"),
            next_at=sa.func.coalesce(sa.bindparam("again"), outbox.c.next_at),
            sent_at=sa.bindparam("sent"),
            reply=sa.bindparam("reply"),
            why=sa.bindparam("why"),
            tries=outbox.c.tries + 1,
            claimed_by="",
            began_at=None,
        )
    )


_CLAIM = _claiming()
_RECORD = _recording()


def claim(connection: sa.Connection, now: datetime, limit: int, worker: str) -> list[Parcel]:
    """Take up to `limit` mails that are due, in the order in which they should leave.

    They count as begun: from the commit to `record` the server may have them, or not.
    """
    values = {"now": now, "worker": worker}
    parcels: list[Parcel] = []
    while len(parcels) < limit and (row := connection.execute(_CLAIM, values).first()):
        parcels.append(parcel(row))
    return parcels


def record(connection: sa.Connection, id_: int, step: NextStep, now: datetime) -> None:
    """Write down how a try ended."""
    connection.execute(_RECORD, {"one": id_, **_end(step, now)})


def _end(step: NextStep, now: datetime) -> dict[str, object]:
    end: dict[str, object] = {"again": None, "sent": None, "why": ""}
    match step:
        case Sent():
            return {**end, "end": State.SENT.value, "sent": now, "reply": step.reply}
        case TryAgain():
            return {**end, "end": State.WAITING.value, "again": step.at, "reply": step.why}
        case GiveUp():
            return {**end, "end": State.GIVEN_UP.value, "reply": step.reply, "why": step.why}


def in_doubt(connection: sa.Connection, now: datetime) -> list[int]:
    """Put back whatever is on its way: for a daemon that begins its turn, when nobody is sending any more.

    Each counts as a try; what was in doubt three times rests an hour, in case it is this mail that kills us.
    Returns the ids.
    """
    rest = sa.case((outbox.c.tries < MOST_CRASHES, _instant(now)), else_=_instant(now + REST_AFTER_CRASHES))
    released = connection.execute(
        sa.update(outbox)
        .where(outbox.c.state == State.SENDING)
        .values(state=State.WAITING.value, claimed_by="", tries=outbox.c.tries + 1, next_at=rest)
        .returning(outbox.c.id)
    )
    return sorted(released.scalars())


def never_begun(connection: sa.Connection, in_hand: Collection[int]) -> None:
    """Put back what is claimed and not in hand: the line was lost when the claim was committed, and nobody
    was told of it.
    """
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.state == State.SENDING, outbox.c.id.not_in(list(in_hand)))
        .values(state=State.WAITING.value, claimed_by="")
    )


def next_due(connection: sa.Connection) -> datetime | None:
    """When the next waiting mail is due; it may be overdue."""
    return connection.execute(_NEXT_DUE).scalar_one_or_none()


_NEXT_DUE = (
    sa.select(outbox.c.next_at)
    .where(outbox.c.state == State.WAITING.value)
    .order_by(outbox.c.next_at)
    .limit(1)
)


def _instant(moment: datetime) -> sa.BindParameter[datetime]:
    return sa.literal(moment, Instant())


# -- the gate's questions ------------------------------------------------------------------------


_ANSWERS = sa.select(
    sa.func.count(sa.case((outbox.c.made_at > sa.bindparam("hour"), 1))), sa.func.count()
).where(
    outbox.c.recipient == sa.bindparam("recipient"),
    outbox.c.provoked_by == sa.bindparam("provoked_by"),
    outbox.c.made_at > sa.bindparam("day"),
    outbox.c.counts,
    sa.or_(*(outbox.c.state == state.value for state in ANSWERED)),
)


def recent_answers(connection: sa.Connection, recipient: str, provoked_by: str, now: datetime) -> Answers:
    """How many counted answers to `recipient` were provoked by mails of one address lately."""
    since = {"hour": now - timedelta(hours=1), "day": now - timedelta(days=1)}
    lately = connection.execute(_ANSWERS, {"recipient": recipient, "provoked_by": provoked_by, **since})
    return Answers(*lately.one())


def withheld_lately(connection: sa.Connection, recipient: str, provoked_by: str, now: datetime) -> bool:
    """Whether the budget has held an answer of this kind back within the last day."""
    query = sa.select(outbox.c.id).where(
        outbox.c.recipient == recipient,
        outbox.c.provoked_by == provoked_by,
        outbox.c.made_at > now - timedelta(days=1),
        outbox.c.state.in_((State.WITHHELD.value, State.JOINED.value)),
    )
    return connection.execute(query.limit(1)).first() is not None


def parcels_in(connection: sa.Connection, state: State) -> list[Parcel]:
    """Every mail in this state, oldest first."""
    rows = connection.execute(sa.select(outbox).where(outbox.c.state == state).order_by(outbox.c.id))
    return [parcel(row) for row in rows]


def held(connection: sa.Connection) -> list[Parcel]:
    """Mails that wait for go-live."""
    return parcels_in(connection, State.HELD)


def withheld(connection: sa.Connection) -> list[Parcel]:
    """Mails for which the loop budget had no room."""
    return parcels_in(connection, State.WITHHELD)


def joined(connection: sa.Connection, ids: Sequence[int], why: str) -> None:
    """These withheld mails go inside another one."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.state == State.WITHHELD)
        .values(state=State.JOINED.value, why=why)
    )


def go(connection: sa.Connection, now: datetime, ids: Iterable[int] | None = None) -> int:
    """Go-live: held mails (those in `ids`, or all) may leave. Returns how many."""
    wanted = outbox.c.state == State.HELD
    if ids is not None:
        wanted = sa.and_(wanted, outbox.c.id.in_(list(ids)))
    later = sa.case((outbox.c.next_at > now, outbox.c.next_at), else_=_instant(now))
    released = connection.execute(
        sa.update(outbox).where(wanted).values(state=State.WAITING.value, why="", next_at=later)
    )
    return released.rowcount


def told(connection: sa.Connection, notice: str, exchange_id: int) -> dict[int, State]:
    """Who has had this mail about this exchange (person ids), and where it is now."""
    rows = connection.execute(
        sa.select(outbox.c.person_id, outbox.c.state)
        .where(
            outbox.c.notice == notice, outbox.c.exchange_id == exchange_id, outbox.c.person_id.is_not(None)
        )
        .order_by(outbox.c.id)
    )
    return {row.person_id: State(row.state) for row in rows}


# -- for the commands ----------------------------------------------------------------------------


def lines(connection: sa.Connection, states: Iterable[State] = tuple(State)) -> list[Line]:
    """The outbox in order of entry."""
    columns = [outbox.c[name] for name in Line.__slots__ if name != "subject"]
    rows = connection.execute(
        sa.select(*columns, outbox.c.mail["subject"].as_string().label("subject"))
        .where(outbox.c.state.in_(list(states)))
        .order_by(outbox.c.id)
    )
    return [Line(**{**row._mapping, "state": State(row.state)}) for row in rows]


def counts(connection: sa.Connection) -> dict[State, int]:
    """How many mails are in each state; states without any are left out."""
    rows = connection.execute(sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state))
    return {State(state): number for state, number in rows}


def retry(connection: sa.Connection, id_: int, now: datetime, *, live: bool = True) -> bool:
    """The admin wants this mail to go now, or at go-live where that is still to come.

    False when there is no such mail, or none to be sent again.
    """
    state, why = (State.WAITING, "") if live else (State.HELD, "not live yet")
    return _change(
        connection,
        id_,
        MAY_BE_RETRIED,
        {"state": state.value, "next_at": now, "tries": 0, "why": why},
        outbox.c.mail["subject"].as_string() != "",  # else it is forgotten, and nothing is left to send
    )


def cancel(connection: sa.Connection, id_: int, why: str) -> bool:
    """The admin does not want this mail to go. False when it is too late, or there is no such mail."""
    return _change(connection, id_, MAY_BE_CANCELLED, {"state": State.CANCELLED.value, "why": why})


def _change(
    connection: sa.Connection,
    id_: int,
    from_: Sequence[State],
    values: dict[str, object],
    *where: sa.ColumnElement[bool],
) -> bool:
    changed = connection.execute(
        sa.update(outbox).where(outbox.c.id == id_, outbox.c.state.in_(from_), *where).values(**values)
    )
    return changed.rowcount == 1
