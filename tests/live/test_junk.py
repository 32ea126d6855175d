"""The junk folder of a real mailbox: what lies there is reported, and read once it is in the inbox."""

from __future__ import annotations

from email import message_from_bytes

import pytest
from tests.live.daemon import ADMIN
from tests.live.place import Place, letter

pytestmark = [pytest.mark.live, pytest.mark.slow]

JUNK = '"S&APg-ppelpost"'
"""Søppelpost, as it is written on the line (RFC 3501, 5.1.3)."""


def subjects(place: Place, recipient: str) -> list[str]:
    """What has been written to somebody."""
    taken = [mail for mail in place.sink.taken() if recipient in mail.recipients]
    return [str(message_from_bytes(mail.octets)["Subject"]) for mail in taken]


def test_a_letter_in_the_junk_folder_is_reported_and_read_once_it_is_dragged_into_the_inbox(
    place: Place,
) -> None:
    person = place.person()
    person.create(JUNK)
    person.append(JUNK, "", "", letter(1))
    person.append(JUNK, "", "", letter(2, "Prince <prince@pills.example>"))
    place.daemon.serve()
    place.daemon.until(lambda: subjects(place, ADMIN), "the admin is told")
    assert place.told(1) == set()
    status = place.daemon.data("status")["junk"]
    assert status["folders"] == ["Søppelpost"]
    assert [mail["subject"] for mail in status["mails"]] == ["Letter 1 from 7B Oslo to CM2 Lyon"]
    person.select(JUNK)
    assert person.search(None, "UNSEEN")[1] == [b"1 2"]
    person.uid("MOVE", "1", "INBOX")
    person.logout()
    place.until_told(1)
    place.post(3)
    place.until_told(3)
    assert len(subjects(place, ADMIN)) == 1
    assert place.daemon.stop() == 0
