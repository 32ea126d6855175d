"""The journal: every message that was ever kept, where it lies and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from twinpost.core.model.kind import Kind
from twinpost.core.model.mail import Kept, Place, TakenUp
from twinpost.ledger.rereading import take_up
from twinpost.ledger.tables import mailboxes, messages, places

MOST_TRIES = 3
"""After so many tries that died or failed a message is set aside (Mailman's three)."""

PURGED = "purged"
"""The state of a message whose original has left the vault on purpose."""

CHANGES_ITS_MIND = (Kind.UNCLEAR, Kind.STRANGER, Kind.OTHER, Kind.REPLY)
"""What is tried again when somebody drags the mail back into the INBOX."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as the mailbox handed it over, its octets safe in the vault."""

    place: Place
    sha256: str
    size: int
    arrived_at: datetime


def last_uid(connection: sa.Connection, mailbox: str) -> tuple[int, int]:
    """(UIDVALIDITY, highest UID kept) of a mailbox; (0, 0) for a new one."""
    row = connection.execute(
        sa.select(mailboxes.c.uidvalidity, mailboxes.c.last_uid).where(mailboxes.c.name == mailbox)
    ).first()
    return (row.uidvalidity, row.last_uid) if row else (0, 0)


def note_uid(connection: sa.Connection, mailbox: str, uidvalidity: int, uid: int) -> None:
    """Everything up to `uid` has been kept."""
    values = {"uidvalidity": uidvalidity, "last_uid": uid}
    changed = connection.execute(sa.update(mailboxes).where(mailboxes.c.name == mailbox).values(values))
    if changed.rowcount == 0:
        connection.execute(sa.insert(mailboxes).values(name=mailbox, **values))


def keep(connection: sa.Connection, arrivals: Sequence[Arrival], now: datetime) -> None:
    """Enter messages into the journal. The same octets at a second place are the same message.

    A known message that comes back (dragged into the INBOX again) and did not go through the first
    time is tried again; what a new UIDVALIDITY only lists anew is not, nor one whose original has left.
    """
    if not arrivals:
        return
    known = {
        row.sha256: row
        for row in connection.execute(
            sa.select(messages.c.id, messages.c.sha256, messages.c.state, messages.c.kind).where(
                messages.c.sha256.in_([arrival.sha256 for arrival in arrivals])
            )
        )
    }
    fresh = {arrival.sha256: arrival for arrival in arrivals if arrival.sha256 not in known}
    if fresh:
        connection.execute(sa.insert(messages), [_row(arrival, now) for arrival in fresh.values()])
    ids = {
        row.sha256: row.id
        for row in connection.execute(
            sa.select(messages.c.id, messages.c.sha256).where(messages.c.sha256.in_(list(fresh)))
        )
    }
    ids.update({sha256: row.id for sha256, row in known.items()})
    back = _come_back(connection, arrivals, {row.sha256: row.id for row in known.values()})
    _note_places(connection, arrivals, ids)
    again = [row.id for row in known.values() if row.id in back and _may_change(row)]
    if again:
        take_up(connection, again, TakenUp.INBOX, now)


def _may_change(row: Any) -> bool:
    if row.state == PURGED:
        return False
    return row.state == "aside" or row.kind in CHANGES_ITS_MIND


def _come_back(connection: sa.Connection, arrivals: Sequence[Arrival], known: dict[str, int]) -> set[int]:
    """Which known messages somebody has put here: under a new UID, and not because all UIDs are new."""
    if not known:
        return set()
    query = sa.select(places.c.message_id, places.c.uidvalidity, places.c.uid).where(
        places.c.mailbox == arrivals[0].place.mailbox, places.c.message_id.in_(known.values())
    )
    seen: dict[int, set[tuple[int, int]]] = {}
    for row in connection.execute(query):
        seen.setdefault(row.message_id, set()).add((row.uidvalidity, row.uid))
    here = ((known[one.sha256], one.place) for one in arrivals if one.sha256 in known)
    return {number for number, place in here if _is_new(place, seen.get(number, set()))}


def _is_new(place: Place, seen: set[tuple[int, int]]) -> bool:
    """Whether a message was moved to this place; `seen` are its earlier (UIDVALIDITY, UID) in the mailbox."""
    if (place.uidvalidity, place.uid) in seen:
        return False
    return not seen or any(validity == place.uidvalidity for validity, _ in seen)


def _row(arrival: Arrival, now: datetime) -> dict[str, object]:
    return {
        "sha256": arrival.sha256,
        "size": arrival.size,
        "arrived_at": arrival.arrived_at,
        "kept_at": now,
        "tries": 0,
        "state": "kept",
        "reason": "",
        "message_id": "",
        "fingerprint": "",
        "kind": "",
        "because": [],
        "sender": "",
        "subject": "",
    }


def _note_places(connection: sa.Connection, arrivals: Sequence[Arrival], ids: dict[str, int]) -> None:
    first = arrivals[0].place
    uids = [arrival.place.uid for arrival in arrivals]
    noted = set(
        connection.execute(
            sa.select(places.c.uid).where(
                places.c.mailbox == first.mailbox,
                places.c.uidvalidity == first.uidvalidity,
                places.c.uid.in_(uids),
            )
        ).scalars()
    )
    rows = [
        {
            "mailbox": arrival.place.mailbox,
            "uidvalidity": arrival.place.uidvalidity,
            "uid": arrival.place.uid,
            "message_id": ids[arrival.sha256],
            "moved_to": "",
        }
        for arrival in arrivals
        if arrival.place.uid not in noted
    ]
    if rows:
        connection.execute(sa.insert(places), rows)


def _kept(row: Any) -> Kept:
    return Kept(row.id, row.sha256, row.size, row.arrived_at, row.tries, row.again)


# Built once, as everything that runs for every message: building takes longer than running.
_KEPT = sa.select(
    messages.c.id,
    messages.c.sha256,
    messages.c.size,
    messages.c.arrived_at,
    messages.c.tries,
    messages.c.processed_at.is_not(None).label("again"),
)
_TO_PROCESS = (
    _KEPT.where(messages.c.state == "kept")
    .order_by(messages.c.id)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
_PROCESSED = (
    sa.update(messages).where(messages.c.id == sa.bindparam("number")).values(state="processed", reason="")
)


def to_process(connection: sa.Connection, limit: int) -> list[Kept]:
    """Kept messages that wait to be processed, oldest first."""
    return [_kept(row) for row in connection.execute(_TO_PROCESS, {"limit": limit})]


def message(connection: sa.Connection, message_id: int) -> Kept:
    """One message by its journal id. Raises sqlalchemy.exc.NoResultFound."""
    return _kept(connection.execute(_KEPT.where(messages.c.id == message_id)).one())


@dataclass(frozen=True, slots=True)
class Head:
    """What the journal says of a message beside what became of it."""

    state: str
    sender: str
    subject: str
    message_id: str
    fingerprint: str


def head(connection: sa.Connection, message_id: int) -> Head:
    """Who wrote one message, and about what. Raises sqlalchemy.exc.NoResultFound."""
    columns = [messages.c[name] for name in Head.__slots__]
    row = connection.execute(sa.select(*columns).where(messages.c.id == message_id)).one()
    return Head(row.state, row.sender, row.subject, row.message_id, row.fingerprint)


def by_hash(connection: sa.Connection, sha256: str) -> Kept:
    """One message by the hash of its octets. Raises sqlalchemy.exc.NoResultFound."""
    return _kept(connection.execute(_KEPT.where(messages.c.sha256 == sha256)).one())


def count_try(connection: sa.Connection, message_id: int) -> None:
    """Written before the message is looked at, so that a crash counts."""
    connection.execute(
        sa.update(messages).where(messages.c.id == message_id).values(tries=messages.c.tries + 1)
    )


def processed(connection: sa.Connection, number: int, /, **values: object) -> None:
    """A message has been understood; `values` are columns of the journal."""
    connection.execute(_PROCESSED, {"number": number, **values})


def set_aside(connection: sa.Connection, message_id: int, reason: str) -> None:
    """Keep a message that cannot be processed, with the reason; `rereading.take_up` puts it back."""
    connection.execute(
        sa.update(messages).where(messages.c.id == message_id).values(state="aside", reason=reason)
    )


def resort(connection: sa.Connection, message_id: int, kind: Kind, because: str) -> None:
    """An earlier message turned out to be of another kind; the old reasons stay in front."""
    old = connection.execute(sa.select(messages.c.because).where(messages.c.id == message_id)).scalar_one()
    connection.execute(
        sa.update(messages)
        .where(messages.c.id == message_id)
        .values(kind=kind.value, because=[*old, because])
    )


def to_move(
    connection: sa.Connection, mailbox: str, uidvalidity: int, limit: int
) -> list[tuple[int, str, str]]:
    """(UID, kind, state) of messages that lie where they came and have been dealt with."""
    query = (
        sa.select(places.c.uid, messages.c.kind, messages.c.state)
        .join(messages, messages.c.id == places.c.message_id)
        .where(
            places.c.mailbox == mailbox,
            places.c.uidvalidity == uidvalidity,
            places.c.moved_to == "",
            messages.c.state.in_(("processed", "aside")),
        )
        .order_by(places.c.uid)
        .limit(limit)
    )
    return [(row.uid, row.kind, row.state) for row in connection.execute(query)]


def moved(
    connection: sa.Connection, mailbox: str, uidvalidity: int, uids: Sequence[int], folder: str
) -> None:
    """Messages have been moved to `folder`."""
    connection.execute(
        sa.update(places)
        .where(places.c.mailbox == mailbox, places.c.uidvalidity == uidvalidity, places.c.uid.in_(uids))
        .values(moved_to=folder)
    )
