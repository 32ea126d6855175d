"""What a mail is, what would be sent, and why: the daemon's own path, its transaction rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from twinpost.app.enact import ANSWERS_SINCE
from twinpost.app.house import House
from twinpost.app.process import Processed, process
from twinpost.core.model.mail import Place, Reading
from twinpost.core.model.people import Directory
from twinpost.ledger import facts, journal, people

WOULD_GO = ("waiting", "held")
"""States of the outbox row of a mail that would be sent, now or after go-live."""

_EVER = datetime(1000, 1, 1, tzinfo=UTC).isoformat()
"""A mail is explained as if it came today, however old it is."""


@dataclass(frozen=True, slots=True)
class Explainer:
    """Judges mails against a ledger and leaves no trace in it.

    `in_order`: each mail knows those before it, until the block of `session` ends.
    """

    engine: sa.Engine
    house: House
    in_order: bool = False

    @contextmanager
    def session(self) -> Iterator[_Session]:
        """One transaction, never committed."""
        with self.engine.connect() as connection:
            outer = connection.begin()
            try:
                facts.note(connection, ANSWERS_SINCE, _EVER)
                directory = people.load_directory(connection, self.house.language)
                yield _Session(connection, self.house, self.in_order, directory)
            finally:
                outer.rollback()


@dataclass(slots=True)
class _Session:
    connection: sa.Connection
    house: House
    in_order: bool
    directory: Directory
    number: int = 0

    def explain(self, octets: bytes, now: datetime | None, clock: datetime) -> Processed:
        """Take one mail through all stations. Without `now` it arrives at its own Date, or at `clock`."""
        self.number += 1
        sha256 = self.house.vault.put(octets)
        reading = self.house.reader.read(sha256, octets)
        moment = now or reading.date or clock
        savepoint = self.connection.begin_nested()
        try:
            return self._process(octets, sha256, reading, moment)
        finally:
            if self.in_order:
                savepoint.commit()
                self.directory = people.load_directory(self.connection, self.house.language)
            else:
                savepoint.rollback()

    def _process(self, octets: bytes, sha256: str, reading: Reading, moment: datetime) -> Processed:
        place = Place("explain", 1, self.number)
        journal.keep(self.connection, [journal.Arrival(place, sha256, len(octets), moment)], moment)
        kept = journal.by_hash(self.connection, sha256)
        return process(self.connection, self.house, self.directory, kept, reading, moment)


def as_json(file: str, done: Processed) -> dict[str, Any]:
    """One mail's explanation, as interfaces promise it."""
    decision, sorted_ = done.decision, done.decision.sorted or done.sorted
    member = sorted_.sender
    letter = sorted_.letter
    exchange = member.exchange if member else None
    return {
        "file": file,
        "kind": sorted_.kind.value,
        "exchange": exchange.code if exchange else None,
        "sender": {
            "address": done.reading.from_[0].address if done.reading.from_ else "",
            "name": _name(done),
            "role": member.role.value if member else None,
            "class": member.school_class.name if member else None,
            "proven": done.proof.proven,
            "proof": done.proof.because,
        },
        "letter": None
        if letter is None or exchange is None
        else {
            "product": letter.product,
            "numbers": list(letter.numbers),
            "part": list(letter.part) if letter.part else None,
            "from": exchange.class_by_id(letter.from_class).name,
            "to": [exchange.class_by_id(class_id).name for class_id in letter.to_classes],
            "certainty": letter.certainty.value,
        },
        "findings": [
            {"code": finding.code, "about": finding.about, "text": finding.text}
            for finding in decision.findings
        ],
        "mails": [
            {
                "notice": told.tell.notice.name,
                "to": [told.tell.to.address],
                "cc": [person.address for person in told.tell.copies],
                "subject": told.subject,
            }
            for told in done.told
            if told.state in WOULD_GO
        ],
        "because": list(decision.because),
    }


def _name(done: Processed) -> str:
    member = done.sorted.sender
    if member is not None:
        return member.person.name
    return done.reading.from_[0].name if done.reading.from_ else ""
