"""Exchanges of a whole school year in a ledger, in the middle of it: half the letters are there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from bench.letters import ADMIN, AUTHSERV_ID, BOX
from twinpost.app import planning
from twinpost.app.enact import LIVE_SINCE
from twinpost.app.house import House
from twinpost.core.model.effect import LogLetter
from twinpost.core.model.filed import ClassAsFiled, ExchangeAsFiled
from twinpost.core.model.letter import DeliveredMail, Letter
from twinpost.core.model.mail import Place
from twinpost.core.model.people import Exchange
from twinpost.edges.exchange_file import load_exchange
from twinpost.edges.settings import read_settings
from twinpost.edges.shipped import shipped
from twinpost.edges.vault import FileVault
from twinpost.ledger import deliveries, facts, journal, people
from twinpost.ledger.engine import open_engine, transaction
from twinpost.ledger.filing import apply_exchange
from twinpost.ledger.migrate import upgrade
from twinpost.ledger.tables import agenda
from twinpost.wiring import build_house

APPLIED = datetime(2025, 9, 1, 8, tzinfo=UTC)
NOW = datetime(2026, 1, 28, 12, 30, tzinfo=UTC)
"""A Wednesday in the middle of the year, after the last bell."""

LETTERS = 8
"""Each way; a class writes every fourth week or so."""

YEAR = """\
exchange: pair-0
title: Aachen and Lyon write letters
letters: 8
classes:
  - name: 5b Aachen
    country: DE
    timezone: Europe/Berlin
    school_hours: 08:00-13:20
    teachers:
      - {name: Anna Weber, email: anna.0@gymnasium-aachen.example}
      - {name: Jonas Braun, email: jonas.0@gymnasium-aachen.example}
    calendar:
      - {holidays: DE, region: NW}
      - {school_holidays: DE, region: NW}
      - {exams: 2026-05-04..2026-05-08, name: Test week}
  - name: CM2 Lyon
    country: FR
    timezone: Europe/Paris
    school_days: [mon, tue, thu, fri]
    teachers: [{name: Luc Martin, email: luc.0@ecole-lyon.example}]
    calendar:
      - {holidays: FR}
      - {school_holidays: FR, region: A}
      - {closed: 2026-05-15, name: Pont}
sessions:
  - {title: First look, start: 2025-11-13T10:00, zone: Europe/Berlin}
  - {title: Spring, start: 2026-03-17T10:00, zone: Europe/Berlin}
  - {title: Goodbye, start: 2026-06-16T10:00, zone: Europe/Berlin}
meeting: {every: month, weekday: tue, week: 1, at: 14:30, host: 5b Aachen}
schedule:
"""


@contextmanager
def a_ledger(count: int) -> Iterator[tuple[sa.Engine, House]]:
    """A live office with `count` exchanges, applied at the beginning of the year; no letter has come."""
    with tempfile.TemporaryDirectory(prefix="twinpost-bench-") as name:
        folder = Path(name)
        engine = open_engine(f"sqlite:///{folder / 'twinpost.db'}")
        upgrade(engine, shipped("migrations"))
        house = _house(folder)
        with transaction(engine) as connection:
            facts.note(connection, LIVE_SINCE, APPLIED.isoformat())
            planning.take_rules(connection, house.rules, APPLIED)
            first = _year(folder)
            for number in range(count):
                apply_exchange(connection, _another(first, number), APPLIED)
        yield engine, house
        engine.dispose()


def half_a_year(engine: sa.Engine, house: House) -> None:
    """What has happened up to now in every exchange: letters, and follow-ups that have gone."""
    with transaction(engine) as connection:
        directory = people.load_directory(connection)
        for exchange in directory.exchanges:
            planning.derive(connection, house, directory, exchange.id, APPLIED)
        _go(connection, agenda.c.rule != "letter-overdue")
        for exchange in directory.exchanges:
            _letters_come(connection, exchange)
            planning.derive(connection, house, directory, exchange.id, APPLIED)
        _go(connection)


def _go(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> None:
    """What was due up to now has gone at its moment."""
    went = (agenda.c.gone_at.is_(None), agenda.c.at <= NOW, *which)
    connection.execute(sa.update(agenda).where(*went).values(gone_at=agenda.c.at))


def _house(folder: Path) -> House:
    server = {"host": "127.0.0.1"}
    data = {
        "address": BOX,
        "admin": ADMIN,
        "imap": {**server, "user": BOX},
        "smtp": server,
        "trust": {"authserv_id": AUTHSERV_ID},
    }
    return build_house(read_settings(data, folder / "twinpost.toml"), FileVault(folder / "originals"))


def _year(folder: Path) -> ExchangeAsFiled:
    lines = [
        f"  - {{letter: {number}, from: {from_}, to: {to}, due: {due}}}\n"
        for number, from_, to, due in _schedule()
    ]
    file = folder / "pair-0.yaml"
    file.write_text(YEAR + "".join(lines), encoding="utf-8")
    return load_exchange(file, shared=BOX, today=APPLIED.date()).filed


def _schedule() -> Iterator[tuple[int, str, str, date]]:
    """A letter every other Friday or so, by turns, from September to June."""
    for turn in range(2 * LETTERS):
        ends = ("5b Aachen", "CM2 Lyon")
        from_, to = ends if turn % 2 == 0 else ends[::-1]
        yield turn // 2 + 1, from_, to, date(2025, 9, 26) + timedelta(days=17 * turn)


def _another(first: ExchangeAsFiled, number: int) -> ExchangeAsFiled:
    """The same exchange of other people."""
    classes = tuple(_other_people(one, number) for one in first.classes)
    return replace(first, code=f"pair-{number}", classes=classes)


def _other_people(one: ClassAsFiled, number: int) -> ClassAsFiled:
    teachers = tuple(
        replace(teacher, addresses=tuple(a.replace(".0@", f".{number}@") for a in teacher.addresses))
        for teacher in one.teachers
    )
    return replace(one, teachers=teachers)


def _letters_come(connection: sa.Connection, exchange: Exchange) -> None:
    """The first half of the letters, each on the day on which it was due."""
    for line in exchange.schedule[:LETTERS]:
        at = datetime(line.due.year, line.due.month, line.due.day, 9, tzinfo=UTC)
        writer = exchange.class_by_id(line.from_class).teachers[0].id
        name = f"{exchange.id}-{line.number}-{line.from_class}"
        place = Place("INBOX", 1, 100 * exchange.id + 2 * line.number + (line.from_class % 2))
        journal.keep(connection, [journal.Arrival(place, f"{name:0>64}", 10_000, at)], at)
        kept = journal.by_hash(connection, f"{name:0>64}")
        known = {"kind": "letter", "exchange_id": exchange.id, "person_id": writer}
        journal.processed(connection, kept.id, message_id=f"<{name}@a.example>", processed_at=at, **known)
        letter = Letter(exchange.id, line.product, (line.number,), line.from_class, (line.to_class,))
        mail = DeliveredMail(kept.id, f"<{name}@a.example>", writer, at)
        deliveries.log(connection, LogLetter(letter, mail))
