"""A mail of ours as octets, written by hand: fast, and the same octets every time.

RFC 5322 and 2045 to 2047; nothing that a value contains can become a header of its own.
"""

from __future__ import annotations

import hashlib
import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

from twinpost.core.model.outgoing import Enclosure, OutgoingMail
from twinpost.core.writing.plain import lines, one_line
from twinpost.core.writing.threads import shortened

CRLF = b"\r\n"
WIDTH = 76
"""Characters in a line, so far as its longest word allows."""

LONGEST_LINE = 998  # RFC 5322, 2.1.1
LONGEST_FILE_NAME = 180

_WORD_OCTETS = 39  # of text in one encoded word: 52 characters of base64, within WIDTH after any name
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,187}[A-Za-z0-9])?"
)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/^_`{|}~-]+)*")
_WITH_ITS_BLANK = re.compile(r"[^ ]+ ?")
_PLAIN_FILE_NAME = re.compile(r"[A-Za-z0-9 ._+()-]{1,50}")

# Reading receipts and other machines' answers are unwanted; out-of-office is not suppressed,
# because an absence is worth knowing (MS-OXCMAIL 2.2.3.2.14).
_SUPPRESSED = "DR, RN, NRN, AutoReply"

_OWN_HEADERS = frozenset(
    [
        "date",
        "from",
        "to",
        "cc",
        "bcc",
        "sender",
        "reply-to",
        "subject",
        "message-id",
        "in-reply-to",
        "references",
        "auto-submitted",
        "x-auto-response-suppress",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "content-disposition",
    ]
)


def compose(mail: OutgoingMail, enclosures: Sequence[Enclosure] = ()) -> bytes:
    """The octets of `mail` with CRLF, ready for SMTP; the enclosures come back bit for bit.

    Raises ValueError for an address that is no plain ASCII addr-spec, a Message-ID that is none,
    an extra header that is written here anyway, and a date without a zone.
    """
    headers = CRLF.join(line.encode("ascii") for line in _headers(mail))
    body = _multipart("alternative", mail.message_id, (_text("plain", mail.text), _text("html", mail.html)))
    if enclosures:
        parts = (body, *(_enclosed(enclosure) for enclosure in enclosures))
        body = _multipart("mixed", mail.message_id, parts)
    return headers + CRLF + body


def _headers(mail: OutgoingMail) -> Iterable[str]:
    yield f"Date: {_date(mail.date)}"
    yield _people("From", (mail.from_,))
    yield _people("To", mail.to)
    if mail.cc:
        yield _people("Cc", mail.cc)
    if mail.reply_to:
        yield _people("Reply-To", mail.reply_to)
    yield _words("Subject", mail.subject)
    yield f"Message-ID: {_own_id(mail.message_id)}"
    if _MESSAGE_ID.fullmatch(mail.in_reply_to):
        yield f"In-Reply-To: {mail.in_reply_to}"
    # Foreign ids: what is broken is left out, the thread still holds by the others.
    if chain := shortened(tuple(id_ for id_ in mail.references if _MESSAGE_ID.fullmatch(id_))):
        yield "References: " + "\r\n ".join(chain)
    yield _words("Auto-Submitted", mail.auto_submitted)
    yield f"X-Auto-Response-Suppress: {_SUPPRESSED}"
    for name, value in mail.headers:
        yield _words(_free_name(name), value)
    yield "MIME-Version: 1.0"


def _date(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a mail's date needs its zone")
    return format_datetime(moment.astimezone(UTC))


def _own_id(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"not a Message-ID: {message_id!r}")
    return message_id


def _free_name(name: str) -> str:
    if not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS:
        raise ValueError(f"not a name for an extra header: {name!r}")
    return name


def _people(name: str, people: Sequence[tuple[str, str]]) -> str:
    return f"{name}: " + ",\r\n ".join(_mailbox(*person) for person in people)


def _mailbox(name: str, address: str) -> str:
    if not _ADDRESS.fullmatch(address) or ".." in address:
        raise ValueError(f"not a plain address: {address!r}")
    shown = one_line(name)
    if not shown:
        return address
    if _ATOMS.fullmatch(shown) and not _needs_encoding(shown):
        return f"{shown} <{address}>"
    if not _needs_encoding(shown):
        escaped = shown.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{_encoded(shown)}\r\n <{address}>"


def _words(name: str, value: str) -> str:
    """An unstructured header, folded (RFC 5322, 2.2.3) or in encoded words (RFC 2047)."""
    line = one_line(value)
    if _needs_encoding(line):
        return f"{name}: {_encoded(line)}"
    folded, room = f"{name}:", WIDTH - len(name) - 1
    for word in line.split(" "):
        fits = len(word) < room
        folded += f" {word}" if fits else f"\r\n {word}"
        room = (room if fits else WIDTH) - len(word) - 1
    return folded


def _needs_encoding(line: str) -> bool:
    return (
        not line.isascii() or "=?" in line or (len(line) > 50 and max(map(len, line.split(" "))) > WIDTH - 26)
    )


def _encoded(line: str) -> str:
    """RFC 2047 encoded words, none of which splits a character."""
    return "\r\n ".join(
        f"=?utf-8?b?{b2a_base64(piece, newline=False).decode('ascii')}?=" for piece in _pieces(line)
    )


def _pieces(line: str) -> Iterable[bytes]:
    """The octets of a line in pieces for one encoded word each, parted at blanks where that is possible.

    Readers that wrongly keep the blank between two encoded words then spoil no name.
    """
    piece = b""
    for word in _WITH_ITS_BLANK.findall(line):
        if piece and len(piece) + len(word.encode()) > _WORD_OCTETS:
            yield piece
            piece = b""
        for character in word:
            octets = character.encode()
            if len(piece) + len(octets) > _WORD_OCTETS:
                yield piece
                piece = b""
            piece += octets
    yield piece


def _text(subtype: str, text: str) -> bytes:
    """A text part in the shorter of the two encodings."""
    octets = ("\r\n".join(lines(text)).rstrip("\r\n") + "\r\n").encode()
    encoding, body = "quoted-printable", b2a_qp(octets, istext=True)
    if len(body) > len(octets) * 1.4:
        encoding, body = "base64", _base64(octets) + CRLF
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode("ascii") + body


def _enclosed(enclosure: Enclosure) -> bytes:
    """One attached file."""
    media_type, name = _type_and_name(enclosure)
    as_it_is = media_type == "message/rfc822"
    lines_ = (
        f"Content-Type: {media_type}{_parameter('name', name)}",
        f"Content-Disposition: attachment{_parameter('filename', name)}",
        f"Content-Transfer-Encoding: {'7bit' if as_it_is else 'base64'}",
        "",
        "",
    )
    body = enclosure.content if as_it_is else _base64(enclosure.content)
    return "\r\n".join(lines_).encode("ascii") + body


def _type_and_name(enclosure: Enclosure) -> tuple[str, str]:
    """The media type under which the content survives, and a name for it.

    A message/rfc822 part may not be encoded (RFC 2046, 5.2.1), and a server on the way may rewrite
    8-bit lines, so only a plain 7-bit mail goes under that type; any other goes as a file.
    """
    media_type = enclosure.media_type.lower()
    name = _file_name(enclosure.name)
    if media_type == "message/rfc822":
        name = name if name.lower().endswith(".eml") else f"{name}.eml"
        return (media_type if _travels_unchanged(enclosure.content) else "application/octet-stream"), name
    if not _MEDIA_TYPE.fullmatch(media_type) or media_type.startswith(("message/", "multipart/")):
        return "application/octet-stream", name
    return media_type, name


def _travels_unchanged(content: bytes) -> bool:
    """Whether a 7-bit path keeps these octets: ASCII, CRLF line ends only, no line too long."""
    if not content.isascii() or b"\0" in content:
        return False
    pieces = content.split(CRLF)
    return not any(b"\r" in piece or b"\n" in piece or len(piece) > LONGEST_LINE for piece in pieces)


NOT_IN_NAMES = {ord(sign): "_" for sign in '/\\:*?"<>|'}
"""What no file of Windows may have in its name; and readers take "<…>" for an address and cut it off."""


def _file_name(name: str) -> str:
    """A name without folders, its ending kept when it is cut."""
    plain = one_line(name.translate(NOT_IN_NAMES)) or "file"
    if len(plain) <= LONGEST_FILE_NAME:
        return plain
    stem, dot, ending = plain.rpartition(".")
    tail = f"{dot}{ending}" if stem and len(ending) <= 10 else ""
    return plain[: LONGEST_FILE_NAME - len(tail)] + tail


def _parameter(key: str, name: str) -> str:
    """A file name as a MIME parameter (RFC 2231), in pieces that each hold whole characters."""
    if _PLAIN_FILE_NAME.fullmatch(name):
        return f';\r\n {key}="{name}"'
    pieces, piece = [], ""
    for character in (quote(character, safe="") for character in name):
        if len(piece) + len(character) > 50:
            pieces.append(piece)
            piece = ""
        piece += character
    pieces.append(piece)
    first, *rest = pieces
    return f";\r\n {key}*0*=utf-8''{first}" + "".join(
        f";\r\n {key}*{number}*={piece}" for number, piece in enumerate(rest, 1)
    )


def _base64(content: bytes) -> bytes:
    encoded = b2a_base64(content, newline=False)
    return CRLF.join(encoded[start : start + WIDTH] for start in range(0, len(encoded), WIDTH))


def _multipart(subtype: str, message_id: str, parts: Sequence[bytes]) -> bytes:
    """The parts in one; its header lines come first, so that it may itself be a part."""
    boundary = _boundary(f"{subtype} {message_id}", parts)
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary.decode("ascii")}"\r\n\r\n'
    opening = b"--" + boundary + CRLF
    inside = b"".join(opening + part + CRLF for part in parts)
    return head.encode("ascii") + inside + b"--" + boundary + b"--" + CRLF


def _boundary(seed: str, parts: Sequence[bytes]) -> bytes:
    """A line that stands in none of the parts, always the same for the same mail."""
    while True:
        seed = hashlib.sha256(seed.encode()).hexdigest()
        boundary = b"=_" + seed[:32].encode("ascii")
        if not any(boundary in part for part in parts):
            return boundary
