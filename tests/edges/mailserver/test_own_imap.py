"""Our IMAP server as a foreign client sees it, and the words it understands."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from tests.servers import ADDRESS, PASSWORD, Running, running

from twinpost.edges.mailserver import Message
from twinpost.edges.mailserver.imap_words import BadCommand, number_set, search, tokens

LETTER = b"From: kari@fagerborg.example\r\nSubject: Letter 1\r\nX-Long: one\r\n two\r\n\r\nDear Lyon.\r\n"


@pytest.fixture
def server() -> Iterator[Running]:
    with running() as up:
        yield up


@pytest.fixture
def client(server: Running) -> Iterator[IMAPClient]:
    with IMAPClient("127.0.0.1", server.server.imap_port, ssl=False, timeout=10) as client:
        client.plain_login(ADDRESS, PASSWORD)
        yield client


def test_folders_are_made_listed_and_counted(server: Running, client: IMAPClient) -> None:
    client.create_folder("twinpost/Æøå & Co")
    client.append("twinpost/Æøå & Co", LETTER, [b"\\Seen"], datetime(2026, 10, 8, 9, 15, tzinfo=UTC))
    assert [name for _, _, name in client.list_folders()] == ["INBOX", "twinpost/Æøå & Co"]
    assert [name for _, _, name in client.list_folders("", "twin%")] == []
    status = client.folder_status("twinpost/Æøå & Co", ["MESSAGES", "UNSEEN", "UIDNEXT"])
    assert status == {b"MESSAGES": 1, b"UNSEEN": 0, b"UIDNEXT": 2}
    with pytest.raises(IMAPClientError, match="ALREADYEXISTS"):
        client.create_folder("twinpost/Æøå & Co")


def test_a_message_is_given_whole_and_in_parts(server: Running, client: IMAPClient) -> None:
    uid = server.deliver(LETTER)
    client.select_folder("INBOX", readonly=True)
    found = client.fetch(
        [uid], ["FLAGS", "RFC822.SIZE", "BODY.PEEK[HEADER]", "BODY.PEEK[TEXT]", "BODY.PEEK[]<6.5>"]
    )[uid]
    assert found[b"RFC822.SIZE"] == len(LETTER)
    assert found[b"BODY[HEADER]"] + found[b"BODY[TEXT]"] == LETTER
    assert found[b"BODY[]<6>"] == LETTER[6:11]
    headers = client.fetch([uid], ["BODY.PEEK[HEADER.FIELDS (Subject X-Long)]"])[uid]
    assert headers[b"BODY[HEADER.FIELDS (SUBJECT X-LONG)]"] == (
        b"Subject: Letter 1\r\nX-Long: one\r\n two\r\n\r\n"
    )
    assert server.flags() == {uid: set()}


def test_reading_without_peek_marks_a_message_as_seen(server: Running, client: IMAPClient) -> None:
    uid = server.deliver(LETTER)
    client.select_folder("INBOX")
    client.fetch([uid], ["BODY[]"])
    assert server.flags() == {uid: {"\\Seen"}}


def test_a_folder_opened_for_reading_cannot_be_changed(server: Running, client: IMAPClient) -> None:
    uid = server.deliver(LETTER)
    client.select_folder("INBOX", readonly=True)
    with pytest.raises(IMAPClientError, match="READ-ONLY"):
        client.add_flags([uid], [b"\\Seen"])
    assert server.flags() == {uid: set()}


def test_flags_and_keywords_are_set_added_and_taken_away(server: Running, client: IMAPClient) -> None:
    uid = server.deliver(LETTER)
    client.select_folder("INBOX")
    client.set_flags([uid], [b"\\Flagged", b"$Done"])
    client.add_flags([uid], [b"\\Seen"])
    assert client.remove_flags([uid], [b"\\Flagged"]) == {uid: (b"$Done", b"\\Seen")}


def test_messages_are_found_by_what_the_client_asks_for(server: Running, client: IMAPClient) -> None:
    first, second = server.deliver(LETTER), server.deliver(LETTER.replace(b"Letter 1", b"Video 2"))
    client.select_folder("INBOX")
    client.add_flags([second], [b"\\Seen", b"$Done"])
    asked = {
        "ALL": [first, second],
        "UNSEEN": [first],
        "KEYWORD $Done": [second],
        "UNKEYWORD $Done": [first],
        'HEADER Subject "video"': [second],
        'OR (SUBJECT "video") UNSEEN': [first, second],
        "NOT SEEN UID 1:*": [first],
        "UID 2:*": [second],
        "UID 99:*": [second],
        "2": [second],
        "LARGER 1000000": [],
        "SINCE 01-Jan-2020 BEFORE 01-Jan-2021": [],
    }
    assert {keys: client.search(keys) for keys in asked} == asked


def test_expunge_after_uid_takes_only_what_is_named(server: Running, client: IMAPClient) -> None:
    uids = [server.deliver(LETTER) for _ in range(3)]
    client.select_folder("INBOX")
    client.add_flags(uids[:2], [b"\\Deleted"])
    client.uid_expunge([uids[0]])
    assert set(server.flags()) == set(uids[1:])
    client.expunge()
    assert set(server.flags()) == {uids[2]}


def test_copies_stay_and_moved_mail_goes(server: Running, client: IMAPClient) -> None:
    uid = server.deliver(LETTER)
    client.select_folder("INBOX")
    with pytest.raises(IMAPClientError, match="TRYCREATE"):
        client.copy([uid], "Nowhere")
    client.create_folder("Done")
    client.copy([uid], "Done")
    client.move([uid], "Done")
    assert server.flags() == {}
    assert client.folder_status("Done", ["MESSAGES"]) == {b"MESSAGES": 2}


def test_idle_tells_of_arrivals_and_removals(server: Running, client: IMAPClient) -> None:
    server.deliver(LETTER)
    client.select_folder("INBOX")
    client.idle()
    server.deliver(LETTER)
    assert client.idle_check(timeout=5) == [(2, b"EXISTS")]
    server.do(server.account.inbox.remove, server.account.inbox.messages[:1])
    assert client.idle_check(timeout=5) == [(1, b"EXPUNGE")]
    client.idle_done()


@pytest.mark.parametrize(
    "line",
    [
        b'a LOGIN "x',
        b"a FETCH ((((",
        b"a UID",
        b"a",
        b"",
        b"\xff\xfe\x00",
        b"a AUTHENTICATE PLAIN !!!",
        b"a AUTHENTICATE GSSAPI",
        b"a SELECT",
        b"a EXPUNGE",
        b"a UID FETCH 1",
        b"a FETCH x FLAGS",
        b"a FETCH 1 NONSENSE",
        b"a UID SEARCH XYZZY",
        b'a SEARCH ""',
        b'a SELECT "\xc3\xa6"',
        b"a SELECT &&&",
    ],
)
def test_nonsense_is_answered_and_the_session_goes_on(server: Running, line: bytes) -> None:
    with (
        socket.create_connection(("127.0.0.1", server.server.imap_port), 10) as sock,
        sock.makefile("rwb") as talk,
    ):
        talk.readline()
        talk.write(
            b"l LOGIN %b {%d+}\r\n%b\r\n" % (ADDRESS.encode(), len(PASSWORD.encode()), PASSWORD.encode())
        )
        talk.write(b"s SELECT INBOX\r\n")
        talk.write(line + b"\r\n" + (b"*\r\n" if b"GSSAPI" in line else b""))
        talk.write(b"z NOOP\r\n")
        talk.flush()
        assert any(answer.startswith(b"z OK") for answer in iter(talk.readline, b""))


def test_every_mail_is_written_as_a_file_when_a_folder_is_given(tmp_path: Path) -> None:
    with running(folder=tmp_path) as server:
        server.deliver(LETTER)
    assert [path.read_bytes() for path in tmp_path.rglob("*.eml")] == [LETTER]


def test_commands_are_taken_apart_into_atoms_strings_literals_and_lists() -> None:
    line = b'1:2 (FLAGS BODY.PEEK[HEADER.FIELDS (From To)]<0.10>) "a \\"quoted\\" word" {5}'
    assert tokens([line, b"a\r\n b", b" (x ())"]) == [
        "1:2",
        ["FLAGS", "BODY.PEEK[HEADER.FIELDS (From To)]<0.10>"],
        b'a "quoted" word',
        b"a\r\n b",
        ["x", []],
    ]


@pytest.mark.parametrize("line", [b"(", b")", b'"open', b"a]b", b"{3} x"])
def test_what_is_no_imap_is_a_bad_command(line: bytes) -> None:
    with pytest.raises(BadCommand):
        tokens([line])


def test_sets_of_numbers_know_lists_ranges_and_the_star() -> None:
    among = number_set("1,4:6,9:*", highest=11)
    assert [n for n in range(1, 14) if among(n)] == [1, 4, 5, 6, 9, 10, 11]
    assert number_set("20:*", highest=11)(11)
    with pytest.raises(BadCommand):
        number_set("1:x", highest=3)


def test_dates_are_compared_by_day() -> None:
    message = Message(1, LETTER, datetime(2026, 10, 8, 23, 59, tzinfo=UTC))

    def found(word: str, day: date) -> bool:
        return search([word, f"{day:%d-%b-%Y}"], 1, 1)(1, message)

    assert found("ON", date(2026, 10, 8))
    assert found("SINCE", date(2026, 10, 8))
    assert not found("BEFORE", date(2026, 10, 8))
    assert found("BEFORE", date(2026, 10, 9))
