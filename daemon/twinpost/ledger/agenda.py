"""The follow-ups to come, as last derived, and those that have gone: written by their keys.

A follow-up that has gone stays for ever: its key is never planned, and never goes, again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from twinpost.core.calendars.counted import Counted, LeftOut
from twinpost.core.calendars.school import DayKind
from twinpost.core.model.known import Reminded
from twinpost.core.model.notice import FollowUp
from twinpost.core.model.plan import About, Planned
from twinpost.ledger.rows import in_pieces, plain
from twinpost.ledger.tables import Instant, agenda, digest_lines, exchanges, people

WRITTEN = ("at", "notice", "digest", "about", "because")
"""What may change while the key stays."""

_written: Callable[[dict[str, Any]], tuple[Any, ...]] = itemgetter(*WRITTEN)


@dataclass(frozen=True, slots=True)
class Line:
    """A follow-up of the agenda as the commands show it."""

    key: str
    exchange: str
    to: str
    at: datetime
    rule: str
    step: int
    notice: str
    digest: bool
    about: dict[str, Any]
    because: dict[str, Any]


def write(connection: sa.Connection, exchange_id: int, planned: Sequence[Planned]) -> int:
    """Make the agenda of an exchange say what was planned. Returns how many rows changed.

    What is no longer planned goes; what has gone already is left as it is.
    """
    kept = {row.key: row for row in connection.execute(_TO_COME, {"exchange": exchange_id})}
    gone = set(connection.execute(_GONE, {"exchange": exchange_id}).scalars())
    about, because = _once(_about), _once(plain)
    wanted = {one.key: _row(one, about, because) for one in planned if one.key not in gone}
    over = [key for key in kept if key not in wanted]
    fresh = [row for key, row in wanted.items() if key not in kept]
    for keys in in_pieces(over):
        connection.execute(sa.delete(agenda).where(agenda.c.key.in_(keys)))
    if fresh:
        connection.execute(sa.insert(agenda), fresh)
    moved = [row for key, row in wanted.items() if key in kept and tuple(kept[key][1:]) != _written(row)]
    for row in moved:
        values = dict(zip(WRITTEN, _written(row), strict=True))
        connection.execute(sa.update(agenda).where(agenda.c.key == row["key"]).values(values))
    return len(over) + len(fresh) + len(moved)


_OF_EXCHANGE = agenda.c.exchange_id == sa.bindparam("exchange")
_TO_COME = sa.select(agenda.c.key, *(agenda.c[name] for name in WRITTEN)).where(
    _OF_EXCHANGE, agenda.c.gone_at.is_(None)
)
_GONE = sa.select(agenda.c.key).where(_OF_EXCHANGE, agenda.c.gone_at.is_not(None))


_Shown = Callable[[Any], dict[str, Any]]


def _once(work: _Shown) -> _Shown:
    """What it makes of a value, made once: mails about one thing have the same, as have those of a class."""
    known: dict[int, dict[str, Any]] = {}

    def made(value: Any) -> dict[str, Any]:
        if id(value) not in known:
            known[id(value)] = work(value)
        return known[id(value)]

    return made


def _row(one: Planned, about: _Shown, because: _Shown) -> dict[str, Any]:
    return {
        "key": one.key,
        "exchange_id": one.exchange_id,
        "person_id": one.to.id,
        "at": one.at,
        "rule": one.rule,
        "step": one.step,
        "notice": one.notice,
        "digest": one.digest,
        "about": about(one.about),
        "because": because(one.because),
        "mail_key": "",
    }


def _about(about: About) -> dict[str, Any]:
    """What is shown; a letter that arrived by its numbers, without its files."""
    delivery = about.delivery
    facts = {
        "due": about.due,
        "delivery": delivery and delivery.id,
        "letter": delivery and delivery.letter,
        "session": about.session,
        "meeting_at": about.meeting_at,
        "closure": about.closure,
        "since": about.since,
        "sender": about.sender or None,
    }
    shown: dict[str, Any] = plain({name: value for name, value in facts.items() if value is not None})
    return shown


# -- what is due ---------------------------------------------------------------------------------


def due(connection: sa.Connection, now: datetime, most: int) -> dict[int, set[int]]:
    """People (ids) to whom a follow-up is due, at most so many, and the exchanges of which each has some.

    People of one exchange come together, for its plan is derived once for all of them.
    """
    found: dict[int, set[int]] = {}
    people_ = list(connection.execute(_WHO_IS_DUE, {"now": now, "most": most}).scalars())
    for row in connection.execute(_OF_WHICH, {"now": now, "people": people_}):
        found.setdefault(row.person_id, set()).add(row.exchange_id)
    return found


_DUE = (agenda.c.gone_at.is_(None), agenda.c.at <= sa.bindparam("now", type_=Instant()))
_PEOPLE = agenda.c.person_id.in_(sa.bindparam("people", expanding=True))
_WHO_IS_DUE = (
    sa.select(agenda.c.person_id)
    .where(*_DUE)
    .group_by(agenda.c.person_id)
    .order_by(sa.func.min(agenda.c.exchange_id), agenda.c.person_id)
    .limit(sa.bindparam("most"))
)
_OF_WHICH = sa.select(agenda.c.person_id, agenda.c.exchange_id).where(*_DUE, _PEOPLE)


def next_due(connection: sa.Connection) -> datetime | None:
    """When the next follow-up is due."""
    return connection.execute(_NEXT_DUE).scalar()


_NEXT_DUE = sa.select(sa.func.min(agenda.c.at)).where(agenda.c.gone_at.is_(None))


def postpone(connection: sa.Connection, exchange_id: int, until: datetime) -> None:
    """What is due in an exchange before `until` is due then."""
    same = (agenda.c.exchange_id == exchange_id, agenda.c.gone_at.is_(None), agenda.c.at < until)
    connection.execute(sa.update(agenda).where(*same).values(at=until))


def gone(connection: sa.Connection, keys: Collection[str], now: datetime, mail_key: str = "") -> None:
    """These follow-ups went into the mail with this key, or into the digest."""
    same = sa.and_(agenda.c.key.in_(keys), agenda.c.gone_at.is_(None))
    connection.execute(sa.update(agenda).where(same).values(gone_at=now, mail_key=mail_key))


def uncaused(connection: sa.Connection, now: datetime, who: Iterable[int]) -> dict[int, list[datetime]]:
    """When planned mails went to these people (ids) in the week before `now`, lines of digests left out."""
    found: dict[int, list[datetime]] = {}
    for piece in in_pieces(who):
        for row in connection.execute(_UNCAUSED, {"since": now - _WEEK, "people": piece}):
            found.setdefault(row.person_id, []).append(row.gone_at)
    return found


_WEEK = timedelta(days=8)  # by the days of every zone
_UNCAUSED = (
    sa.select(agenda.c.person_id, sa.func.min(agenda.c.gone_at).label("gone_at"))
    .where(_PEOPLE, agenda.c.mail_key != "", agenda.c.gone_at > sa.bindparam("since"))
    .group_by(agenda.c.person_id, agenda.c.mail_key)
    .order_by(agenda.c.person_id)
)


def went_in(connection: sa.Connection, mail_key: str) -> tuple[Reminded, ...]:
    """The follow-ups that went in the mail with this key, what matters most first."""
    return tuple(_reminded(row) for row in connection.execute(_WENT_IN, {"key": mail_key}))


_WENT_IN = sa.select(agenda).where(agenda.c.mail_key == sa.bindparam("key")).order_by(agenda.c.id)


def _reminded(row: Any) -> Reminded:
    about, because = row.about, row.because
    counted = Counted(
        start=date.fromisoformat(because["start"]),
        count=because["count"],
        unit=because["unit"],
        day=date.fromisoformat(because["day"]),
        whose=tuple(because["whose"]),
        left_out=tuple(_left_out(off) for off in because["left_out"]),
    )
    letter = _asked_for(about)
    return Reminded(
        exchange_id=row.exchange_id,
        rule=row.rule,
        step=row.step,
        notice=row.notice,
        went_at=row.gone_at,
        because=counted,
        title=(about.get("session") or {}).get("title", ""),
        **letter,
    )


def _asked_for(about: dict[str, Any]) -> dict[str, Any]:
    """The letter that is owed: that of an agreed day, or the answer to one that is here."""
    if due := about.get("due"):
        names = ("product", "number", "from_class", "to_class")
        return {**{name: due[name] for name in names}, "due": date.fromisoformat(due["due"])}
    letter, owing = about.get("letter"), about.get("sender")
    if letter and owing in letter["to_classes"]:
        number = min(letter["numbers"])
        back = {"from_class": owing, "to_class": letter["from_class"]}
        return {"product": letter["product"], "number": number, **back}
    return {}


def _left_out(off: dict[str, Any]) -> LeftOut:
    first, last = date.fromisoformat(off["first"]), date.fromisoformat(off["last"])
    return LeftOut(off["name"], first, last, off["school_class"], DayKind(off["kind"]))


def put_line(connection: sa.Connection, one: Planned, facts: FollowUp, now: datetime) -> None:
    """A line for the reader's next digest."""
    row = {
        "key": one.key,
        "person_id": one.to.id,
        "exchange_id": one.exchange_id,
        "at": now,
        "notice": one.notice,
        "facts": plain(facts),
    }
    connection.execute(sa.insert(digest_lines).values(row))


