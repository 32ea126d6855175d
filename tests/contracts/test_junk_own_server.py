"""Looks into other folders, on our own mail server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.contracts.junk import JUNK, SINCE, JunkContract, junk
from tests.contracts.mailbox import letter
from tests.contracts.other_client import OtherClient
from tests.servers import ADDRESS, PASSWORD, Running, running

from twinpost.core.model.mail import Bookmark
from twinpost.errors import WireError


@pytest.fixture
def server() -> Iterator[Running]:
    with running() as server:
        yield server


@pytest.fixture
def place(server: Running) -> Iterator[OtherClient]:
    other = OtherClient(server.mailbox(poll_seconds=0.2), server.server.imap_port, ADDRESS, PASSWORD)
    yield other
    other.mailbox.close()
    other.close()


class TestJunkOnOurOwnServer(JunkContract):
    @pytest.fixture
    def place(self, place: OtherClient) -> OtherClient:
        return place


def test_what_a_folder_is_for_is_told_with_its_name(server: Running, place: OtherClient) -> None:
    server.do(server.account.create, "Uninteresting", "\\Junk")
    place.mailbox.open()
    (found,) = [folder for folder in place.mailbox.folders() if folder.name == "Uninteresting"]
    assert (found.separator, found.flags) == ("/", {"\\Junk"})


def test_a_server_without_special_use_lists_names_alone(server: Running, place: OtherClient) -> None:
    server.misbehave(hide=frozenset({"SPECIAL-USE"}))
    server.do(server.account.create, "Uninteresting", "\\Junk")
    place.mailbox.open()
    assert {flag for folder in place.mailbox.folders() for flag in folder.flags} == set()


def test_a_folder_that_cannot_be_opened_is_none_and_the_inbox_goes_on(
    server: Running, place: OtherClient
) -> None:
    place.make(JUNK)
    server.misbehave(locked=frozenset({JUNK}))
    place.mailbox.open()
    assert place.mailbox.glance(JUNK, Bookmark(), SINCE, 10) is None
    uid = place.deliver(letter(1))
    assert place.mailbox.wait(20)
    assert [each.uid for each in place.mailbox.waiting(0)] == [uid]


def test_a_line_that_breaks_during_a_look_closes_the_mailbox(server: Running, place: OtherClient) -> None:
    place.make(JUNK)
    place.put(JUNK, junk(1))
    place.mailbox.open()
    server.misbehave(bye_at="EXAMINE")
    with pytest.raises(WireError):
        place.mailbox.glance(JUNK, Bookmark(), SINCE, 10)
    server.misbehave()
    place.mailbox.open()
    assert place.mailbox.waiting(0) == []


def test_an_inbox_that_was_rebuilt_meanwhile_is_opened_anew(server: Running, place: OtherClient) -> None:
    place.make(JUNK)
    validity = place.mailbox.open()

    def rebuild(command: str) -> None:
        if command == "EXAMINE":
            server.account.inbox.rebuild()

    server.misbehave(on_command=rebuild)
    with pytest.raises(WireError, match="rebuilt"):
        place.mailbox.glance(JUNK, Bookmark(), SINCE, 10)
    server.misbehave()
    assert place.mailbox.open() > validity
