"""A running daemon betrays nobody, and somebody is forgotten beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from pathlib import Path

import pytest
from tests.live.daemon import PASSWORD
from tests.live.dovecot import Dovecot
from tests.live.place import PDF, Place, a_place
from tests.office import BOX, EXCHANGE, KARI, LUC

pytestmark = [pytest.mark.live, pytest.mark.slow]

CHILD, TEACHER, SCHOOL_CLASS = "Xantippe Qvistgaard", "Ørnulf Wzorkowicz", "9Ñ Zugspitze"
TEACHERS_ADDRESS = "oernulf.wz@quokka.example"
SUBJECT, TEXT, FILE = (
    "A platypus sent this",
    "The narwhal ate my homework.",
    "Xantippe Qvistgaard axolotl.pdf",
)
SMTP_PASSWORD = "smørrebrød-og-aquavit"
PLANTED = (
    *(CHILD, "Qvistgaard", TEACHER, "Wzorkowicz", SCHOOL_CLASS, "Zugspitze", TEACHERS_ADDRESS),
    *("platypus", "narwhal", "axolotl", SMTP_PASSWORD, PASSWORD),
)
ODD = (
    EXCHANGE.replace("oslo-lyon", "odd-names")
    .replace("Kari Nordmann, email: kari@fagerborg.example", f"{TEACHER}, email: {TEACHERS_ADDRESS}")
    .replace("7B Oslo", SCHOOL_CLASS)
    .replace("[7B, Oslo]", "[9N]")
    .replace("Ana Berg", CHILD)
)
COMMANDS = (
    *(("status",), ("log",), ("outbox", "list", "--all"), ("aside", "list"), ("exchange", "list")),
    *(("check",), ("plan", "odd-names"), ("person", f"{CHILD} of nowhere")),
)


@pytest.fixture
def place(store: Dovecot, tmp_path: Path) -> Iterator[Place]:
    privacy = {"keep_originals_days": 90, "purge_mailbox": True}
    with a_place(store, tmp_path / "office") as found:
        settings = found.settings()
        found.daemon.configure({**settings, "privacy": privacy})
        found.daemon.environment["TWINPOST_SMTP_PASSWORD"] = SMTP_PASSWORD
        file = found.daemon.folder / "odd.yaml"
        file.write_text(ODD, "utf-8")
        found.daemon.tell("exchange", "apply", "--yes", str(file))
        yield found


def post(place: Place, number: int, sender: str, subject: str, *, name: str = "") -> None:
    mail = EmailMessage()
    mail["Authentication-Results"] = f"mx.school.example; dmarc=pass header.from={sender.partition('@')[2]}"
    mail["From"], mail["To"], mail["Cc"] = f"{name} <{sender}>", BOX, LUC
    mail["Subject"], mail["Message-ID"] = subject, f"<odd-{number}@{sender.partition('@')[2]}>"
    mail["Date"] = format_datetime(localtime())
    mail.set_content(f"{TEXT}\nYours, {TEACHER}\n")
    mail.add_attachment(PDF + bytes([number]), maintype="application", subtype="pdf", filename=FILE)
    place.store.deliver(mail.as_bytes(), place.user)


def kinds(place: Place) -> int:
    return sum(count for kind, count in place.daemon.data("status")["kinds"].items() if kind)


def octets(place: Place) -> bytes:
    kept = [*place.daemon.ledger.parent.iterdir(), *place.daemon.ledger.parent.glob("originals/*/*")]
    return b"".join(file.read_bytes() for file in kept if file.is_file())


def test_neither_log_nor_talk_tells_a_name_an_address_a_text_or_a_password(place: Place) -> None:
    post(place, 1, TEACHERS_ADDRESS, f"Letter 1 from {SCHOOL_CLASS} to CM2 Lyon", name=TEACHER)
    post(place, 2, TEACHERS_ADDRESS, SUBJECT, name=TEACHER)
    post(place, 3, "pedlar@elsewhere.example", SUBJECT, name=TEACHER)
    place.daemon.serve()
    place.daemon.until(lambda: kinds(place) == 3, "all are processed")
    talk = "".join(place.daemon.ask(*words).stderr for words in COMMANDS[:-1])
    assert place.daemon.stop() == 0
    place.daemon.set_password("wrong-" + PASSWORD)  # a refusal must not quote it
    place.daemon.start()
    place.daemon.until(lambda: "refuse" in place.daemon.log(), "it is refused")
    place.daemon.kill()
    assert place.daemon.betrayed(PLANTED) == []
    assert [word for word in PLANTED if word in talk] == []


def test_somebody_is_forgotten_beside_the_running_daemon_and_in_the_mailbox(place: Place) -> None:
    post(place, 1, TEACHERS_ADDRESS, f"Letter 1 from {SCHOOL_CLASS} to CM2 Lyon", name=TEACHER)
    place.daemon.serve()
    place.daemon.until(lambda: kinds(place) == 1, "it is processed")
    place.daemon.until(lambda: len(place.sink.taken()) >= 2, "it is told of")
    before = place.daemon.data("log")
    assert CHILD.encode() in octets(place)
    place.daemon.tell("forget", CHILD, "--yes")
    assert CHILD.encode() not in octets(place)
    assert [line["files"] for line in place.daemon.data("log")] == [line["files"] for line in before] == [1]
    place.daemon.until(lambda: inbox(place) == 0, "it has left the mailbox")
    place.post(2)
    place.until_told(2)
    assert place.daemon.stop() == 0
    with closing(sqlite3.connect(place.daemon.ledger)) as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def inbox(place: Place) -> int:
    person = place.person()
    _, (count,) = person.select("INBOX", readonly=True)
    person.logout()
    return int(count or 0)


def test_who_was_forgotten_by_address_is_a_stranger_afterwards(place: Place) -> None:
    place.daemon.serve()
    place.daemon.tell("forget", KARI, "--yes")
    place.post(1)
    place.daemon.until(lambda: kinds(place) == 1, "it is processed")
    assert place.daemon.data("status")["kinds"].get("stranger") == 1
    assert place.daemon.stop() == 0
