"""One school year of three exchanges, played through the whole office: what people do, and what goes out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from ruamel.yaml import YAML
from tests.office import BOX, Office, an_office

from twinpost.app import agenda, planning
from twinpost.app.joined import join_withheld
from twinpost.core.deciding.delivery import Sent
from twinpost.core.model.people import Directory, Exchange, Person, SchoolClass
from twinpost.core.model.plan import Said, Statement
from twinpost.ledger import outbox as box
from twinpost.ledger import people, statements
from twinpost.ledger.engine import transaction
from twinpost.ledger.tables import agenda as agenda_table
from twinpost.ledger.tables import outbox as outbox_table

FOLDER = Path(__file__).parent
EXCHANGES = ("oslo-lyon", "delhi-saopaulo", "riyadh-sydney")

BEGIN = datetime(2026, 8, 17, 6, tzinfo=UTC)
"""Monday 17 August 2026: the exchanges are applied, and the admin says go-live."""
END = datetime(2027, 7, 10, tzinfo=UTC)

Stop = tuple[datetime, datetime]
"""From when until when the daemon does not run."""


# -- what people do ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """Somebody does something at a moment (aware)."""

    at: datetime
    exchange: str
    by: str
    does: Mapping[str, Any]

    @property
    def product(self) -> str:
        """The product that is sent; "" where nothing is."""
        return next((name for name in ("letter", "video") if name in self.does), "")

    @property
    def letter(self) -> str:
        """As the table names it."""
        product = self.product or "letter"
        number = self.does.get(product, self.does.get("later"))
        return f"{product} {number} from {self.does['from']} to {self.does['to']}"


@cache
def filed(code: str) -> Mapping[str, Any]:
    """What stands in an exchange file, as YAML and no more."""
    found: Mapping[str, Any] = YAML(typ="safe").load((FOLDER / f"{code}.yaml").read_text("utf-8"))
    return found


@cache
def class_of(address: str) -> str:
    """The name of the class of a teacher."""
    classes = [one for code in EXCHANGES for one in filed(code)["classes"]]
    has = ((one["name"], [teacher["email"] for teacher in one["teachers"]]) for one in classes)
    return next(str(name) for name, addresses in has if address in addresses)


@cache
def clock_of(address: str) -> ZoneInfo:
    """The clock on the wall of a teacher's school."""
    classes = [one for code in EXCHANGES for one in filed(code)["classes"]]
    return ZoneInfo(next(one["timezone"] for one in classes if one["name"] == class_of(address)))


@cache
def acts() -> tuple[Act, ...]:
    """Everything that people do in this year, in order."""
    written = YAML(typ="safe").load((FOLDER / "people.yaml").read_text("utf-8"))
    found = [
        Act(_moment(line["at"]).replace(tzinfo=clock_of(line["by"])), code, line["by"], line)
        for code, lines in written.items()
        for line in lines
    ]
    return tuple(sorted(found, key=lambda act: act.at.astimezone(UTC)))


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


# -- what goes out -------------------------------------------------------------------------------

HEAD = ("exchange", "day", "hour", "to", "as", "text", "about", "why")


@dataclass(frozen=True)
class Row:
    """One mail of the year, or one thing of several in it (`+`), or a line for the digest."""

    exchange: str
    day: str  # "Tue 2026-10-20", by the reader's calendar
    hour: str
    to: str
    how: str  # mail, "+": in the mail above, line, "…": a line since her week is full
    text: str
    about: str
    why: str  # how its day was found; "" where it answers a mail

    @property
    def date(self) -> date:
        return date.fromisoformat(self.day.split()[1])

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.exchange, self.day, self.hour, self.to, self.how, self.text, self.about, self.why)


@dataclass(frozen=True)
class Step:
    """A follow-up that has gone, by its key."""

    key: str
    moment: datetime
    row: Row


