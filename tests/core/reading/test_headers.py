"""Header values: encoded words, parameters, dates, Message-IDs; and the charsets behind them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from twinpost.core.reading.charset import decode, one_line
from twinpost.core.reading.headers import date_of, decode_words, message_id, message_ids, parameters


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Letter 1", "Letter 1"),
        ("=?utf-8?q?caf=C3=A9?=", "café"),
        ("=?UTF-8?B?Y2Fmw6k=?=", "café"),
        ("=?utf-8*fr?q?caf=C3=A9?=", "café"),
        ("=?utf-8?q?one?= =?utf-8?q?two?=", "onetwo"),
        ("=?utf-8?q?one?= and =?utf-8?q?two?=", "one and two"),
        ("=?utf-8?q?one_?=\t=?iso-8859-1?q?=E9?=", "one é"),
        ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        ("Re: =?utf-8?q?caf=C3=A9?=!", "Re: café!"),
        ("=?utf-8?b?Y2Fmw6k?=", "café"),
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("=?utf-8?q?open", "=?utf-8?q?open"),
        ("=?utf-8?q?a=00b=0D=0Ac?=", "a b c"),
        ("=?utf-8?q??=", ""),
        ("=?gb2312?b?xOO6ww==?=", "你好"),
    ],
)
def test_encoded_words_are_decoded(value: str, text: str) -> None:
    assert decode_words(value) == (text, True)


@pytest.mark.parametrize(
    ("octets", "charset", "text", "fine"),
    [
        (b"abc", "", "abc", True),
        ("é".encode(), "", "é", True),
        (b"\xe9", "", "é", False),
        (b"\xe9", "iso-8859-1", "é", True),
        (b"\x93x\x94", "iso-8859-1", "“x”", True),
        ("é".encode(), "us-ascii", "é", False),
        (b"caf\xe9 cr\xe8me", "utf-8", "café crème", False),
        (
            "a long text with é and one hole ".encode() + b"\xff",
            "utf-8",
            "a long text with é and one hole \ufffd",
            False,
        ),
        ("é".encode(), "x-klingon", "é", False),
        (b"abc", "x-klingon", "abc", False),
        (b"YWJj", "base64", "YWJj", False),
        (b"abc", "unicode_escape", "abc", False),
        ("привет".encode("koi8-r"), "KOI8-R", "привет", True),
        ("한국".encode("cp949"), "ks_c_5601-1987", "한국", True),
        ("日本".encode("iso-2022-jp"), "iso-2022-jp", "日本", True),
        (b"x", "a\0b", "x", False),
    ],
)
def test_a_charset_is_tried_then_utf_8_then_a_guess(
    octets: bytes, charset: str, text: str, fine: bool
) -> None:
    assert decode(octets, charset) == (text, fine)


def test_one_line_has_no_line_ends_of_any_script() -> None:
    assert one_line("a\r\nb\x85c\u2028d\x0be\x00f\ud800g") == "a b c d e f g"


@pytest.mark.parametrize(
    ("value", "main", "expected"),
    [
        ('text/plain; charset="utf-8"', "text/plain", {"charset": "utf-8"}),
        ("Text/HTML;CHARSET=utf-8 ; x", "text/html", {"charset": "utf-8"}),
        ("multipart/mixed boundary=x", "multipart/mixed", {"boundary": "x"}),
        ('a/b; name="x; y=\\"z\\".pdf"', "a/b", {"name": 'x; y="z".pdf'}),
        ("a/b; name=my letter.pdf", "a/b", {"name": "my letter.pdf"}),
        ('a/b; name="open', "a/b", {"name": "open"}),
        ("a/b; name*=utf-8'en'%C3%A9.pdf", "a/b", {"name": "é.pdf"}),
        ("a/b; name*=iso-2022-jp''%1B$B%FF", "a/b", {"name": "\x1b$Bÿ"}),
        ("a/b; name*1=two; name*0=one", "a/b", {"name": "onetwo"}),
        ("a/b; name*0*=utf-8''%C3; name*1*=%A9", "a/b", {"name": "é"}),
        ("a/b; n=1; n=2", "a/b", {"n": "1"}),
        ("7bit (comment)", "7bit", {}),
        ("", "", {}),
        (";;;=;=", "", {}),
    ],
)
def test_parameters_are_read(value: str, main: str, expected: dict[str, str]) -> None:
    assert parameters(value) == (main, expected)


@pytest.mark.parametrize(
    "value",
    [
        *("", "soon", "Mon, 5 Oct 99999 10:00:00 +0000", "5"),
        *(
            "Mon, 5 Oct 2026 10:00:00 +9999",
            "Mon, 35 Oct 2026 10:00:00 +0000",
            "Thu, 1 Jan 1970 00:00:00 +0000",
        ),
        *("Mon, 5 Oct 2026 99:99:99 +0000", "Mon, 5 Oct 2026 10:00:00 +99999999999999999999", "," * 500),
    ],
)
def test_a_broken_or_absurd_date_is_none(value: str) -> None:
    assert date_of(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "Mon, 5 Oct 2026 10:14:00 +0200",
        "5 Oct 2026 10:14 +0200 (CEST)",
        "Mon, 05 Oct 26 08:14:00 GMT",
        "Mon, 5 Oct 2026 08:14:00 -0000",
        "Mon, 5 Oct 2026 08:14:00",
    ],
)
def test_a_date_is_an_instant_in_utc(value: str) -> None:
    moment = date_of(value)
    assert moment == datetime(2026, 10, 5, 8, 14, tzinfo=UTC)
    assert moment.tzinfo is UTC


def test_message_ids_keep_their_brackets() -> None:
    assert message_id(" <a@b.example> (x)") == "<a@b.example>"
    assert message_id("a@b.example") == "<a@b.example>"
    assert message_id("") == ""
    assert message_ids("<a@b> <c@d>\t<a@b> junk") == ("<a@b>", "<c@d>")
