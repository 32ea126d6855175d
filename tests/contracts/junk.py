"""What a look into another folder must do: the fake, and the real one on our own server and on Dovecot."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest
from tests.contracts.mailbox import letter

from twinpost.app.ports import Mailbox
from twinpost.core.model.mail import Bookmark, Glance

SINCE = (datetime.now(UTC) - timedelta(days=14)).date()
LONG_AGO = datetime.now(UTC) - timedelta(days=40)
NOTHING_YET = Bookmark()
JUNK = "Søppelpost & Junk"


class Surroundings(Protocol):
    """The mailbox under examination, not yet opened, and the hands of others on it."""

    mailbox: Mailbox

    def deliver(self, octets: bytes) -> int:
        """A mail arrives in the inbox."""

    def make(self, folder: str) -> None:
        """Somebody makes a folder."""

    def put(self, folder: str, octets: bytes, arrived_at: datetime | None = None) -> None:
        """A mail lands in a folder."""

    def take_out(self, folder: str, nth: int) -> None:
        """Somebody removes the nth mail of a folder, counted from 0."""


def junk(number: int) -> bytes:
    head = f"From: Kari <kari@fagerborg.example>\r\nSubject: Letter {number}\r\nX-Spam: yes\r\n"
    return f"{head}Message-ID: <{number}@fagerborg.example>\r\n\r\nBuy this.\r\n".encode()


def after(glance: Glance, *lying: int) -> Bookmark:
    """Where to go on after a look."""
    return Bookmark(glance.uidvalidity, glance.up_to, lying)


class JunkContract:
    """Subclasses provide the fixture `place`."""

    @pytest.fixture
    def box(self, place: Surroundings) -> Iterator[Mailbox]:
        place.make(JUNK)
        place.mailbox.open()
        yield place.mailbox
        place.mailbox.close()

    def look(self, box: Mailbox, mark: Bookmark = NOTHING_YET, most: int = 100) -> Glance:
        found = box.glance(JUNK, mark, SINCE, most)
        assert found is not None
        return found

    def test_every_folder_is_listed_by_the_name_that_people_read(self, box: Mailbox) -> None:
        assert {JUNK, "INBOX"} <= {folder.name for folder in box.folders()}

    def test_a_look_brings_the_lines_that_tell_who_wrote_and_nothing_more(
        self, place: Surroundings, box: Mailbox
    ) -> None:
        place.put(JUNK, junk(1))
        (seen,) = self.look(box).seen
        lines = seen.header.strip().split(b"\r\n")
        assert sorted(lines) == sorted(
            junk(1).split(b"\r\n\r\n")[0].replace(b"X-Spam: yes\r\n", b"").split(b"\r\n")
        )
        assert abs(datetime.now(UTC) - seen.arrived_at) < timedelta(minutes=5)

    def test_the_next_look_goes_on_behind_the_last(self, place: Surroundings, box: Mailbox) -> None:
        place.put(JUNK, junk(1))
        first = self.look(box)
        assert self.look(box, after(first)).seen == ()
        place.put(JUNK, junk(2))
        (seen,) = self.look(box, after(first)).seen
        assert b"Letter 2" in seen.header

    def test_an_empty_folder_is_looked_through_at_once(self, place: Surroundings, box: Mailbox) -> None:
        empty = self.look(box)
        assert (empty.seen, empty.more) == ((), False)
        place.put(JUNK, junk(1))
        assert len(self.look(box, after(empty)).seen) == 1

    def test_mail_of_long_ago_is_passed_over(self, place: Surroundings, box: Mailbox) -> None:
        place.put(JUNK, junk(1), LONG_AGO)
        place.put(JUNK, junk(2))
        (seen,) = self.look(box).seen
        assert b"Letter 2" in seen.header

    def test_much_junk_is_looked_through_in_several_looks(self, place: Surroundings, box: Mailbox) -> None:
        for number in range(7):
            place.put(JUNK, junk(number))
        mark, subjects = Bookmark(), []
        for more in (True, True, False):
            found = self.look(box, mark, most=3)
            subjects += [seen.header for seen in found.seen]
            assert found.more is more
            mark = after(found)
        assert [b"Letter %d" % number in header for number, header in enumerate(subjects)] == [True] * 7

    def test_what_has_left_the_folder_is_noticed(self, place: Surroundings, box: Mailbox) -> None:
        for number in range(3):
            place.put(JUNK, junk(number))
        found = self.look(box)
        uids = [seen.uid for seen in found.seen]
        place.take_out(JUNK, 1)
        assert self.look(box, after(found, *uids)).there == {uids[0], uids[2]}

    def test_of_another_uidvalidity_everything_is_looked_at_anew(
        self, place: Surroundings, box: Mailbox
    ) -> None:
        place.put(JUNK, junk(1))
        found = self.look(box, Bookmark(self.look(box).uidvalidity + 1, 900, (1,)))
        assert len(found.seen) == 1
        assert found.there == frozenset()

    def test_a_folder_that_is_not_there_is_none_and_the_inbox_goes_on(
        self, place: Surroundings, box: Mailbox
    ) -> None:
        assert box.glance("Spam of yesterday", Bookmark(), SINCE, 10) is None
        uid = place.deliver(letter(1))
        ends_at = time.monotonic() + 20  # a server may tell of news a command later
        while not box.waiting(0):
            assert time.monotonic() < ends_at, "the mail is not listed"
            box.wait(1)
        assert [each.uid for each in box.waiting(0)] == [uid]

    def test_a_mail_that_arrives_in_the_inbox_meanwhile_is_not_slept_over(
        self, place: Surroundings, box: Mailbox
    ) -> None:
        box.waiting(0)
        place.put(JUNK, junk(1))
        postman = threading.Thread(target=place.deliver, args=[letter(1)])
        postman.start()
        self.look(box)
        postman.join()
        assert box.wait(20)
        assert len(box.waiting(0)) == 1

    def test_a_mail_that_arrives_in_the_inbox_after_a_look_is_heard_of(
        self, place: Surroundings, box: Mailbox
    ) -> None:
        self.look(box)
        box.waiting(0)
        postman = threading.Timer(0.1, place.deliver, [letter(1)])
        postman.start()
        assert box.wait(20)
        postman.join()
        assert len(box.waiting(0)) == 1

    def test_moving_goes_on_after_a_look(self, place: Surroundings, box: Mailbox) -> None:
        uid = place.deliver(letter(1))
        self.look(box)
        box.move([uid], "Done")
        assert box.waiting(0) == []
