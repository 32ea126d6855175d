"""What every mailbox must do: the fake, and the real one on our own server and on Dovecot."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from twinpost.app.ports import Mailbox
from twinpost.errors import WireError


class Surroundings(Protocol):
    """The mailbox under examination, not yet opened, and the hands of others on its folder."""

    mailbox: Mailbox

    def deliver(self, octets: bytes) -> int:
        """A mail arrives. Returns its UID."""

    def remove(self, uid: int) -> None:
        """Another person removes a mail for good."""

    def moved(self, folder: str) -> list[bytes]:
        """What lies in a folder, named with `/`."""


def letter(n: int, size: int = 0) -> bytes:
    """A letter in whole lines, which every way of delivery leaves as they are."""
    head = f"Subject: Letter {n} from 7B Oslo to CM2 Lyon\r\n\r\nÆrlig talt {n}.\r\n".encode()
    return head + b"x" * size + b"\r\n"


class MailboxContract:
    """Subclasses provide the fixture `place`."""

    @pytest.fixture
    def box(self, place: Surroundings) -> Iterator[Mailbox]:
        place.mailbox.open()
        yield place.mailbox
        place.mailbox.close()

    def arrive(self, place: Surroundings, box: Mailbox, *letters: bytes) -> list[int]:
        """Deliver, and wait until the mailbox lists them: a server may tell of news a command later."""
        uids = [place.deliver(octets) for octets in letters]
        ends_at = time.monotonic() + 20
        while {each.uid for each in box.waiting(0)}.isdisjoint(uids[-1:]):
            assert time.monotonic() < ends_at, "the mails are not listed"
            box.wait(1)
        return uids

    def test_opening_tells_the_same_uidvalidity_every_time(self, place: Surroundings) -> None:
        first = place.mailbox.open()
        place.mailbox.close()
        assert place.mailbox.open() == first
        assert first > 0

    def test_what_lay_there_before_is_listed_lowest_uid_first(self, place: Surroundings) -> None:
        uids = [place.deliver(letter(n)) for n in range(3)]
        place.mailbox.open()
        assert [each.uid for each in place.mailbox.waiting(0)] == sorted(uids)

    def test_only_what_lies_above_the_last_known_uid_is_listed(
        self, place: Surroundings, box: Mailbox
    ) -> None:
        first, second = self.arrive(place, box, letter(1), letter(2))
        assert [each.uid for each in box.waiting(first)] == [second]

    def test_nothing_is_listed_when_nothing_is_new(self, place: Surroundings, box: Mailbox) -> None:
        (uid,) = self.arrive(place, box, letter(1))
        assert box.waiting(uid) == []

    def test_a_listed_mail_has_its_size_and_the_moment_of_its_arrival(
        self, place: Surroundings, box: Mailbox
    ) -> None:
        (uid,) = self.arrive(place, box, letter(1, 5000))
        (found,) = box.waiting(0)
        assert found.size == len(box.fetch([uid])[uid])
        assert found.arrived_at.utcoffset() == timedelta(0)
        assert abs(datetime.now(UTC) - found.arrived_at) < timedelta(minutes=5)

    def test_fetching_gives_every_octet(self, place: Surroundings, box: Mailbox) -> None:
        odd = bytes(range(14, 256)) + b"\r\n.\r\n..\r\n* 1 EXISTS\r\n{5}\r\n)\r\nA1 OK done\r\n"
        uids = self.arrive(place, box, letter(1), letter(2, 200_000), letter(3) + odd)
        found = box.fetch(uids)
        assert found[uids[0]].endswith(letter(1))
        assert found[uids[1]].endswith(letter(2, 200_000))
        assert found[uids[2]].endswith(letter(3) + odd)

    def test_fetching_nothing_gives_nothing(self, box: Mailbox) -> None:
        assert box.fetch([]) == {}

    def test_a_mail_that_vanished_is_left_out_and_the_others_come(
        self, place: Surroundings, box: Mailbox
    ) -> None:
        first, gone, last = self.arrive(place, box, letter(1), letter(2), letter(3))
        place.remove(gone)
        assert set(box.fetch([first, gone, last])) == {first, last}

    def test_a_large_mail_comes_in_pieces(self, place: Surroundings, box: Mailbox) -> None:
        large = letter(1, 3_000_000)
        (uid,) = self.arrive(place, box, large)
        pieces = list(box.stream(uid))
        assert len(pieces) > 2
        assert b"".join(pieces) == box.fetch([uid])[uid]

    def test_a_large_mail_that_vanished_is_a_key_error(self, place: Surroundings, box: Mailbox) -> None:
        (uid,) = self.arrive(place, box, letter(1))
        place.remove(uid)
        with pytest.raises(KeyError):
            list(box.stream(uid))

    def test_waiting_ends_when_a_mail_arrives(self, place: Surroundings, box: Mailbox) -> None:
        box.waiting(0)
        postman = threading.Timer(0.1, place.deliver, [letter(1)])
        postman.start()
        assert box.wait(20)
        postman.join()
        assert len(box.waiting(0)) == 1

    def test_a_mail_that_arrived_before_the_wait_is_not_slept_over(
        self, place: Surroundings, box: Mailbox
    ) -> None:
        assert box.waiting(0) == []
        place.deliver(letter(1))
        assert box.wait(20)
        assert len(box.waiting(0)) == 1

    def test_waiting_ends_without_news_when_the_time_is_over(self, box: Mailbox) -> None:
        box.waiting(0)
        box.wait(0.01)  # takes what the opening left to tell
        assert not box.wait(0.05)

    def test_another_thread_can_end_the_wait(self, box: Mailbox) -> None:
        box.waiting(0)
        ringer = threading.Timer(0.1, box.wake)
        ringer.start()
        began = time.monotonic()
        assert not box.wait(30)
        assert time.monotonic() - began < 25
        ringer.join()

    def test_a_wake_up_before_the_wait_is_not_lost(self, box: Mailbox) -> None:
        box.waiting(0)
        box.wake()
        began = time.monotonic()
        assert not box.wait(30)
        assert time.monotonic() - began < 25

    def test_moved_mail_lies_in_the_new_folder_and_no_more_in_the_old(
        self, place: Surroundings, box: Mailbox
    ) -> None:
        first, second, third = self.arrive(place, box, letter(1), letter(2), letter(3))
        box.move([first, third], "twinpost/Done")
        assert [each.uid for each in box.waiting(0)] == [second]
        assert [octets[-10:] for octets in place.moved("twinpost/Done")] == [letter(1)[-10:], letter(3)[-10:]]

    def test_removed_mail_is_gone_and_the_others_stay(self, place: Surroundings, box: Mailbox) -> None:
        first, second, third = self.arrive(place, box, letter(1), letter(2), letter(3))
        assert box.remove([first, third])
        assert [each.uid for each in box.waiting(0)] == [second]

    def test_removing_a_mail_that_vanished_is_no_error(self, place: Surroundings, box: Mailbox) -> None:
        gone, second, third = self.arrive(place, box, letter(1), letter(2), letter(3))
        place.remove(gone)
        assert box.remove([gone, second])
        assert [each.uid for each in box.waiting(0)] == [third]

    def test_moving_into_the_same_folder_again_adds_to_it(self, place: Surroundings, box: Mailbox) -> None:
        first, second = self.arrive(place, box, letter(1), letter(2))
        box.move([first], "twinpost/Größe & Æ")
        box.move([second], "twinpost/Größe & Æ")
        assert len(place.moved("twinpost/Größe & Æ")) == 2

    def test_moving_a_mail_that_vanished_is_no_error(self, place: Surroundings, box: Mailbox) -> None:
        gone, second = self.arrive(place, box, letter(1), letter(2))
        place.remove(gone)
        box.move([gone, second], "Done")
        assert len(place.moved("Done")) == 1
        assert box.waiting(0) == []

    def test_reading_goes_on_after_a_move(self, place: Surroundings, box: Mailbox) -> None:
        (uid,) = self.arrive(place, box, letter(1))
        box.move([uid], "Done")
        (new,) = self.arrive(place, box, letter(2))
        assert box.fetch([new])[new].endswith(letter(2))

    def test_a_closed_mailbox_says_so_and_can_be_opened_again(
        self, place: Surroundings, box: Mailbox
    ) -> None:
        box.close()
        with pytest.raises(WireError):
            box.waiting(0)
        box.close()
        box.open()
        assert box.waiting(0) == []
