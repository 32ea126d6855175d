"""What a new letter costs where a hundred thousand handled mails lie in the mailbox and in the ledger."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import Any

import sqlalchemy as sa
from imapclient import IMAPClient

from bench.floor import PASSWORD
from bench.latency import Ping, ping, with_listeners
from bench.letters import BOX, FLOOR_BOX, Letter, exchanges_for, letters
from bench.listener import Listener
from bench.memory import cpu_seconds
from bench.report import Line, Report
from bench.town import OfficeRun, Program, Town, a_town
from twinpost.ledger.engine import open_engine, transaction
from twinpost.ledger.tables import mailboxes, messages, outbox, places

OLD_MAIL = b"From: somebody@elsewhere.example\r\nSubject: Old mail %d\r\n\r\nHandled long ago.\r\n"
IDLE_SECONDS = 5.0
AT_ONCE = 10_000


@dataclass
class Place:
    """An office at work, and what its letters have cost so far."""

    town: Town
    process: Program
    for_office: Listener
    for_floor: Listener
    idle: float  # processor seconds in a second without mail
    office: list[Ping] = field(default_factory=list)
    floor: list[Ping] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def receive(self, letter: Letter) -> None:
        """One letter each for the bare program and the office.

        Processor time that the office would have used anyway is left out.
        """
        self.floor.append(ping(self.town, letter, FLOOR_BOX, self.for_floor))
        before, since = cpu_seconds(self.process.pid), time.monotonic()
        self.office.append(ping(self.town, letter, BOX, self.for_office))
        time.sleep(0.2)  # what is done after the receipts is part of the cost
        used = cpu_seconds(self.process.pid) - before
        self.cpu.append(used - self.idle * (time.monotonic() - since))

    @property
    def cost(self) -> float:
        """Processor time for a letter, ms."""
        return 1000 * sum(self.cpu) / len(self.cpu)

    @property
    def wait(self) -> float:
        """How much longer than the bare program the office takes, median ms: the server's part left out."""
        pairs = zip(self.office, self.floor, strict=True)
        return 1000 * median(office.beyond - floor.beyond for office, floor in pairs)


def old_mail(count: int, old: int) -> Report:
    """`count` letters, in turns to an office with an empty mailbox and to one with `old` mails in it."""
    with ExitStack() as stack:
        new, full = (stack.enter_context(_place(count, mails)) for mails in (0, old))
        for letter in letters(count):
            new.receive(letter)
            full.receive(letter)
    return Report(
        f"{count} letters where {old} handled mails lie; as the floor, where none lies",
        (
            Line("processor time for a letter, ms", full.cost, new.cost),
            Line("share", full.cost / new.cost, goal="≤ 1.1"),
            Line("beyond the bare program there, median ms", full.wait, new.wait),
        ),
    )


@contextmanager
def _place(count: int, old: int) -> Iterator[Place]:
    with a_town() as town:
        office = OfficeRun(town, "office")
        office.found(exchanges_for(count))
        town.fill((OLD_MAIL % number for number in range(old)), BOX, FLOOR_BOX)
        _record_as_handled(town, office, old)
        with office.running() as process, with_listeners(town, office, count) as listeners:
            before = cpu_seconds(process.pid)
            time.sleep(IDLE_SECONDS)
            yield Place(town, process, *listeners, (cpu_seconds(process.pid) - before) / IDLE_SECONDS)


def _record_as_handled(town: Town, office: OfficeRun, count: int) -> None:
    """Enter the old mails as if the office had read each and sent a receipt for it."""
    client = IMAPClient("127.0.0.1", town.dovecot.imap_port, ssl=False)
    client.login(BOX, PASSWORD)
    uidvalidity = client.select_folder("INBOX", readonly=True)[b"UIDVALIDITY"]
    last = max(client.search("ALL"), default=0)
    client.logout()
    if last != count:
        raise RuntimeError(f"the mailbox numbers {last} mails, not {count}")
    engine = open_engine(f"sqlite:///{office.ledger}")
    for start in range(1, count + 1, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count + 1))
        with transaction(engine) as connection:
            connection.execute(sa.insert(messages), [_message(number) for number in numbers])
            connection.execute(sa.insert(places), [_place_of(number, uidvalidity) for number in numbers])
            connection.execute(sa.insert(outbox), [_sent(number) for number in numbers])
    with transaction(engine) as connection:
        row = {"name": "INBOX", "uidvalidity": uidvalidity, "last_uid": last}
        connection.execute(sa.insert(mailboxes), row)
    engine.dispose()


_LONG_AGO = datetime(2026, 1, 12, 8, tzinfo=UTC)


def _message(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "sha256": f"{number:064x}",
        "size": len(OLD_MAIL),
        "arrived_at": _LONG_AGO,
        "kept_at": _LONG_AGO,
        "tries": 0,
        "state": "processed",
        "reason": "",
        "message_id": f"<{number}@elsewhere.example>",
        "fingerprint": f"{number:064x}",
        "kind": "other",
        "because": [],
        "sender": "somebody@elsewhere.example",
        "subject": f"Old mail {number}",
        "processed_at": _LONG_AGO,
    }


def _place_of(number: int, uidvalidity: int) -> dict[str, Any]:
    return {
        "mailbox": "INBOX",
        "uidvalidity": uidvalidity,
        "uid": number,
        "message_id": number,
        "moved_to": "",
    }


def _sent(number: int) -> dict[str, Any]:
    return {
        "key": f"old/{number}",
        "message_id": f"<old.{number}@school.example>",
        "notice": "receipt",
        "recipient": f"{number}@elsewhere.example",
        "copies": [],
        "cause": number,
        "provoked_by": "somebody@elsewhere.example",
        "counts": True,
        "priority": 0,
        "mail": {"subject": f"Old mail {number}", "text": "It has arrived. " * 60, "html": ""},
        "attach": [],
        "state": "sent",
        "made_at": _LONG_AGO,
        "next_at": _LONG_AGO,
        "tries": 1,
        "claimed_by": "",
        "sent_at": _LONG_AGO,
        "reply": "250 taken",
        "why": "",
    }
