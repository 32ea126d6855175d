"""A post office in a temporary folder: real ledger, templates and words; the clock is moved by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from tests.ledgers import new_ledger

from twinpost.app import administer, agenda, live, planning
from twinpost.app.enact import Told
from twinpost.app.house import House
from twinpost.app.joined import join_withheld
from twinpost.app.process import Processed, process
from twinpost.core.deciding.delivery import Sent
from twinpost.core.model.rule import Rule
from twinpost.edges.exchange_file import load_exchange
from twinpost.edges.reader import MailReader
from twinpost.edges.settings import read_settings
from twinpost.edges.vault import FileVault
from twinpost.ledger import journal, people, views
from twinpost.ledger import outbox as box
from twinpost.ledger.engine import transaction
from twinpost.ledger.parcels import Parcel
from twinpost.wiring import build_house

BOX = "letters@school.example"
KARI, OLA, LUC = "kari@fagerborg.example", "ola@fagerborg.example", "luc@ecole-lyon.example"
START = datetime(2026, 10, 8, 7, 15, tzinfo=UTC)
"""Thursday 8 October 2026, 09:15 in Oslo and Lyon."""

EXCHANGE = """
exchange: oslo-lyon
title: Oslo and Lyon write letters
letters: 4
classes:
  - name: 7B Oslo
    aliases: [7B, Oslo]
    country: NO
    timezone: Europe/Oslo
    teachers:
      - {name: Kari Nordmann, email: kari@fagerborg.example}
      - {name: Ola Hansen, email: ola@fagerborg.example}
    pupils:
      - {name: Ana Berg}
      - {name: Tomas Lie}
  - name: CM2 Lyon
    aliases: [CM2, Lyon, École Lyon]
    country: FR
    city: Lyon
    timezone: Europe/Paris
    teachers:
      - {name: Luc Martin, email: luc@ecole-lyon.example}
    pupils:
      - {name: Zoé Petit}
      - {name: Hugo Roux}
pairs:
  - [Ana Berg, Zoé Petit]
  - [Tomas Lie, Hugo Roux]
schedule:
  - {letter: 1, from: 7B Oslo, to: CM2 Lyon, due: 2026-10-09}
  - {letter: 1, from: CM2 Lyon, to: 7B Oslo, due: 2026-11-06}
  - {letter: 2, from: 7B Oslo, to: CM2 Lyon, due: 2026-12-04}
"""

OLENA = "olena@kyiv-school.example"
WITH_KYIV = EXCHANGE.replace(
    "pairs:\n",
    """  - name: 5A Kyiv
    aliases: [5A, Kyiv]
    country: UA
    timezone: Europe/Kyiv
    teachers:
      - {name: Olena Koval, email: olena@kyiv-school.example}
