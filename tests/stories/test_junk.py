"""Mail of people whom we know in the junk folder: the admin hears of it, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.mailbox import FakeMailbox, Lying
from tests.office import BOX, EXCHANGE, KARI, LUC, OLA, START, Office, an_office, mails

from twinpost.app import junk
from twinpost.app.collect import Collector
from twinpost.app.junk import JunkWatch
from twinpost.core.model.kind import Kind
from twinpost.errors import WireError
from twinpost.ledger import people
from twinpost.ledger.engine import transaction
from twinpost.ledger.parcels import Parcel
from twinpost.ledger.transaction import Desk

pytestmark = pytest.mark.slow

LETTER = "Letter 1 from 7B Oslo to CM2 Lyon"
ADMIN = "it@school.example"


def a_mail(sender: str = KARI, subject: str = LETTER, number: int = 1) -> bytes:
    mail = EmailMessage()
    mail["Authentication-Results"] = "mx.school.example; dmarc=pass header.from=fagerborg.example"
    mail["From"], mail["To"], mail["Cc"], mail["Subject"] = sender, LUC, BOX, subject
    mail["Message-ID"] = f"<{number}@mail.example>"
    mail.set_content("Dear Luc, here you are.")
    return mail.as_bytes()


class Place:
    """An office with a mailbox that has a junk folder, and the watch over it."""

    def __init__(self, office: Office, wanted: str = "auto") -> None:
        self.office = office
        self.mailbox = FakeMailbox()
        self.mailbox.others = {"Junk": []}
        self.desk = Desk(office.engine)
        self.watch = JunkWatch(
            self.mailbox, self.desk, office.house, people.load_directory, lambda: office.now, wanted
        )
        self.mailbox.open()

    def lands(self, octets: bytes, arrived_at: datetime | None = None, folder: str = "Junk") -> None:
        """The server takes a mail for junk."""
        self.mailbox.others[folder].append(Lying(octets, arrived_at or self.office.now))

    def look(self, **time: float) -> int:
        """Time passes, then the folder is looked into."""
        self.office.now += timedelta(**time)
        return self.watch.look()

    def notes(self) -> list[Parcel]:
        """What was written; it must be notes to the admin."""
        written = self.office.outbox()
        assert {(parcel.recipient, parcel.notice) for parcel in written} <= {(ADMIN, "admin-note")}
        return written

    def status(self) -> dict[str, Any]:
        with transaction(self.office.engine) as connection:
            return junk.standing(connection)

    def lying(self) -> list[str]:
        return [mail["subject"] for mail in self.status()["mails"]]


@pytest.fixture
def place(office: Office) -> Iterator[Place]:
    place = Place(office)
    yield place
    place.desk.close()


def test_a_letter_in_the_junk_folder_is_told_to_the_admin_and_to_nobody_else(place: Place) -> None:
    place.lands(a_mail())
    assert place.look() == 1
    (note,) = place.notes()
    assert f"oslo-lyon: “{LETTER}”, from\n  {KARI}, in the folder Junk" in note.mail.text
    assert "drag it into the inbox" in " ".join(note.mail.text.split())


def test_mail_of_strangers_in_the_junk_folder_is_nobodys_business(place: Place) -> None:
    place.lands(a_mail("Kari Nordmann <prince@nigeria.example>"))
    assert place.look() == 0
    assert place.notes() == []
    assert place.lying() == []


def test_the_status_shows_what_lies_there_until_it_is_taken_out(place: Place) -> None:
    place.lands(a_mail())
    place.look()
    (mail,) = place.status()["mails"]
    assert (mail["exchange"], mail["sender"], mail["subject"], mail["folder"]) == (
        "oslo-lyon",
        KARI,
        LETTER,
        "Junk",
    )
    place.mailbox.others["Junk"][0] = None
    place.look(minutes=10)
    assert place.lying() == []


def test_dragged_into_the_inbox_it_is_read_like_every_other_mail(place: Place, office: Office) -> None:
    place.lands(a_mail(), START - timedelta(hours=1))
    place.look()
    place.mailbox.others["Junk"][0] = None
    place.mailbox.deliver(a_mail(), START - timedelta(hours=1))
    collector = Collector(place.mailbox, place.desk, office.house, lambda: office.now)
    office.now += timedelta(minutes=10)
    office.go_live(START - timedelta(days=1))
    collector.open()
    collector.collect()
    (done,) = office.process_waiting()
    assert done.sorted.kind is Kind.LETTER
    assert mails(done.told) == [("receipt", KARI), ("receipt", OLA), ("letter-arrived", LUC)]
    place.look()
    assert place.lying() == []


def test_a_mail_is_told_once(place: Place) -> None:
    place.lands(a_mail())
    for _ in range(5):
        place.look(days=1)
    assert len(place.notes()) == 1


def test_what_comes_within_a_day_is_joined_into_one_note(place: Place) -> None:
    place.lands(a_mail())
    place.look()
    for number in (2, 3):
        place.lands(a_mail(LUC, f"Re: letter {number}", number))
        place.look(hours=1)
    assert len(place.notes()) == 1
    place.look(hours=22)
    first, second = place.notes()
    assert LETTER not in second.mail.text
    assert "Re: letter 2" in second.mail.text
    assert "Re: letter 3" in second.mail.text
    assert first.mail.message_id != second.mail.message_id


def test_a_flood_in_the_names_of_teachers_is_one_short_note_a_day(place: Place) -> None:
    for number in range(60):
        place.lands(a_mail(subject=f"Cheap pills {number}", number=number))
    place.look()
    (note,) = place.notes()
    assert "and 40 more" in note.mail.text
    assert len(place.lying()) == 60


def test_forged_headers_lead_to_no_mail_to_a_teacher(place: Place) -> None:
    place.lands(b"From: kari@fagerborg.example, luc@ecole-lyon.example\r\nSubject: Letter 1\r\n\r\nx\r\n")
    place.lands(b"Subject: nobody\r\n\r\nx\r\n")
    place.lands(b"\xff\xfe\x00garbage")
    place.lands(a_mail(subject="=?utf-8?q?STATUS=0D=0ABcc:_v=40evil=2Eexample?="))
    assert place.look() == 1
    (note,) = place.notes()
    assert "Bcc" not in dict(note.mail.headers)


def test_before_go_live_nothing_is_written_and_the_status_shows_it(tmp_path: Path) -> None:
    with an_office(tmp_path, live=False) as office:
        place = Place(office)
        place.lands(a_mail())
        place.look()
        assert office.outbox() == []
        assert place.lying() == [LETTER]
        office.go_live()
        place.look(minutes=10)
        assert len(place.notes()) == 1
        place.desk.close()


def test_the_folder_is_looked_into_every_ten_minutes(place: Place) -> None:
    place.look()
    place.lands(a_mail())
    assert place.look(minutes=9) == 0
    assert place.look(minutes=1) == 1


def test_after_a_restart_ten_minutes_are_ten_minutes_still(place: Place, office: Office) -> None:
    place.look()
    place.lands(a_mail())
    again = Place(office)
    again.mailbox.others = place.mailbox.others
    assert again.look(minutes=1) == 0
    assert again.look(minutes=9) == 1
    again.desk.close()


def test_much_junk_is_looked_through_in_turns_that_follow_at_once(place: Place) -> None:
    place.watch.most = 10
    for number in range(34):
        place.lands(a_mail("shop@pills.example", "Cheap", number))
    place.lands(a_mail())
    assert [place.look(minutes=1) for _ in range(4)] == [0, 0, 0, 1]
    place.lands(a_mail(number=99))
    assert place.look(minutes=1) == 0


def test_junk_of_long_ago_is_left_in_peace(place: Place) -> None:
    place.lands(a_mail(), START - timedelta(days=20))
    assert place.look() == 0


def test_what_lies_there_for_a_fortnight_is_forgotten(place: Place) -> None:
    place.lands(a_mail())
    place.look()
    place.look(days=16)
    assert place.lying() == []


def test_a_mail_that_was_read_and_put_into_the_junk_folder_afterwards_is_not_told(
    place: Place, office: Office
) -> None:
    office.process(a_mail())
    sent = len(office.outbox())
    place.lands(a_mail())
    assert place.look() == 0
    assert len(office.outbox()) == sent


def test_a_folder_that_is_numbered_anew_brings_nothing_new(place: Place) -> None:
    place.lands(a_mail())
    place.lands(a_mail(LUC, "Re: letter 1", 2))
    place.look()
    place.mailbox.uidvalidity += 1
    place.mailbox.others["Junk"].pop(0)
    assert place.look(minutes=10) == 0
    assert place.lying() == ["Re: letter 1"]
    assert len(place.notes()) == 1


def test_a_folder_that_is_renamed_is_found_again(place: Place) -> None:
    place.lands(a_mail())
    place.look()
    place.mailbox.others = {"Spam": [*place.mailbox.others["Junk"], Lying(a_mail(number=2), START)]}
    place.look(minutes=10)
    assert place.status()["folders"] == ["Spam"]
    assert [mail["folder"] for mail in place.status()["mails"]] == ["Spam", "Spam"]
    assert [mail["told"] for mail in place.status()["mails"]] == [True, False]


def test_a_mailbox_without_a_junk_folder_has_nothing_to_be_told(place: Place) -> None:
    place.mailbox.others = {}
    assert place.look() == 0
    assert (place.status()["folders"], place.status()["trouble"]) == ([], "")


def test_a_folder_that_the_admin_names_and_that_is_missing_is_shown_as_trouble(office: Office) -> None:
    place = Place(office, "Søppel")
    place.look()
    assert place.status()["trouble"] == "The folder Søppel does not exist. There are: Junk."
    place.mailbox.others["Søppel"] = []
    place.look(minutes=10)
    assert place.status()["trouble"] == ""
    place.desk.close()


def test_a_folder_that_cannot_be_opened_is_shown_as_trouble(place: Place) -> None:
    place.mailbox.locked = {"Junk"}
    place.look()
    assert place.status()["trouble"] == "The folder Junk cannot be opened."


def test_when_no_junk_is_to_be_looked_for_what_was_seen_is_forgotten(place: Place, office: Office) -> None:
    place.lands(a_mail())
    place.look()
    none = Place(office, "")
    none.look(minutes=10)
    assert none.lying() == []
    none.desk.close()


def test_a_look_that_breaks_the_connection_is_not_repeated_at_once(place: Place) -> None:
    place.lands(a_mail())
    place.mailbox.fail(WireError("broken"))
    with pytest.raises(WireError):
        place.look()
    place.mailbox.open()
    assert place.look(minutes=1) == 0
    assert place.look(minutes=9) == 1


def test_who_is_new_in_a_file_is_known_from_then_on(place: Place, office: Office) -> None:
    olena = "olena@kyiv-school.example"
    place.lands(a_mail(olena))
    place.look()
    office.apply(EXCHANGE.replace(f"email: {LUC}", f"email: [{LUC}, {olena}]"))
    place.lands(a_mail(olena, number=2))
    assert place.look(minutes=10) == 1