@dataclass(frozen=True)
class Played:
    """A year that is over."""

    rows: tuple[Row, ...]
    steps: tuple[Step, ...]
    to_come: frozenset[str]  # keys of what is planned for later

    @property
    def by_key(self) -> Mapping[str, Step]:
        return {step.key: step for step in self.steps}


# -- playing it ----------------------------------------------------------------------------------


def play(folder: Path, stops: Sequence[Stop] = ()) -> Played:
    """The whole year, from go-live to the summer; the daemon does not run in the `stops`."""
    first, *others = (FOLDER / f"{code}.yaml" for code in EXCHANGES)
    with an_office(folder, rules=None, now=BEGIN, exchange=first.read_text("utf-8")) as office:
        for file in others:
            office.apply(file.read_text("utf-8"))
        with transaction(office.engine) as connection:
            directory = people.load_directory(connection)  # nobody comes or goes
        waiting = deque(acts())
        for moment in _moments(office, waiting, stops):
            office.now = moment
            while waiting and waiting[0].at <= moment:
                _do(office, directory, waiting.popleft())
            _tick(office, directory)
        return _found(office, directory)


def _moments(office: Office, waiting: deque[Act], stops: Sequence[Stop]) -> Iterator[datetime]:
    """When somebody does something, when something is due, and every midnight; nothing during stops."""
    now = BEGIN
    while now < END:
        yield now
        with transaction(office.engine) as connection:
            due = agenda.next_due(connection) or END
            mail = box.next_due(connection) or END
        midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
        does = waiting[0].at if waiting else END
        now = max(min(due, mail, does, midnight), now + timedelta(seconds=1)).astimezone(UTC)
        now = next((up for down, up in stops if down <= now < up), now)


def _tick(office: Office, directory: Directory) -> None:
    """What a tick of the service does, and the sending that it wakes."""
    house, now = office.house, office.now
    with transaction(office.engine) as connection:
        while planning.derive_stale(connection, house, directory, now):
            continue
        agenda.whats_due(connection, house, directory, now)
        join_withheld(connection, house, directory, now)
        for parcel in box.claim(connection, now, 100, "year"):
            box.record(connection, parcel.id, Sent("250 OK"), now)


def _do(office: Office, directory: Directory, act: Act) -> None:
    if not act.product:
        _say(office, directory, act)
        return
    partners = [
        teacher["email"]
        for one in filed(act.exchange)["classes"]
        if one["name"] == act.does["to"]
        for teacher in one["teachers"]
    ]
    subject = act.letter[0].upper() + act.letter[1:]
    files = [(f"{subject}.docx", subject.encode())]
    office.receive(act.by, subject, to=(*partners, BOX), files=files, arrived_at=act.at.astimezone(UTC))


def _say(office: Office, directory: Directory, act: Act) -> None:
    exchange = _exchange(directory, act.exchange)
    with transaction(office.engine) as connection:
        by, at = _person(exchange, act.by).id, act.at.astimezone(UTC)
        word = Statement(Said(act.does.get("word", "later")), by, at)
        if "later" in act.does:
            first, second = (_class(exchange, act.does[side]).id for side in ("from", "to"))
            number, until = act.does["later"], act.does["until"]
            word = Statement(Said.LATER, by, at, "letter", number, first, second, until)
        statements.say(connection, exchange.id, word)


def _exchange(directory: Directory, code: str) -> Exchange:
    return next(one for one in directory.exchanges if one.code == code)


def _class(exchange: Exchange, name: str) -> SchoolClass:
    return next(one for one in exchange.classes if one.name == name)


def _person(exchange: Exchange, address: str) -> Person:
    teachers = [teacher for one in exchange.classes for teacher in one.teachers]
    return next(one for one in teachers if one.address == address)


# -- the table of what was sent ------------------------------------------------------------------


