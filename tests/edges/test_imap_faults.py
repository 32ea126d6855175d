"""Servers and wires that misbehave: nothing is lost, nothing is marked, and everything ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from tests.fakes.tokens import tokens
from tests.servers import ADDRESS, PASSWORD, Running, running

from twinpost.edges.imap import IDLE_SECONDS, ImapMailbox
from twinpost.errors import NotHandedOver, SignInRefused, WireError

LETTER = (
    b"Subject: Letter 1 from 7B Oslo to CM2 Lyon\r\n\r\nDear Lyon,\r\n" + b"how are you? " * 2000 + b"\r\n"
)


@pytest.fixture
def server() -> Iterator[Running]:
    with running() as up:
        yield up


def opened(server: Running, *, poll_seconds: float = 60.0, patience: float = 20.0) -> ImapMailbox:
    mailbox = server.mailbox(poll_seconds=poll_seconds, patience=patience)
    mailbox.open()
    mailbox.waiting(0)
    return mailbox


def read_all(mailbox: ImapMailbox, after: int = 0) -> dict[int, bytes]:
    """As the daemon does: wait, list, fetch."""
    ends_at = time.monotonic() + 20
    while not (found := mailbox.waiting(after)):
        assert time.monotonic() < ends_at, "nothing arrived"
        mailbox.wait(5)
    return mailbox.fetch([each.uid for each in found])


def a_day_of(mailbox: ImapMailbox) -> None:
    mailbox.open()
    mailbox.fetch([each.uid for each in mailbox.waiting(0)])
    mailbox.waiting(0)
    mailbox.wait(0.1)


def test_a_letter_reported_in_the_same_packet_as_the_plus_of_idle_is_noticed(server: Running) -> None:
    mailbox = opened(server)
    server.misbehave(on_command=lambda name: name == "IDLE" and server.server.deliver(ADDRESS, LETTER))
    began = time.monotonic()
    assert mailbox.wait(30)
    assert time.monotonic() - began < 10
    server.misbehave()
    assert list(read_all(mailbox).values()) == [LETTER]
    mailbox.close()


def test_a_letter_told_during_another_command_is_not_slept_over(server: Running) -> None:
    mailbox = opened(server)
    server.misbehave(on_command=lambda name: name == "SEARCH" and server.server.deliver(ADDRESS, LETTER))
    assert mailbox.waiting(0) == []  # the search was done before the server told of the letter
    server.misbehave()
    began = time.monotonic()
    assert mailbox.wait(30)
    assert time.monotonic() - began < 10
    assert len(read_all(mailbox)) == 1
    mailbox.close()


def test_a_letter_is_found_by_the_poll_when_idle_stays_silent(server: Running) -> None:
    mailbox = opened(server, poll_seconds=0.2)
    server.misbehave(silent_idle=True)
    threading.Timer(0.05, server.deliver, [LETTER]).start()
    assert mailbox.wait(20)
    assert list(read_all(mailbox).values()) == [LETTER]
    mailbox.close()


def test_idle_is_renewed_long_before_the_server_may_hang_up() -> None:
    assert IDLE_SECONDS < 29 * 60  # RFC 2177


def test_a_server_without_idle_is_asked(server: Running) -> None:
    server.misbehave(hide=frozenset({"IDLE"}))
    mailbox = opened(server, poll_seconds=0.1)
    threading.Timer(0.05, server.deliver, [LETTER]).start()
    assert mailbox.wait(20)
    assert len(read_all(mailbox)) == 1
    mailbox.close()


def test_a_link_that_breaks_in_idle_loses_no_letter(server: Running) -> None:
    mailbox = opened(server)
    server.misbehave(drop_in_idle=True)
    threading.Timer(0.05, server.deliver, [LETTER]).start()
    with pytest.raises(WireError):
        mailbox.wait(20)
    server.misbehave()
    mailbox.open()
    assert list(read_all(mailbox).values()) == [LETTER]
    mailbox.close()


@pytest.mark.parametrize("command", ["SELECT", "SEARCH", "FETCH", "IDLE", "NOOP"])
def test_a_goodbye_at_any_command_ends_in_one_error_and_a_new_start(server: Running, command: str) -> None:
    server.deliver(LETTER)
    server.misbehave(bye_at=command)
    mailbox = server.mailbox()
    with pytest.raises(WireError) as caught:
        a_day_of(mailbox)
    assert caught.value.temporary
    server.misbehave()
    mailbox.open()
    assert list(read_all(mailbox).values()) == [LETTER]
    mailbox.close()


def test_a_letter_cut_in_the_middle_is_never_taken_for_a_whole_one(server: Running) -> None:
    uid = server.deliver(LETTER)
    mailbox = opened(server)
    server.misbehave(cut_literal=True)
    with pytest.raises(WireError):
        mailbox.fetch([uid])
    mailbox.open()
    with pytest.raises(WireError):
        list(mailbox.stream(uid))
    server.misbehave()
    mailbox.open()
    assert mailbox.fetch([uid]) == {uid: LETTER}
    mailbox.close()


def test_lines_that_come_in_two_packets_are_read_whole(server: Running) -> None:
    server.misbehave(split_lines=True)
    mailbox = opened(server)
    threading.Timer(0.05, server.deliver, [b"Subject: Letter 2\r\n\r\nShort.\r\n"]).start()
    assert mailbox.wait(20)
    assert len(read_all(mailbox)) == 1
    mailbox.close()


def test_a_server_that_sends_an_octet_now_and_then_does_not_hold_us(server: Running) -> None:
    server.deliver(LETTER)
    mailbox = opened(server, patience=0.5)
    server.misbehave(seconds_per_octet=0.05)
    began = time.monotonic()
    with pytest.raises(WireError, match="too long"):
        mailbox.fetch([1])
    assert time.monotonic() - began < 10
    server.misbehave()


def test_a_folder_that_was_numbered_anew_is_opened_anew_with_another_uidvalidity(server: Running) -> None:
    for n in range(3):
        server.deliver(LETTER + b"%d\r\n" % n)
    mailbox = server.mailbox()
    first = mailbox.open()
    server.do(server.account.inbox.remove, server.account.inbox.messages[:1])
    server.do(server.account.inbox.rebuild)
    with pytest.raises(WireError):
        mailbox.waiting(0)
    assert mailbox.open() != first
    assert sorted(read_all(mailbox).values()) == [LETTER + b"1\r\n", LETTER + b"2\r\n"]
    mailbox.close()


def test_a_letter_that_the_server_withholds_is_named_and_the_others_come(server: Running) -> None:
    first, broken, last = (server.deliver(LETTER) for _ in range(3))
    server.misbehave(withhold=frozenset({broken}))
    mailbox = server.mailbox()
    mailbox.open()
    assert [each.uid for each in mailbox.waiting(0)] == [first, broken, last]
    with pytest.raises(NotHandedOver) as caught:
        mailbox.fetch([first, broken, last])
    assert caught.value.uids == (broken,)
    mailbox.open()
    assert set(mailbox.fetch([first, last])) == {first, last}
    with pytest.raises(NotHandedOver):
        list(mailbox.stream(broken))
    mailbox.close()


def test_flags_that_others_set_meanwhile_do_not_mix_with_what_we_fetch(server: Running) -> None:
    uids = [server.deliver(LETTER) for _ in range(4)]
    mailbox = opened(server)
    server.do(server.account.inbox.remove, server.account.inbox.messages[:2])
    server.do(server.account.inbox.flag, server.account.inbox.messages[0], {"\\Seen"})
    assert mailbox.fetch(uids) == dict.fromkeys(uids[2:], LETTER)
    mailbox.close()


@pytest.mark.parametrize("hide", [(), ("MOVE",), ("MOVE", "UIDPLUS")])
def test_reading_and_moving_mark_nothing_as_read_and_spare_what_others_deleted(
    server: Running, hide: tuple[str, ...]
) -> None:
    server.misbehave(hide=frozenset(hide))
    ours, theirs, rest = (server.deliver(LETTER) for _ in range(3))
    server.do(server.account.inbox.flag, server.account.inbox.messages[1], {"\\Deleted"})
    mailbox = opened(server)
    mailbox.fetch([ours, theirs, rest])
    list(mailbox.stream(rest))
    mailbox.move([ours], "twinpost/Done")
    mailbox.fetch([theirs, rest])  # now the folder is open for writing
    left = {ours: {"$TwinpostCopied"}} if "UIDPLUS" in hide else {}
    assert server.flags() == left | {theirs: {"\\Deleted"}, rest: set()}
    assert [each.octets for each in server.account.folders["twinpost/Done"].messages] == [LETTER]
    mailbox.close()


def test_without_any_way_to_remember_a_copy_mail_stays_where_it_is(server: Running) -> None:
    server.misbehave(hide=frozenset({"MOVE", "UIDPLUS"}), no_keywords=True)
    uid = server.deliver(LETTER)
    mailbox = opened(server)
    mailbox.move([uid], "Done")
    mailbox.move([uid], "Done")
    assert server.flags() == {uid: set()}
    assert server.account.folders["Done"].messages == []
    mailbox.close()


@pytest.mark.parametrize("keywords", [True, False])
def test_without_uidplus_nothing_is_removed_not_even_what_somebody_else_deleted(
    server: Running, keywords: bool
) -> None:
    server.misbehave(hide=frozenset({"UIDPLUS"}), no_keywords=not keywords)
    ours, theirs = (server.deliver(LETTER) for _ in range(2))
    server.do(server.account.inbox.flag, server.account.inbox.messages[1], {"\\Deleted"})
    mailbox = opened(server)
    assert not mailbox.remove([ours])
    assert server.flags() == {ours: {"$TwinpostOver"} if keywords else set(), theirs: {"\\Deleted"}}
    mailbox.close()


def test_removing_takes_only_what_is_named(server: Running) -> None:
    ours, theirs = (server.deliver(LETTER) for _ in range(2))
    server.do(server.account.inbox.flag, server.account.inbox.messages[1], {"\\Deleted"})
    mailbox = opened(server)
    assert mailbox.remove([ours])
    assert server.flags() == {theirs: {"\\Deleted"}}
    mailbox.close()


def test_a_refused_sign_in_names_the_user_and_says_what_to_check(server: Running) -> None:
    server.misbehave(refuse_sign_in="[AUTHENTICATIONFAILED] Invalid credentials")
    with pytest.raises(SignInRefused, match=r"letters@school\.example.*Invalid credentials.*password"):
        server.mailbox().open()


def test_a_wrong_password_is_refused_without_appearing_in_the_error(server: Running) -> None:
    mailbox = ImapMailbox(server.door(password=lambda: "hunter2"))
    with pytest.raises(SignInRefused) as caught:
        mailbox.open()
    assert "hunter2" not in str(caught.value)


def test_a_server_that_cannot_check_passwords_now_is_no_refusal(server: Running) -> None:
    server.misbehave(refuse_sign_in="[UNAVAILABLE] the directory is down")
    with pytest.raises(WireError, match="directory is down") as caught:
        server.mailbox().open()
    assert not isinstance(caught.value, SignInRefused)


def test_an_access_token_signs_in_and_a_spoilt_one_is_refused(server: Running) -> None:
    mailbox = ImapMailbox(server.door(tokens=tokens(PASSWORD)))
    assert mailbox.open() > 0
    mailbox.close()
    with pytest.raises(SignInRefused):
        ImapMailbox(server.door(tokens=tokens("expired"))).open()


def test_the_password_is_asked_for_at_each_sign_in(server: Running) -> None:
    passwords = iter(["outdated", PASSWORD])
    mailbox = ImapMailbox(server.door(password=lambda: next(passwords)))
    with pytest.raises(SignInRefused):
        mailbox.open()
    assert mailbox.open() > 0
    mailbox.close()


def test_a_missing_folder_is_answered_with_those_that_exist(server: Running) -> None:
    server.do(server.account.create, "Brev på norsk")
    with pytest.raises(WireError, match=r"Brev.*does not exist.*Brev på norsk, INBOX"):
        server.mailbox(folder="Brev").open()


def test_a_folder_with_an_accent_in_its_name_can_be_read(server: Running) -> None:
    server.do(server.account.create, "Brev på norsk & fransk")
    server.do(server.server.deliver, ADDRESS, LETTER, "Brev på norsk & fransk")
    mailbox = server.mailbox(folder="Brev på norsk & fransk")
    mailbox.open()
    assert list(read_all(mailbox).values()) == [LETTER]
    mailbox.close()


def test_an_old_mailbox_is_not_listed_whole(server: Running) -> None:
    asked: list[str] = []
    for _ in range(1200):
        server.do(server.account.inbox.add, b"Subject: old\r\n\r\n")
    mailbox = server.mailbox()
    mailbox.open()
    assert len(mailbox.waiting(0)) == 1200
    server.misbehave(on_command=asked.append)
    assert [each.uid for each in mailbox.waiting(1198)] == [1199, 1200]
    assert mailbox.waiting(1200) == []
    assert asked == ["SEARCH", "FETCH", "SEARCH"]
    mailbox.close()
