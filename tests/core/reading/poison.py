"""Mails made to stop a reader, and the defect that each must leave (None: it is in order, only large)."""

from __future__ import annotations

from twinpost.core.model.mail import Defect

_HEAD = (
    b"From: Kari Nordmann <kari@fagerborg.example>\r\nTo: letters@school.example\r\n"
    b"Date: Mon, 5 Oct 2026 10:14:00 +0200\r\nMessage-ID: <poison@fagerborg.example>\r\n"
)
_MIXED = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'


def _nested(depth: int) -> bytes:
    opening = b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n'
    return _HEAD + b"".join(opening % (number, number) for number in range(depth)) + b"\r\nx"


def _html(piece: bytes, times: int) -> bytes:
    return _HEAD + b"Content-Type: text/html\r\n\r\n" + piece * times


POISON: dict[str, tuple[bytes, Defect | None]] = {
    "a thousand brackets in To": (b"To: " + b"(" * 1000 + b"\r\n" + _HEAD + b"\r\nx", Defect.BAD_ADDRESS),
    "a thousand nested multiparts": (_nested(1000), Defect.TOO_DEEP),
    "a thousand nested messages": (_HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1000, None),
    "a subject of 350,000 words": (
        b"Subject: " + b" ab" * 350_000 + b"\r\n" + _HEAD + b"\r\nx",
        Defect.TOO_LONG_HEADERS,
    ),
    "a subject of 30,000 encoded words": (
        b"Subject:" + b" =?utf-8?q?a?=\r\n" * 8_000 + _HEAD + b"\r\nx",
        Defect.TOO_LONG_HEADERS,
    ),
    "20,000 parameters": (
        _HEAD + b"Content-Type: text/plain" + b"".join(b"; a%d=b" % n for n in range(20_000)) + b"\r\n\r\nx",
        Defect.TOO_LONG_HEADERS,
    ),
    "20,000 addresses": (
        _HEAD + b"Cc: " + b", ".join(b"a%d@b.example" % n for n in range(20_000)) + b"\r\n\r\nx",
        Defect.BAD_ADDRESS,
    ),
    "fifty thousand empty parts": (
        _HEAD + _MIXED + b"--b\r\nContent-Type: image/png\r\n\r\n\r\n" * 50_000 + b"--b--",
        Defect.TOO_MANY_PARTS,
    ),
    "a quarter of a million delimiters": (_HEAD + _MIXED + b"--b\r\n" * 250_000 + b"--b--", Defect.CUT_SHORT),
    "a hundred thousand headers": (b"X: y\r\n" * 30_000 + _HEAD + b"\r\nx", Defect.TOO_MANY_HEADERS),
    "a header of five megabytes": (_HEAD + b"X: " + b"a" * 5_000_000 + b"\r\n\r\nx", Defect.TOO_LONG_HEADERS),
    "a million carriage returns": (b"\r" * 1_000_000, Defect.BARE_CR),
    "a million zeros": (b"\0" * 1_000_000, Defect.BARE_CR),
    "a boundary of one dash": (
        _HEAD + b'Content-Type: multipart/mixed; boundary="-"\r\n\r\n' + b"---x\n" * 200_000,
        Defect.BAD_MIME,
    ),
    "markup that grows in a tree": (_html(b"<font color=1><p>", 60_000), None),
    "markup of cells": (_html(b"<td><div>", 100_000), None),
    "a text of quote heads": (
        _HEAD + b"\r\n" + (b"On 2026 a@b wrote:\r\n" + b"\r\n" * 300 + b"> x\r\n") * 300,
        None,
    ),
    "a text of header labels": (_HEAD + b"\r\n" + b"From: a@b\r\n" * 90_000, None),
    "a text of links": (_HEAD + b"\r\n" + b"https://drive.google.com/x " * 40_000, None),
    "a text that flows": (
        _HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"x \r\n" * 250_000,
        None,
    ),
    "an archive of many members": (
        _HEAD + b"Content-Type: application/zip\r\n\r\nPK\x03\x04" + (b"PK\x01\x02" + b"\0" * 42) * 20_000,
        None,
    ),
    "a picture of markers": (_HEAD + b"Content-Type: image/jpeg\r\n\r\n\xff\xd8" + b"\xff" * 1_000_000, None),
    "punycode as a charset": (
        _HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-" * 400_000,
        Defect.BAD_CHARSET,
    ),
    "brackets never closed in From": (
        _HEAD.replace(b"From: ", b"From: " + b"(" * 5000) + b"\r\nx",
        Defect.ODD_FROM,
    ),
    "quotes never closed in From": (
        _HEAD.replace(b"From: ", b"From: " + b'"a\\' * 9000) + b"\r\nx",
        Defect.ODD_FROM,
    ),
    "blanks inside the brackets of From": (
        _HEAD.replace(b"<kari@", b"<" + b" ." * 30_000 + b"kari@") + b"\r\nx",
        Defect.ODD_FROM,
    ),
    "comments inside the brackets of From": (
        _HEAD.replace(b"<kari@", b"<" + b"(a)" * 20_000 + b"kari@") + b"\r\nx",
        Defect.ODD_FROM,
    ),
    "a line end inside an encoded subject": (
        b"Subject: =?utf-8?q?x=0D=0ABcc=3A_v=40evil.example?=\r\n" + _HEAD + b"\r\nx",
        None,
    ),
    "a date without a zone": (_HEAD.replace(b"+0200", b"-0000") + b"\r\nx", None),
    "a date in the year 99999": (_HEAD.replace(b"2026", b"99999") + b"\r\nx", Defect.BAD_DATE),
    "a lone carriage return before a second From": (
        b"X-Note: b\rFrom: luc@ecole-lyon.example\r\n" + _HEAD + b"\r\nx",
        Defect.BARE_CR,
    ),
    "words encoded in words": (
        b"Subject: " + b"=?utf-8?q?" * 6000 + b"x" + b"?=" * 6000 + b"\r\n" + _HEAD + b"\r\nx",
        Defect.TOO_LONG_HEADERS,
    ),
    "question marks in encoded words": (
        b"Subject: " + b"=?utf-8?q?a?b" * 1200 + b"\r\n" + _HEAD + b"\r\nx",
        None,
    ),
    "a subject of numbers": (b"Subject: letter " + b"1-2,3-4," * 1900 + b"\r\n" + _HEAD + b"\r\nx", None),
    "a subject of reply prefixes": (
        b"Subject: " + b"Re: AW: " * 2000 + b"letter 1\r\n" + _HEAD + b"\r\nx",
        None,
    ),
    "a subject of froms and tos": (
        b"Subject: letter 1 " + b"from Oslo to Lyon " * 900 + b"\r\n" + _HEAD + b"\r\nx",
        None,
    ),
    "a subject of one letter and its accents": (
        b"Subject: " + b"e" + "\u0301".encode() * 8000 + b"\r\n" + _HEAD + b"\r\nx",
        None,
    ),
    "a parameter in 200 pieces out of order": (
        _HEAD
        + b"Content-Type: a/b"
        + b"".join(b"; name*%d*=%%41" % n for n in range(900, 0, -1))
        + b"\r\n\r\nx",
        None,
    ),
    "messages in messages of many parts": (
        _HEAD + (b"Content-Type: message/rfc822\r\n\r\n" + _MIXED + b"--b\r\n" * 90) * 300,
        None,
    ),
    "base64 in a million pieces": (
        _HEAD + b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"QUE=" * 250_000,
        None,
    ),
    "soft breaks before blanks": (
        _HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + (b"=" + b" " * 200) * 5000,
        None,
    ),
    "a text of quote marks": (_HEAD + b"\r\n" + b">" * 1_000_000, None),
    "a text of one word": (_HEAD + b"\r\n" + b"x" * 1_000_000, None),
    "a text of answers": (_HEAD + b"\r\n" + b"YES NO 1 2 3 ARRIVED LATER " * 40_000, None),
    "a text of dates": (_HEAD + b"\r\n" + b"from 5 October to 9 October 2026, " * 30_000, None),
    "markup that opens and never closes": (_html(b"<", 1_000_000), None),
    "markup of quotes": (_html(b"<a href='", 100_000), None),
    "markup of comments": (_html(b"<!-- ", 200_000), None),
    "octets in every charset": (_HEAD + b"\r\n" + bytes(range(128, 256)) * 8000, Defect.BAD_CHARSET),
    "a thousand fields in no charset": (
        b"".join(b"X: " + bytes(128 + (n * k) % 127 for k in range(240)) + b"\r\n" for n in range(900))
        + _HEAD
        + b"\r\nx",
        Defect.BAD_CHARSET,
    ),
    "five hundred file names in no charset": (
        _HEAD
        + _MIXED
        + b"".join(
            b'--b\r\nContent-Disposition: attachment; filename="%b.pdf"\r\n\r\nx\r\n'
            % bytes(160 + (n * k) % 90 for k in range(400))
            for n in range(490)
        )
        + b"--b--",
        None,
    ),
}
