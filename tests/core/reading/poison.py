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
}
