"""Kept messages go through the stations, whatever one of them does to the program."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from typing import TypeVar

import pytest
import sqlalchemy as sa
from tests.office import BOX, EXCHANGE, KARI, LUC, PDF, START, Office

from twinpost.app import agenda
from twinpost.app.intake import Processing
from twinpost.app.process import Processed
from twinpost.core.model.kind import Kind
from twinpost.core.model.mail import Place, Reading, TakenUp
from twinpost.errors import LedgerError
from twinpost.ledger import journal, people, rereading, views
from twinpost.ledger.engine import transaction
from twinpost.ledger.journal import Arrival
from twinpost.ledger.transaction import Desk

T = TypeVar("T")
LETTER = "Letter {} from 7B Oslo to CM2 Lyon"


def a_mail(subject: str, sender: str = KARI, **headers: str) -> bytes:
    mail = EmailMessage()
    mail["Authentication-Results"] = "mx.school.example; dmarc=pass header.from=fagerborg.example"
    mail["From"], mail["To"], mail["Cc"], mail["Subject"] = sender, LUC, BOX, subject
    mail["Date"] = "Thu, 08 Oct 2026 09:15:00 +0200"
    mail["Message-ID"] = f"<{abs(hash(subject))}@fagerborg.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Dear Luc, here you are.\n")
    mail.add_attachment(PDF + subject.encode(), maintype="application", subtype="pdf", filename="a.pdf")
    return mail.as_bytes()


def keep(office: Office, *mails: bytes, validity: int = 1, first: int = 1, mailbox: str = "INBOX") -> None:
    """These mails lie in the mailbox under UIDs from `first` on, and are kept."""
    vault = office.house.vault
    arrivals = [
        Arrival(Place(mailbox, validity, uid), vault.put(octets), len(octets), office.now)
        for uid, octets in enumerate(mails, first)
    ]
    with transaction(office.engine) as connection:
        journal.keep(connection, arrivals, office.now)


class PoisonError(Exception):
    """What a message does to its reader."""


class Reader:
    """The real reader, which breaks at messages with this word in their octets."""

    def __init__(self, office: Office, word: bytes) -> None:
        self.office, self.word, self.tries = office, word, 0

    def read(self, sha256: str, octets: bytes | None = None) -> Reading:
        if self.word in self.office.house.vault.get(sha256):
            self.tries += 1
            raise PoisonError(f"what the mail says: {self.word.decode()} \ud800\r\nX: y")
        return self.office.house.reader.read(sha256, octets)

    def enclosures(self, sha256: str, parts: object) -> tuple[()]:
        return ()


def run(office: Office, processing: Processing | None = None, **changes: object) -> list[Processed]:
    """Process everything that is kept, as the daemon does."""
    done: list[Processed] = []
    desk = Desk(office.engine)
    house = replace(office.house, **changes)  # type: ignore[arg-type]
    processing = processing or Processing(house, desk, lambda: office.now, done.append, recovering=False)
    processing.report = done.append
    try:
        asyncio.run(processing.run())
    finally:
        desk._thread.shutdown(wait=True)
    return done


def states(office: Office) -> dict[str, int]:
    with transaction(office.engine) as connection:
        return views.states(connection)


def test_a_poisonous_message_is_set_aside_after_three_tries_and_the_others_go_on(office: Office) -> None:
    keep(office, a_mail(LETTER.format(1)), a_mail("ARSENIC"), a_mail(LETTER.format(2)))
    reader = Reader(office, b"ARSENIC")
    done = run(office, reader=reader)
    assert len(done) == 2
    assert states(office) == {"aside": 1, "processed": 2}
    assert [line.numbers for line in office.log()] == [(1,), (2,)]
    assert reader.tries == 4  # once with the batch, then three times by itself
    (note,) = [parcel for parcel in office.outbox() if parcel.notice == "admin-note"]
    assert note.recipient == "it@school.example"


def test_what_was_set_aside_is_retried_when_the_reason_is_gone(office: Office) -> None:
    keep(office, a_mail(LETTER.format(1)))
    run(office, reader=Reader(office, b"Letter"))
    with transaction(office.engine) as connection:
        rereading.take_up(connection, [1], TakenUp.ADMIN, START)
    assert len(run(office)) == 1
    assert [line.numbers for line in office.log()] == [(1,)]


def test_the_reason_of_a_message_set_aside_is_one_plain_line(office: Office) -> None:
    keep(office, a_mail("ARSENIC"))
    run(office, reader=Reader(office, b"ARSENIC"))
    with transaction(office.engine) as connection:
        (line,) = views.aside(connection)
    assert line.reason.isprintable()
    assert "PoisonError" in line.reason


def test_the_same_octets_twice_in_one_batch_are_one_message(office: Office) -> None:
    mail = a_mail(LETTER.format(1))
    keep(office, mail, mail)
    assert len(run(office)) == 1
    assert len(office.outbox()) == 3


def test_the_same_mail_by_two_ways_in_one_batch_is_one_letter(office: Office) -> None:
    mail = a_mail(LETTER.format(1))
    keep(office, mail, b"Received: from list.example by mx.school.example\n" + mail)
    run(office)
    assert office.log()[0].mails == 1
    assert len(office.outbox()) == 3


def test_what_a_list_made_look_like_a_machines_mail_counts_when_it_comes_directly(office: Office) -> None:
    mail = a_mail("Letter 1 to Lyon")
    keep(office, a_mail("Letter 1 to Lyon", List_Id="<all.fagerborg.example>"), mail)
    run(office)
    assert [line.numbers for line in office.log()] == [(1,)]


def test_an_address_that_becomes_hers_brings_its_letter_in_the_same_run(office: Office) -> None:
    private = "Kari Nordmann <kari@private.example>"
    keep(office, a_mail(LETTER.format(1), sender=private))
    run(office)
    (question,) = office.outbox()
    yes = a_mail("Re: Was this you?", In_Reply_To=question.mail.message_id)
    keep(office, yes.replace(b"Dear Luc, here you are.", b"Yes"), first=2)
    kinds = [done.sorted.kind.value for done in run(office)]
    assert kinds == ["reply", "letter"]
    assert [line.numbers for line in office.log()] == [(1,)]


def test_the_agenda_sees_a_message_that_a_command_put_back(office: Office) -> None:
    keep(office, a_mail(LETTER.format(1)))
    run(office)
    with transaction(office.engine) as connection:
        assert not agenda.waits(connection)
        rereading.take_up(connection, [1], TakenUp.ADMIN, START)
        assert agenda.waits(connection)


def test_a_mail_dragged_back_into_the_inbox_is_tried_again(office: Office) -> None:
    mail = a_mail("Letter 1 from the frogs to CM2 Lyon")
    keep(office, mail)
    run(office)
    keep(office, mail, first=9)
    assert len(run(office)) == 1
    with transaction(office.engine) as connection:
        assert [times for _, _, _, times in views.open_questions(connection)] == [1]


def test_a_mailbox_with_new_uids_asks_nothing_again(office: Office) -> None:
    mail = a_mail("Letter 1 from the frogs to CM2 Lyon")
    keep(office, mail)
    run(office)
    keep(office, mail, validity=2, first=7)
    assert run(office) == []
    keep(office, mail, validity=2, first=8)
    assert len(run(office)) == 1


def test_a_place_that_is_listed_twice_is_no_new_place(office: Office) -> None:
    mail = a_mail("Letter 1 from the frogs to CM2 Lyon")
    keep(office, mail)
    run(office)
    keep(office, mail)
    assert run(office) == []


def test_after_a_start_a_message_that_killed_the_program_three_times_is_not_looked_at(office: Office) -> None:
    keep(office, a_mail(LETTER.format(1)), a_mail(LETTER.format(2)))
    with transaction(office.engine) as connection:
        for _ in range(journal.MOST_TRIES):
            journal.count_try(connection, 1)
    assert [done.kept.id for done in run(office)] == [2]
    assert states(office) == {"aside": 1, "processed": 1}


class FullDesk(Desk):
    """A ledger whose disk is full at the end of the second transaction."""

    turns = 0

    def _run(self, work: Callable[[sa.Connection], T]) -> T:
        self.turns += 1
        with transaction(self.engine) as connection:
            done = work(connection)
            if self.turns == 2:
                raise LedgerError("the disk is full")
            return done


def test_a_directory_from_a_transaction_that_failed_is_forgotten(office: Office) -> None:
    keep(office, a_mail(LETTER.format(1), sender="Kari Nordmann <kari@private.example>"))
    run(office)
    (question,) = office.outbox()
    yes = a_mail("Re: Was this you?", In_Reply_To=question.mail.message_id)
    keep(office, yes.replace(b"Dear Luc, here you are.", b"Yes"), a_mail("Our trip"), first=2)
    desk = FullDesk(office.engine)
    processing = Processing(office.house, desk, lambda: office.now, recovering=False)
    with pytest.raises(LedgerError):
        asyncio.run(processing.run())
    office.apply(EXCHANGE.replace("Luc Martin", "Luc-Antoine Martin"))  # as new a revision as the lost one
    with transaction(office.engine) as connection:
        assert processing.directory(connection) == people.load_directory(connection, "en")
    desk.close()


def test_what_is_due_and_cannot_be_done_holds_up_nothing_else(office: Office) -> None:
    first = office.receive(KARI, "Letter 1 from the frogs to CM2 Lyon", to=[LUC], cc=[BOX])
    office.receive(KARI, "Letter 2 from the toads to CM2 Lyon", to=[LUC], cc=[BOX])
    path = office.house.vault.path(first.kept.sha256)
    octets = path.read_bytes()
    path.unlink()
    (asked,) = office.wait(days=1)
    assert asked.tell.notice.name == "which-letter"
    path.write_bytes(octets)
    assert office.wait(minutes=30) == []
    assert len(office.wait(minutes=31)) == 1


def test_a_question_is_void_when_its_mail_is_understood_at_last(office: Office) -> None:
    keep(office, a_mail("Letter 1 from the frogs to CM2 Lyon"))
    run(office)
    office.apply(EXCHANGE.replace("aliases: [7B, Oslo]", "aliases: [7B, Oslo, the frogs]"))
    (done,) = run(office)
    assert done.sorted.kind is Kind.LETTER
    with transaction(office.engine) as connection:
        assert views.open_questions(connection) == []


def test_a_question_whose_mail_is_as_unclear_as_before_is_not_put_again(office: Office) -> None:
    keep(office, a_mail("Letter 1 from the frogs to CM2 Lyon"))
    run(office)
    office.apply(EXCHANGE.replace("aliases: [7B, Oslo]", "aliases: [7B, Oslo, the toads]"))
    (done,) = run(office)
    assert (done.sorted.kind, done.told) == (Kind.UNCLEAR, ())
    with transaction(office.engine) as connection:
        assert len(views.open_questions(connection)) == 1


class LeavingDesk(Desk):
    """A ledger that goes away in the middle of everything but its shortest work."""

    away = True

    def _run(self, work: Callable[[sa.Connection], T]) -> T:
        with transaction(self.engine) as connection:
            done = work(connection)
            if self.away and isinstance(done, list) and done and isinstance(done[0], Processed):
                raise LedgerError("the line was lost")
            return done


def test_a_message_is_not_blamed_for_a_ledger_that_goes_away(office: Office) -> None:
    keep(office, a_mail(LETTER.format(1)))
    desk = LeavingDesk(office.engine)
    processing = Processing(office.house, desk, lambda: office.now)
    for _ in range(5):
        with pytest.raises(LedgerError):
            asyncio.run(processing.run())
    desk.away = False
    asyncio.run(processing.run())
    desk.close()
    assert [line.numbers for line in office.log()] == [(1,)]