pairs:
""",
)
"""The same exchange with a third class."""

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@cache
def _house(changes: str) -> House:
    """The house with these settings (JSON) beside the usual ones: read once, for every office of a run."""
    data: dict[str, Any] = {
        "address": BOX,
        "admin": "it@school.example",
        "imap": {"host": "127.0.0.1", "user": BOX},
        "smtp": {"host": "127.0.0.1"},
        "trust": {"authserv_id": "mx.school.example"},
    }
    settings = read_settings({**data, **json.loads(changes)}, Path("twinpost.toml").absolute())
    return build_house(settings, FileVault(Path("originals")))


@dataclass
class Office:
    """Mails go in as a person would send them; what twinpost would send comes out."""

    engine: sa.Engine
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)
    now: datetime = START
    sent: int = 0
    rules: tuple[Rule, ...] | None = ()  # None: those that are shipped

    def __post_init__(self) -> None:
        vault = FileVault(self.folder / "originals")
        house = _house(json.dumps(self.settings))
        rules = house.rules if self.rules is None else self.rules
        self.house = replace(house, vault=vault, reader=MailReader(vault), rules=rules)
        self.everybody = people.Everybody()
        with transaction(self.engine) as connection:
            planning.take_rules(connection, self.house.rules, self.now)

    def apply(self, text: str = EXCHANGE, *, reread: bool = True) -> None:
        """Apply an exchange file; what it may explain waits to be processed again."""
        file = self.folder / "exchange.yaml"
        file.write_text(text, encoding="utf-8")
        with transaction(self.engine) as connection:
            filed = [load_exchange(file, shared=self.house.office.address).filed]
            administer.apply(connection, filed, self.now, reread=reread)

    def go_live(self, since: datetime | None = None) -> None:
        """The admin says it; with `since`, mail that came from then on is answered too."""
        with transaction(self.engine) as connection:
            live.go_live(connection, self.now, since)

    def receive(
        self,
        sender: str,
        subject: str,
        *,
        to: Sequence[str] = (BOX,),
        cc: Sequence[str] = (),
        text: str = "Dear colleague,\n\nhere you are.\n",
        files: Sequence[tuple[str, bytes]] = (),
        answers: Told | None = None,
        proven: bool = True,
        verdict: str = "",
        headers: Sequence[tuple[str, str]] = (),
        arrived_at: datetime | None = None,
    ) -> Processed:
        """A mail arrives (now, unless it has lain in the mailbox) and is processed by itself.

        `verdict`: the results of our mail server, where they are not simply that it is `proven`.
        """
        self.sent += 1
        mail = EmailMessage()
        if proven and not verdict:
            verdict = f"dmarc=pass header.from={sender.split('@')[1].rstrip('>')}"
        if verdict:
            mail["Authentication-Results"] = f"mx.school.example; {verdict}"
        mail["From"], mail["To"], mail["Subject"] = sender, ", ".join(to), subject
        if cc:
            mail["Cc"] = ", ".join(cc)
        mail["Date"] = format_datetime(self.now)
        mail["Message-ID"] = f"<{self.sent}@story.example>"
        if answers is not None:
            mail["In-Reply-To"] = self.message_id(answers)
        for name, value in headers:
            mail[name] = value
        mail.set_content(text)
        for name, content in files:
            mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        return self.process(mail.as_bytes(), arrived_at)

    def process(self, octets: bytes, arrived_at: datetime | None = None) -> Processed:
        """The octets of a mail arrive, now unless told otherwise."""
        sha256 = self.house.vault.put(octets)
        reading = self.house.reader.read(sha256, octets)
        with transaction(self.engine) as connection:
            place = journal.Place("INBOX", 1, self.sent)
            journal.keep(
                connection, [journal.Arrival(place, sha256, len(octets), arrived_at or self.now)], self.now
            )
            kept = journal.by_hash(connection, sha256)
            directory = self.everybody.now(connection)
            return process(connection, self.house, directory, kept, reading, self.now)

    def process_waiting(self) -> list[Processed]:
        """What was put back into the journal is processed again."""
        done = []
        with transaction(self.engine) as connection:
            for kept in journal.to_process(connection, 100):
                reading = self.house.reader.read(kept.sha256)
                directory = self.everybody.now(connection)
                done.append(process(connection, self.house, directory, kept, reading, self.now))
        return done

    def wait(self, **time: float) -> list[Told]:
        """Time passes; what became due meanwhile is done at its end."""
        self.now += timedelta(**time)
        with transaction(self.engine) as connection:
            directory = self.everybody.now(connection)
            while planning.derive_stale(connection, self.house, directory, self.now):
                continue
            return agenda.whats_due(connection, self.house, directory, self.now)

    def join(self, **time: float) -> int:
        """Time passes; what the loop budget withheld is joined where it has room. Returns how many mails."""
        self.now += timedelta(**time)
        with transaction(self.engine) as connection:
            directory = self.everybody.now(connection)
            return join_withheld(connection, self.house, directory, self.now)

    def outbox_leaves(self) -> None:
        """Everything that waits is sent."""
        with transaction(self.engine) as connection:
            for parcel in box.claim(connection, self.now, 1000, "test"):
                box.record(connection, parcel.id, Sent("250 ok"), self.now)

    def message_id(self, told: Told) -> str:
        """The Message-ID of a mail of ours."""
        with transaction(self.engine) as connection:
            rows = [p for p in self._parcels(connection) if p.mail.subject == told.subject]
            rows = [p for p in rows if p.recipient == told.tell.to.address]
            return rows[-1].mail.message_id

    def _parcels(self, connection: sa.Connection) -> list[Any]:
        return [parcel for state in box.State for parcel in box.parcels_in(connection, state)]

    def outbox(self, *states: box.State) -> list[Parcel]:
        """The mails in these states, or all."""
        with transaction(self.engine) as connection:
            return [p for state in states or box.State for p in box.parcels_in(connection, state)]

    def log(self) -> list[views.LogLine]:
        with transaction(self.engine) as connection:
            return views.delivery_log(connection)


@contextmanager
def an_office(
    folder: Path,
    *,
    live: bool = True,
    rules: tuple[Rule, ...] | None = (),
    now: datetime = START,
    exchange: str = EXCHANGE,
    **settings: Any,
) -> Iterator[Office]:
    """An office with the exchange oslo-lyon, live and without rules unless told otherwise."""
    with new_ledger(folder) as engine:
        office = Office(engine, folder, settings, now, rules=rules)
        office.apply(exchange)
        if live:
            office.go_live()
        yield office


def mails(told: Sequence[Told]) -> list[tuple[str, str]]:
    """(notice, recipient) of each mail, in order."""
    return [(one.tell.notice.name, one.tell.to.address) for one in told]


def the(told: Sequence[Told], notice: str, to: str) -> Told:
    """The one mail of this kind to this person."""
    (found,) = [one for one in told if (one.tell.notice.name, one.tell.to.address) == (notice, to)]
    return found
