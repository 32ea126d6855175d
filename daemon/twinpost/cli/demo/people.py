"""Who plays along: invented schools, their teachers, and the files that set the office up for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from twinpost.edges.mailserver import MailServer


@dataclass(frozen=True, slots=True)
class Someone:
    """A person with a mailbox."""

    name: str
    address: str

    @property
    def first_name(self) -> str:
        return self.name.partition(" ")[0]


KARI = Someone("Kari Nordmann", "kari@fagerborg.example")
OLA = Someone("Ola Hansen", "ola@fagerborg.example")
LUC = Someone("Luc Martin", "luc@ecole-lyon.example")
ADA = Someone("Ada Dahl", "ada@elever.fagerborg.example")
CHLOE = Someone("Chloé Petit", "chloe@eleves.ecole-lyon.example")
MEERA = Someone("Meera Iyer", "meera@yamuna.example")
ADMIN = Someone("The admin", "it@school.example")
OFFICE = Someone("twinpost", "letters@school.example")
STRANGER = Someone("Best Prizes", "win@prizes.example")

EVERYBODY = (OFFICE, KARI, OLA, LUC, ADA, CHLOE, MEERA, ADMIN)


@dataclass(frozen=True, slots=True)
class Schools:
    """Two schools that write to each other: their exchange file, and who has a mailbox."""

    code: str
    exchange: str  # what stands in the file
    people: tuple[Someone, ...]

    @property
    def file(self) -> str:
        return f"{self.code}.yaml"


CONFIG = """\
# What `twinpost demo` ran with. Its servers are gone; log, status and explain still work with this file.
address  = "{address}"
name     = "Letters between schools"
admin    = "{admin}"
timezone = "Europe/Oslo"

[imap]
host = "127.0.0.1"
port = {imap_port}
security = "none"
password_file = "password"

[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
user = "{address}"
password_file = "password"

[ledger]
url = "{ledger}"
originals = "originals"

[start]
live = {live}

[trust]
authserv_id = "{server}"

[limits]
answers_per_hour = 20            # the demo presses weeks into a minute
receipt_quiet_minutes = {quiet}
"""

EXCHANGE = """\
exchange: oslo-lyon
title: Oslo and Lyon write letters
letters: 4
mode: both

classes:
  - name: 7B Oslo
    aliases: [7B, Oslo]
    school: Fagerborg skole
    country: NO
    timezone: Europe/Oslo
    teachers:
      - {{name: {kari.name}, email: {kari.address}}}
      - {{name: {ola.name}, email: {ola.address}}}
    pupils:
      - {{name: {ada.name}, email: {ada.address}}}
      - {{name: Jonas Moe}}
      - {{name: Leila Haddad}}
    calendar:
      - {{term: {term}}}
  - name: CM2 Lyon
    aliases: [CM2, Lyon, École Lyon]
    school: École Lyon
    country: FR
    city: Lyon
    timezone: Europe/Paris
    teachers:
      - {{name: {luc.name}, email: {luc.address}}}
    pupils:
      - {{name: {chloe.name}, email: {chloe.address}}}
      - {{name: Hugo Roux}}
    calendar:
      - {{term: {term}}}

schedule:
{schedule}"""

DUE = "  - {{letter: {number}, from: {from_}, to: {to}, due: {due}}}\n"
WAYS = (("7B Oslo", "CM2 Lyon"), ("CM2 Lyon", "7B Oslo"))


def config_text(server: MailServer, *, ledger: str, quiet_minutes: float, live: bool) -> str:
    """The configuration of an office at a running server's ports."""
    return CONFIG.format(
        address=OFFICE.address,
        admin=ADMIN.address,
        imap_port=server.imap_port,
        smtp_port=server.smtp_port,
        server=server.name,
        ledger=ledger,
        live=str(live).lower(),
        quiet=quiet_minutes,
    )


def exchange_text(today: date) -> str:
    """The exchange file: a letter each Thursday, to and fro, from next week on."""
    thursday = today + timedelta(days=7 + (3 - today.weekday()) % 7)
    schedule = "".join(
        DUE.format(number=turn // 2 + 1, from_=from_, to=to, due=thursday + timedelta(weeks=turn))
        for turn in range(8)
        for from_, to in (WAYS[turn % 2],)
    )
    term = f"{today - timedelta(weeks=8)}..{thursday + timedelta(weeks=20)}"
    people = {"kari": KARI, "ola": OLA, "luc": LUC, "ada": ADA, "chloe": CHLOE}
    return EXCHANGE.format(**people, schedule=schedule, term=term)


def oslo_and_lyon(today: date) -> Schools:
    """They write to each other from next week on, in the middle of a long term."""
    return Schools("oslo-lyon", exchange_text(today), (OFFICE, KARI, OLA, LUC, ADA, CHLOE, ADMIN))


def furnish(folder: Path, server: MailServer, password: str, config: str, schools: Schools) -> None:
    """Write the files that an admin would write, and open the mailboxes, all with one password."""
    folder.mkdir(exist_ok=True)
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(f"{password}\n", "utf-8")
    (folder / "twinpost.toml").write_text(config, "utf-8")
    (folder / schools.file).write_text(schools.exchange, "utf-8")
    for someone in schools.people:
        server.add_account(someone.address, password)