def _found(office: Office, directory: Directory) -> Played:
    words = _Words(directory)
    with transaction(office.engine) as connection:
        gone = connection.execute(_GONE).all()
        still = sa.select(agenda_table.c.key).where(agenda_table.c.gone_at.is_(None))
        to_come = frozenset(connection.execute(still).scalars())
        mails = connection.execute(sa.select(outbox_table).order_by(outbox_table.c.id)).all()
    assert {mail.state for mail in mails} <= {"sent"}, "not everything has left"
    steps = [words.step(row) for row in gone]
    rows = [(step.moment, step.row) for step in steps]
    planned = {row.mail_key for row in gone}
    rows += [(mail.sent_at, words.caused(mail)) for mail in mails if mail.key not in planned]
    assert planned - {""} <= {mail.key for mail in mails}
    return Played(tuple(row for _, row in sorted(rows, key=_in_order)), tuple(steps), to_come)


_GONE = (
    sa.select(agenda_table, outbox_table.c.sent_at, outbox_table.c.notice.label("mail_notice"))
    .outerjoin(outbox_table, outbox_table.c.key == agenda_table.c.mail_key)
    .where(agenda_table.c.gone_at.is_not(None))
    .order_by(agenda_table.c.id)
)


def _in_order(pair: tuple[datetime, Row]) -> tuple[object, ...]:
    moment, row = pair
    return moment, row.to, "mail+line…".index(row.how), row.text, row.about


@dataclass(frozen=True)
class _Words:
    """What stands in the ledger, in words that a teacher could check."""

    directory: Directory

    def step(self, found: Any) -> Step:
        exchange = self.directory.exchange(found.exchange_id)
        teachers = {one.id: one for school_class in exchange.classes for one in school_class.teachers}
        to, moment = teachers[found.person_id].address, found.sent_at or found.gone_at
        alone = found.mail_notice != "bundle" or found.mail_key == f"bundle/{found.key}"
        how = ("mail" if alone else "+") if found.mail_key else ("line" if found.digest else "…")
        about = _about(found.about, exchange)
        row = _row(exchange.code, moment, to, how, found.notice, about, _why(found.because, exchange))
        return Step(found.key, moment, row)

    def caused(self, mail: Any) -> Row:
        """A mail that answers another, such as a receipt."""
        exchange = self.directory.exchange(mail.exchange_id)
        return _row(exchange.code, mail.sent_at, mail.recipient, "mail", mail.notice, "", "")


def _row(code: str, moment: datetime, to: str, how: str, text: str, about: str, why: str) -> Row:
    local = moment.astimezone(clock_of(to))
    return Row(code, f"{local:%a %Y-%m-%d}", f"{local:%H:%M}", to, how, text, about, why)


def _about(about: Mapping[str, Any], exchange: Exchange) -> str:
    names = {one.id: one.name for one in exchange.classes}
    if "closure" in about:
        closed = about["closure"]
        off = f"{closed['name'] or 'days between terms'} of {names[closed['school_class']]}"
        return off if "due" not in about else f"{_about({'due': about['due']}, exchange)}, {off}"
    if "due" in about:
        due = about["due"]
        return f"{due['product']} {due['number']} from {names[due['from_class']]} to {names[due['to_class']]}"
    if "letter" in about:
        letter = about["letter"]
        to = " and ".join(names[id_] for id_ in letter["to_classes"])
        return f"{letter['product']} {letter['numbers'][0]} from {names[letter['from_class']]} to {to}"
    if "session" in about:
        return str(about["session"]["title"])
    return f"meeting {about['meeting_at'][:10]}" if "meeting_at" in about else ""


def _why(because: Mapping[str, Any], exchange: Exchange) -> str:
    count, unit = abs(because["count"]), because["unit"]
    whose = " and ".join(one.name for one in exchange.classes if one.id in because["whose"])
    of, way = f" of {whose}" if whose else "", "before" if because["count"] < 0 else "after"
    return f"{count} {unit if count > 1 else unit[:-1]}{of} {way} {because['start']}: {because['day']}"


def table(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """The rows as the file has them."""
    return [HEAD, *(row.cells for row in rows)]
