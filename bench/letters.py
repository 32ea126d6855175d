"""The exchanges and letters of a measurement: the same ones every time, for the same numbers."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

BOX, FLOOR_BOX = "letters@school.example", "floor@school.example"
ADMIN = "it@school.example"
AUTHSERV_ID = "mx.school.example"
NUMBERS = 4
LETTERS_OF_AN_EXCHANGE = 2 * NUMBERS
RECEIPTS = 2
"""Mails that follow from a letter: one teacher at each end."""

WITH_A_FILE = 0.6
TEXT_OCTETS = (1_000, 3_000)
FILE_OCTETS = (5_000, 30_000)

_WORDS = (
    *("we", "school", "class", "letter", "pupils", "weather", "river", "mountain", "snow", "bread", "music"),
    *(
        "winter",
        "summer",
        "football",
        "garden",
        "sister",
        "brother",
        "teacher",
        "bicycle",
        "library",
        "story",
    ),
    *("picture", "morning", "market", "bridge", "train", "kitchen", "question", "favourite", "together"),
    *("because", "yesterday", "tomorrow", "sometimes", "écris", "forêt", "noël", "fjord", "blåbær", "skog"),
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter between two classes of one teacher each."""

    exchange: int
    number: int
    there: bool  # from the first class to the second, or back


def letters(count: int) -> Iterator[Letter]:
    """`count` letters, everybody's first ones first."""
    exchanges = exchanges_for(count)
    order = (
        Letter(exchange, number, there)
        for number in range(1, NUMBERS + 1)
        for there in (True, False)
        for exchange in range(exchanges)
    )
    return (letter for letter, _ in zip(order, range(count), strict=False))


def exchanges_for(count: int) -> int:
    """How many exchanges so many letters need."""
    return -(-count // LETTERS_OF_AN_EXCHANGE)


def exchange_file(number: int) -> str:
    """The file of one exchange, its calendars known for long: follow-ups are derived, and none is due."""
    north, south = _ends(number)
    first = datetime.now(tz=UTC).date() + timedelta(days=300)
    calendar = f"calendar: [{{closed: {first}..{first + timedelta(days=30)}, name: Summer}}]"
    return f"""\
exchange: pair-{number}
title: {north} and {south} write letters
letters: {NUMBERS}
classes:
  - name: {north}
    country: "NO"
    timezone: Europe/Oslo
    teachers: [{{name: Kari Nordmann {number}, email: {_teacher(number, north=True)}}}]
    {calendar}
  - name: {south}
    country: FR
    timezone: Europe/Paris
    teachers: [{{name: Luc Martin {number}, email: {_teacher(number, north=False)}}}]
    {calendar}
"""


def mail(letter: Letter, box: str = BOX, *, files: Sequence[int] | None = None, copied: bool = True) -> bytes:
    """The mail of a letter as a server keeps it, CRLF; the partner is in To unless she is left out.

    `files` are sizes in place of the usual draw: no file, or one of 5 to 30 kB.
    """
    chance = random.Random(f"{letter}")
    ends = _ends(letter.exchange)
    from_, to = ends if letter.there else ends[::-1]
    subject = f"Letter {letter.number} from {from_} to {to}"
    headers = "\r\n".join(_headers(letter, box, subject, copied=copied))
    text, sizes = _text(chance), _sizes(chance) if files is None else files
    contents = [b"%PDF-1.4\n" + chance.randbytes(size) + b"\n%%EOF\n" for size in sizes]
    return f"{headers}\r\n".encode() + _body(text, contents, boundary=f"=_{chance.randbytes(12).hex()}")


def _ends(number: int) -> tuple[str, str]:
    return f"7B Oslo {number}", f"CM2 Lyon {number}"


def _teacher(number: int, *, north: bool) -> str:
    return f"kari.{number}@fagerborg.example" if north else f"luc.{number}@ecole-lyon.example"


def _headers(letter: Letter, box: str, subject: str, *, copied: bool) -> Iterator[str]:
    sender = _teacher(letter.exchange, north=letter.there)
    partner = _teacher(letter.exchange, north=not letter.there)
    name, partner_name = ("Kari Nordmann", "Luc Martin") if letter.there else ("Luc Martin", "Kari Nordmann")
    domain = sender.partition("@")[2]
    yield f"Return-Path: <{sender}>"
    yield f"Authentication-Results: {AUTHSERV_ID}; spf=pass; dkim=pass header.d={domain};"
    yield f"\tdmarc=pass header.from={domain}"
    yield f"Received: from out.{domain} (out.{domain} [192.0.2.7]) by {AUTHSERV_ID} with ESMTPS id 4Xq;"
    yield f"\t{format_datetime(datetime.now(UTC))}"
    yield f"From: {name} {letter.exchange} <{sender}>"
    if copied:
        yield f"To: {partner_name} {letter.exchange} <{partner}>"
    yield f"{'Cc' if copied else 'To'}: Letters between schools <{box}>"
    yield f"Subject: {subject}"
    yield f"Date: {format_datetime(datetime.now(UTC))}"
    yield f"Message-ID: <{letter.exchange}.{letter.number}.{'there' if letter.there else 'back'}@{domain}>"
    yield "User-Agent: Mozilla Thunderbird"
    yield "MIME-Version: 1.0"


def _text(chance: random.Random) -> bytes:
    size = chance.randint(*TEXT_OCTETS)
    lines, length = ["Dear colleague,", "", "here are our letters."], 40
    while length < size:
        line = " ".join(chance.choices(_WORDS, k=10))
        lines.append(line)
        length += len(line) + 2
    return "\r\n".join([*lines, "", "Kind regards"]).encode()


def _sizes(chance: random.Random) -> list[int]:
    return [chance.randint(*FILE_OCTETS)] if chance.random() < WITH_A_FILE else []


def _body(text: bytes, files: list[bytes], boundary: str) -> bytes:
    plain = (
        b"Content-Type: text/plain; charset=UTF-8; format=flowed\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + text
        + b"\r\n"
    )
    if not files:
        return plain
    parts = [plain, *(_attached(content, number) for number, content in enumerate(files, 1))]
    head = f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'.encode()
    opening = f"--{boundary}\r\n".encode()
    return head + b"".join(opening + part for part in parts) + f"--{boundary}--\r\n".encode()


def _attached(content: bytes, number: int) -> bytes:
    name = f"letters-{number}.pdf"
    head = (
        f'Content-Type: application/pdf; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
    )
    return head.encode() + base64.encodebytes(content).replace(b"\n", b"\r\n")