# -- shown ---------------------------------------------------------------------------------------


def to_come(connection: sa.Connection, limit: int) -> list[Line]:
    """The next follow-ups of all exchanges."""
    query = _LINES.where(agenda.c.gone_at.is_(None)).order_by(agenda.c.at, agenda.c.id).limit(limit)
    return [_line(row) for row in connection.execute(query)]


_LINES = (
    sa.select(agenda, exchanges.c.code, people.c.name)
    .join(exchanges, exchanges.c.id == agenda.c.exchange_id)
    .join(people, people.c.id == agenda.c.person_id)
)


def _line(row: Any) -> Line:
    facts = (row.at, row.rule, row.step, row.notice, row.digest, row.about, row.because)
    return Line(row.key, row.code, row.name, *facts)


def lines_of_digests(connection: sa.Connection) -> list[dict[str, Any]]:
    """What waits for the next digests, oldest first."""
    query = (
        sa.select(digest_lines, exchanges.c.code, people.c.name)
        .join(exchanges, exchanges.c.id == digest_lines.c.exchange_id)
        .join(people, people.c.id == digest_lines.c.person_id)
        .order_by(digest_lines.c.at, digest_lines.c.id)
    )
    return [
        {"key": row.key, "exchange": row.code, "to": row.name, "at": row.at, "notice": row.notice}
        for row in connection.execute(query)
    ]
