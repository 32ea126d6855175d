"""What a whole mail says: copies of it, its links, its report, its headers."""

from __future__ import annotations

import pytest

from twinpost.core.reading.links import cloud_links
from twinpost.core.reading.mime import read_enclosures, read_whole

LETTER = (
    b"From: Kari Nordmann <kari@fagerborg.example>\r\n"
    b"To: letters@school.example\r\n"
    b"Subject: Letter 1 from 7B Oslo to CM2 Lyon\r\n"
    b"Date: Mon, 5 Oct 2026 10:14:00 +0200\r\n"
    b"Message-ID: <letter-1@fagerborg.example>\r\n"
    b"\r\n"
    b"Dear Luc,\r\nhere it is.\r\n"
)

COPIES = {
    "another way": (b"", b"Received: from mx.elsewhere.example; Mon, 5 Oct 2026 10:15:00 +0200\r\n"),
    "a list's tag": (b"Subject: Letter", b"Subject: [oslo-lyon] Letter"),
    "a list's footer": (
        b"here it is.\r\n",
        b"here it is.\r\n_______________________________________________\r\nTeachers mailing list\r\n",
    ),
    "folded and spaced anew": (b"Letter 1 from", b"Letter 1\r\n  from"),
    "on disk": (b"\r\n", b"\n"),
    "a name added": (b"From: Kari Nordmann", b"From: Kari N."),
    "blank lines below": (b"here it is.\r\n", b"here it is.\r\n\r\n\r\n"),
}
OTHERS = {
    "another sender": (b"kari@", b"ola@"),
    "another subject": (b"Letter 1", b"Letter 2"),
    "another text": (b"here it is", b"here it was"),
    "another identity": (b"<letter-1@", b"<letter-2@"),
    "another date": (b"10:14:00", b"10:14:01"),
}


@pytest.mark.parametrize("change", COPIES)
def test_a_copy_by_another_way_has_the_same_fingerprint(change: str) -> None:
    old, new = COPIES[change]
    copy = LETTER.replace(old, new) if old else new + LETTER
    assert copy != LETTER
    assert read_whole(copy).fingerprint == read_whole(LETTER).fingerprint


@pytest.mark.parametrize("change", OTHERS)
def test_another_mail_has_another_fingerprint(change: str) -> None:
    other = LETTER.replace(*OTHERS[change])
    assert read_whole(other).fingerprint != read_whole(LETTER).fingerprint


def test_the_whole_original_is_handed_out_untouched() -> None:
    (original,) = read_enclosures(LETTER, ())
    assert (original.media_type, original.content) == ("message/rfc822", LETTER)


def test_all_headers_stand_in_order_with_lower_case_names() -> None:
    names = [name for name, _ in read_whole(b"X-First: 1\r\n" + LETTER).headers]
    assert names == ["x-first", "from", "to", "subject", "date", "message-id"]


def test_a_long_header_is_kept_in_part() -> None:
    (value,) = read_whole(b"X-Long: " + b"a" * 20_000 + b"\r\n" + LETTER).header("x-long")
    assert value == "a" * 8192


def test_links_of_a_quoted_mail_are_not_the_writers() -> None:
    quoted = (
        b"Thanks!\r\n\r\nOn Mon, 5 Oct 2026 Luc <luc@ecole-lyon.example> wrote:\r\n> https://we.tl/t-abc\r\n"
    )
    assert read_whole(LETTER.replace(b"Dear Luc,\r\nhere it is.\r\n", quoted)).links == ()


@pytest.mark.parametrize(
    "link",
    [
        "https://drive.google.com/drive/folders/1a2b3c",
        "https://docs.google.com/document/d/1a2b3c/edit?usp=sharing",
        "https://1drv.ms/f/s!AbC",
        "https://fagerborg-my.sharepoint.com/:f:/g/personal/kari/EabC?e=1",
        "https://www.dropbox.com/scl/fo/abc?dl=0",
        "https://we.tl/t-abc123",
        "https://www.icloud.com/iclouddrive/0abC#letters",
        "https://cloud.ecole-lyon.example/index.php/s/AbCdEfGh12",
    ],
)
def test_a_cloud_drives_link_is_found_without_its_full_stop(link: str) -> None:
    assert cloud_links(f"Here ({link}). And again: {link}!") == (link,)


@pytest.mark.parametrize(
    "link",
    [
        "https://fagerborg.example/drive.google.com/x",
        "https://drive.google.com.evil.example/x",
        "https://notdropbox.com/x",
        "https://www.icloud.com/calendar",
        "https://cloud.example/s/short",
        "http://[broken/",
        "drive.google.com/x",
    ],
)
def test_another_link_is_no_cloud_drives(link: str) -> None:
    assert cloud_links(f"Look at {link} please") == ()
