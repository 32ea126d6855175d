from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from tests.contracts.junk import SINCE, JunkContract, junk
from tests.contracts.mailbox import MailboxContract, letter
from tests.contracts.other_client import OtherClient
from tests.live.dovecot import Dovecot, running

from twinpost.core.model.mail import Bookmark
from twinpost.edges.imap import ImapMailbox
from twinpost.edges.imap_door import Door

pytestmark = pytest.mark.live

# Dovecot's own list without the extensions that move and remove single messages
BARE = "IMAP4rev1 SASL-IR LITERAL+ IDLE NAMESPACE UNSELECT"


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def bare_dovecot() -> Iterator[Dovecot]:
    with running(capability=BARE) as server:
        yield server


def account(server: Dovecot) -> Iterator[OtherClient]:
    """A mailbox that no other test has seen, filled by LMTP as by a real mail server."""
    address = f"{uuid.uuid4().hex}@school.example"
    server.add_user(address, "secret")
    door = Door(server.host, server.imap_port, address, lambda: "secret", security="none")
    other = OtherClient(ImapMailbox(door, patience=20), server.imap_port, address, "secret", separator=".")
    other.hand_over = lambda octets: server.deliver(octets, address)
    yield other
    other.mailbox.close()
    other.close()


class TestMailboxOnDovecot(MailboxContract):
    @pytest.fixture
    def place(self, dovecot: Dovecot) -> Iterator[OtherClient]:
        yield from account(dovecot)

    def test_reading_marks_nothing_as_seen(self, place: OtherClient) -> None:
        uids = [place.deliver(letter(n)) for n in range(3)]
        place.mailbox.open()
        place.mailbox.fetch(uids)
        list(place.mailbox.stream(uids[0]))
        assert place.flags() == {uid: set() for uid in uids}

    def test_a_mail_that_a_person_has_read_first_is_read_by_us_too(self, place: OtherClient) -> None:
        uid = place.deliver(letter(1))
        place.mark(uid, b"\\Seen")
        place.mailbox.open()
        assert place.mailbox.waiting(0)[0].uid == uid
        assert place.mailbox.fetch([uid])[uid].endswith(letter(1))


class TestJunkOnDovecot(JunkContract):
    @pytest.fixture
    def place(self, dovecot: Dovecot) -> Iterator[OtherClient]:
        yield from account(dovecot)

    def test_a_look_into_the_junk_folder_marks_nothing(self, place: OtherClient) -> None:
        place.make("Junk")
        place.put("Junk", junk(1))
        place.mailbox.open()
        assert place.mailbox.glance("Junk", Bookmark(), SINCE, 10) is not None
        place.mailbox.close()
        assert place.flags_in("Junk") == [{b"\\Recent"}]

    def test_the_folder_that_the_server_marks_as_junk_is_told(self, place: OtherClient) -> None:
        place.make("Uninteresting")
        place.mailbox.open()
        (found,) = [folder for folder in place.mailbox.folders() if folder.name == "Uninteresting"]
        assert "\\Junk" in found.flags

    def test_a_folder_that_only_holds_others_is_none(self, place: OtherClient) -> None:
        place.make("Spam.2025")
        place.mailbox.open()
        (above,) = [folder for folder in place.mailbox.folders() if folder.name == "Spam"]
        assert "\\Noselect" in above.flags
        assert place.mailbox.glance("Spam", Bookmark(), SINCE, 10) is None
        assert place.mailbox.waiting(0) == []


class TestMailboxOnDovecotWithoutMove:
    @pytest.fixture
    def place(self, bare_dovecot: Dovecot) -> Iterator[OtherClient]:
        yield from account(bare_dovecot)

    def test_what_a_person_marked_as_deleted_survives_our_moving(self, place: OtherClient) -> None:
        ours, theirs = place.deliver(letter(1)), place.deliver(letter(2))
        place.mark(theirs, b"\\Deleted")
        place.mailbox.open()
        place.mailbox.move([ours], "Done")
        place.mailbox.move([ours], "Done")
        assert place.flags() == {ours: {b"$TwinpostCopied"}, theirs: {b"\\Deleted"}}
        assert len(place.moved("Done")) == 1
