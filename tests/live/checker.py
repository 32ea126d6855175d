"""Was anything lost, doubled or sent astray? Judged from outside, without a line of the daemon's own code.

It counts hashes in the mailbox, in the journal and in the vault, rows of the log, and octets at the sink.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import imaplib
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from tests.live.daemon import ADMIN
from tests.live.post import Posted
from tests.live.sink import Connection, Taken

Database = Any
"""A connection of sqlite3 or psycopg: both execute a statement and go through what it finds."""


@dataclass(frozen=True)
class Life:
    """How one life of the daemon ended: of so many mails it may not have noted that they were taken."""

    unsettled: int


def mailbox(port: int, user: str, password: str) -> dict[str, tuple[str, ...]]:
    """Every message of the INBOX: its hash, and the flags that it bears."""
    found = {}
    with imaplib.IMAP4("127.0.0.1", port) as imap:
        imap.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        imap.select("INBOX", readonly=True)
        for number in imap.search(None, "ALL")[1][0].split():
            answer: Any = imap.fetch(number, "(FLAGS BODY.PEEK[])")[1]
            head, octets = answer[0]
            found[_hash(octets)] = tuple(flag.decode() for flag in imaplib.ParseFlags(head))
    return found


@dataclass(frozen=True)
class Evidence:
    """What is left when everything is done."""

    posted: Sequence[Posted]
    box: dict[str, tuple[str, ...]]
    ledger: Path
    connections: Sequence[Connection]
    lives: Sequence[Life]
    people: set[str]
    notes: int = 0  # the admin may have got so many
    dsn: str = ""  # of the PostgreSQL database that takes the place of `ledger`


def problems(found: Evidence) -> list[str]:
    """Everything that is not as it has to be, in sentences."""
    with closing(psycopg.connect(found.dsn) if found.dsn else sqlite3.connect(found.ledger)) as database:
        return [
            *_mailbox(found.posted, found.box),
            *_journal(database, found.box, found.ledger.parent / "originals"),
            *_log(database, found.posted),
            *_outbox(database),
            *_receipts(found.posted, found.connections),
            *_copies(found.connections, found.lives),
            *_addresses(found.connections, found.people),
            *_notes(found.connections, found.notes),
        ]


def _hash(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


def _mailbox(posted: Sequence[Posted], box: dict[str, tuple[str, ...]]) -> Iterator[str]:
    if len(box) != len(posted):
        yield f"{len(posted)} mails were posted, {len(box)} lie in the mailbox"
    for hash_, flags in box.items():
        if "\\Seen" in flags:
            yield f"mail {hash_[:8]} is marked as seen"


def _journal(database: Database, box: dict[str, tuple[str, ...]], vault: Path) -> Iterator[str]:
    rows = Counter(row[0] for row in database.execute("SELECT sha256 FROM messages"))
    if set(rows) != set(box):
        yield f"{len(set(box) - set(rows))} mails of the mailbox are not in the journal"
        yield f"{len(set(rows) - set(box))} mails of the journal are not in the mailbox"
    yield from (
        f"mail {hash_[:8]} stands {count} times in the journal" for hash_, count in rows.items() if count > 1
    )
    for state, count in database.execute("SELECT state, count(*) FROM messages GROUP BY state"):
        if state != "processed":
            yield f"{count} mails are {state}"
    kept = {_hash(file.read_bytes()) for file in vault.rglob("*") if file.is_file()}
    if lost := set(box) - kept:
        yield f"{len(lost)} originals are not in the vault, or not whole"


def _log(database: Database, posted: Sequence[Posted]) -> Iterator[str]:
    rows = Counter(
        database.execute(
            "SELECT x.code, l.number, f.name, t.name FROM letters l JOIN exchanges x ON x.id = l.exchange_id "
            "JOIN classes f ON f.id = l.from_class JOIN classes t ON t.id = l.to_class"
        )
    )
    expected = {tuple(mail.letter) for mail in posted if mail.letter}
    yield from (f"{letter} is not in the log" for letter in expected - set(rows))
    yield from (f"{letter} is in the log and was never posted" for letter in set(rows) - expected)
    yield from (f"{letter} is {count} times in the log" for letter, count in rows.items() if count > 1)
    (mails,) = database.execute("SELECT count(*) FROM delivery_mails").fetchone()
    if mails != (wanted := sum(mail.letter is not None for mail in posted)):
        yield f"{wanted} mails brought letters, {mails} are in the log"


def _outbox(database: Database) -> Iterator[str]:
    for state, count in database.execute("SELECT state, count(*) FROM outbox GROUP BY state"):
        if state != "sent":
            yield f"{count} mails of the outbox are {state}"


def _receipts(posted: Sequence[Posted], connections: Sequence[Connection]) -> Iterator[str]:
    """Each reader of each mail has exactly one mail (copies of it apart) that answers it."""
    answers: dict[tuple[str, str], dict[str, Taken]] = defaultdict(dict)
    for connection in connections:
        for taken in connection.taken:
            head = _parsed(taken)
            for recipient in taken.recipients:
                answers[head["In-Reply-To"] or "", recipient][head["Message-ID"]] = taken
    for mail in posted:
        for reader in mail.readers:
            found = answers.pop((mail.message_id, reader), {})
            if len(found) != 1:
                yield f"{reader} got {len(found)} different mails about {mail.message_id}"
            elif reader in mail.left_out and (lacking := _lacking(mail, *found.values())):
                yield f"{reader} did not get {lacking} files of {mail.message_id}"
    strays = [(about, to) for about, to in answers if to != ADMIN]
    yield from (f"{to} got a mail about {about or 'nothing'} that nobody expected" for about, to in strays)


def _lacking(mail: Posted, taken: Taken) -> int:
    """How many files of a mail that was passed on are not in it, bit for bit."""
    parts = (part.get_payload(decode=True) for part in _parsed(taken).walk() if not part.is_multipart())
    return len(
        {_hash(file) for file in mail.files} - {_hash(part) for part in parts if isinstance(part, bytes)}
    )


def _copies(connections: Sequence[Connection], lives: Sequence[Life]) -> Iterator[str]:
    """A mail goes again only after a kill that left it unsettled, and then exactly as before."""
    seen: dict[str, tuple[Taken, int]] = {}
    doubled: Counter[int] = Counter()
    for connection in sorted(connections, key=lambda connection: connection.life):
        for taken in connection.taken:
            name = str(_parsed(taken)["Message-ID"])
            if name in seen:
                first, life = seen[name]
                doubled[life] += 1
                if first != taken:
                    yield f"the copy of {name} differs from the first"
                if life == connection.life:
                    yield f"{name} was sent twice within one life"
            seen[name] = taken, connection.life
    for life, count in doubled.items():
        unsettled = lives[life].unsettled
        if count > unsettled:
            yield f"{count} mails of life {life} went again, {unsettled} were unsettled at its end"


def copies(connections: Sequence[Connection]) -> int:
    """How many mails were taken more often than once."""
    names = Counter(_parsed(taken)["Message-ID"] for connection in connections for taken in connection.taken)
    return sum(names.values()) - len(names)


def _addresses(connections: Sequence[Connection], people: set[str]) -> Iterator[str]:
    for connection in connections:
        for taken in connection.taken:
            head = _parsed(taken)
            if not set(taken.recipients) <= people | {ADMIN}:
                yield f"a mail went to {taken.recipients}"
            named = [
                address.addr_spec for name in ("To", "Cc", "Bcc") for address in _addresses_in(head, name)
            ]
            if tuple(named) != taken.recipients:
                yield f"a mail to {taken.recipients} is addressed to {named}"


def company(ledger: Path, connections: Sequence[Connection]) -> list[str]:
    """Whose company each mail was in, where it is not as it has to be: one person of the exchanges, or the
    admin; a pupil only with teachers of her own class, and at least one, in copy.
    """
    if not any(connection.taken for connection in connections):
        return []
    with closing(sqlite3.connect(ledger)) as database:
        rows = database.execute(
            "SELECT a.address, m.class_id, m.role FROM addresses a JOIN memberships m USING (person_id)"
        ).fetchall()
    roles: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for address, class_id, role in rows:
        roles[address].add((class_id, role))
    return [
        f"a mail went to {taken.recipients}"
        for connection in connections
        for taken in connection.taken
        if not _in_good_company(taken.recipients, roles)
    ]


def _in_good_company(recipients: Sequence[str], roles: dict[str, set[tuple[int, str]]]) -> bool:
    to, *copies = recipients
    if to == ADMIN:
        return copies == []
    teaches = {role for _, role in roles.get(to, ())} & {"teacher", "leader"}
    if teaches:
        return copies == []
    own = {class_id for class_id, role in roles.get(to, ()) if role == "pupil"}
    hers = {address for address, places in roles.items() if {(one, "teacher") for one in own} & places}
    return bool(copies) and set(copies) <= hers


def _addresses_in(head: email.message.EmailMessage, name: str) -> tuple[email.headerregistry.Address, ...]:
    value = head[name]
    return value.addresses if value else ()


def _notes(connections: Sequence[Connection], most: int) -> Iterator[str]:
    heads = (_parsed(taken) for c in connections for taken in c.taken if ADMIN in taken.recipients)
    subjects = {str(head["Message-ID"]): str(head["Subject"]) for head in heads}
    if len(subjects) > most:
        yield f"the admin got {[*subjects.values()]}"


def _parsed(taken: Taken) -> email.message.EmailMessage:
    return email.message_from_bytes(taken.octets, policy=email.policy.default)
