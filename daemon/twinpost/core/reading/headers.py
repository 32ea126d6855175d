"""Header values become text: encoded words (RFC 2047), parameters (RFC 2231), dates, Message-IDs."""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from itertools import groupby, islice
from operator import itemgetter
from urllib.parse import unquote_to_bytes

from twinpost.core.reading.charset import codec, decode, is_nearly_utf8, one_line

# More than RFC 2047, 2 allows: blanks around the charset, no charset at all, question marks in the text.
ENCODED_WORD = re.compile(r"=\?\s?([^?\s]{0,60}+)\s?\?\s?([bBqQ])\s?\?([^?]*+(?>(?:\?(?!=)[^?]*+){0,9}))\?=")
MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}+>")

_PARAMETER = re.compile(r';\s*+([^\s=;"]{1,60}+)\s*+=\s*+("[^"\\]*+(?>(?:\\.[^"\\]*+)*)"|[^;]*+)', re.DOTALL)
_MAIN = re.compile(r"\s*+([^\s;=()]++)(?!\s*+=)\s*+")
_SECTION = re.compile(r"([^*]++)\*(\d{1,3})(\*?)")
_ZONE_WITH_COLON = re.compile(r"(?<=\s)([+-]\d\d):(?=\d\d\b)")
_MOST_PARAMETERS = 200
_OLDEST, _NEWEST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def raw_text(octets: bytes, charset: str = "") -> tuple[str, bool]:
    """A raw value as text, and if all is well.

    8-bit octets are UTF-8, else in the charset of an encoded word beside them, else in `charset`, else
    a guess.
    """
    if is_nearly_utf8(octets):
        return decode(octets)
    word = ENCODED_WORD.search(octets.decode("latin-1"))
    declared = (word[1].partition("*")[0] if word else "") or charset
    return decode(octets, declared)[0], False


def decode_words(text: str) -> tuple[str, bool]:
    """A value with its encoded words decoded, one line without control characters; and if all is well."""
    decoded, fine = words_as_sent(text)
    return one_line(decoded), fine


def words_as_sent(text: str) -> tuple[str, bool]:
    """The same with whatever line ends and control characters the encoded words hide."""
    if "=?" not in text:
        return text, True
    decoded, fine = _decoded(text)
    if "=?" in decoded and ENCODED_WORD.search(decoded):
        return _decoded(decoded)[0], False  # encoded by two programs, one after the other
    return decoded, fine


def _decoded(text: str) -> tuple[str, bool]:
    pieces: list[str] = []
    words: list[tuple[str, bytes]] = []  # neighbours, with only blanks between them
    fine, end = True, 0
    for match in ENCODED_WORD.finditer(text):
        between = text[end : match.start()]
        if between.strip() or not end:
            fine = _put_words(words, pieces) and fine
            pieces.append(between)
        charset = match[1].partition("*")[0].lower()
        words.append((charset, _word_octets(charset, match[2], match[3])))
        end = match.end()
    fine = _put_words(words, pieces) and fine
    return "".join(pieces) + text[end:], fine


def _put_words(words: list[tuple[str, bytes]], pieces: list[str]) -> bool:
    """Decode neighbouring words. A character may be cut in two by them, which RFC 2047 forbids."""
    fine = True
    for charset, group in groupby(words, itemgetter(0)):
        text, word_fine = decode(b"".join(octets for _, octets in group), charset)
        pieces.append(text)
        fine = fine and word_fine
    words.clear()
    return fine


def _word_octets(charset: str, encoding: str, text: str) -> bytes:
    octets = _encoded(text, charset)
    if encoding in "qQ":
        return binascii.a2b_qp(octets, header=True)
    return base64_octets(octets)[0]


def _encoded(text: str, charset: str) -> bytes:
    """The octets that a word was before the whole value was read: 8-bit ones are in the word's charset."""
    if not text.isascii() and (name := codec(charset)):
        try:
            return text.encode(name)
        except UnicodeError:
            pass
    return text.encode("utf-8", "replace")


def base64_octets(octets: bytes | memoryview) -> tuple[bytes, bool]:
    """Decoded base64, and whether it was whole. Foreign octets are passed over (RFC 2045, 6.8)."""
    try:
        decoded = binascii.a2b_base64(octets)
        return (decoded if 3 * len(decoded) > 2 * len(octets) else _chunks(octets) or decoded), True
    except binascii.Error:
        pass
    letters = bytes(octets).translate(None, _NOT_BASE64)
    whole = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4)), False


def _chunks(octets: bytes | memoryview) -> bytes:
    """What was encoded in several pieces, each with its own padding; nothing where it was not."""
    if not _PADDED_INSIDE.fullmatch(octets):
        return b""
    return b"".join(binascii.a2b_base64(piece + b"==") for piece in bytes(octets).split(b"=") if piece)


_PADDED_INSIDE = re.compile(
    rb"(?>(?:(?>(?:\s*+[A-Za-z0-9+/]){2,})\s*+={1,2}+)+)(?>(?:\s*+[A-Za-z0-9+/])*)\s*+"
)
_NOT_BASE64 = bytes(
    octet for octet in range(256) if not (chr(octet).isalnum() and octet < 128) and octet not in b"+/"
)


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """The main value in lower case, and its parameters by lower-case name, decoded (RFC 2045, 2231)."""
    found: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    main = _MAIN.match(value)
    start = main.end() if main else 0
    # The first semicolon may be missing: "multipart/mixed boundary=x".
    rest = value[start:] if value.startswith(";", start) else f";{value[start:]}"
    for match in islice(_PARAMETER.finditer(rest), _MOST_PARAMETERS):
        name, text = match[1].lower(), _unquoted(match[2])
        section = _SECTION.fullmatch(name)
        if section:
            sections.setdefault(section[1], {})[int(section[2])] = (text, bool(section[3]))
        elif name.endswith("*"):
            sections.setdefault(name[:-1], {})[0] = (text, True)
        else:
            found.setdefault(name, text)
    for name, by_number in sections.items():
        found[name] = _joined(by_number)
    return main[1].lower() if main else "", found


def _unquoted(text: str) -> str:
    """A parameter without its quotes. Only a quote or a backslash is unescaped: `C:\\letter.pdf` stays."""
    text = text.strip()
    if not text.startswith('"'):
        return text
    inner = text[1:-1] if text.endswith('"') and len(text) > 1 else text[1:]
    return inner.replace("\\\\", "\\").replace('\\"', '"') if "\\" in inner else inner


def _joined(sections: dict[int, tuple[str, bool]]) -> str:
    """Parameter sections in order; the first names the charset when it is percent-encoded (RFC 2231, 4.1)."""
    charset, octets = "", b""
    for number in sorted(sections):
        text, encoded = sections[number]
        if number == 0 and encoded and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        octets += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return decode(octets, charset)[0]


def date_of(value: str) -> datetime | None:
    """A Date header as an aware instant in UTC; None where it is broken or absurd (RFC 5322, 3.3)."""
    try:
        parsed = parsedate_tz(_ZONE_WITH_COLON.sub(r"\1", value[:200]))
        if parsed is None:
            return None
        # "-0000" and no zone at all both mean: the instant in UTC, the sender's zone unknown.
        zone = timezone(timedelta(seconds=parsed[9] or 0))
        moment = datetime(*parsed[:5], min(parsed[5], 59), tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return moment if _OLDEST <= moment < _NEWEST else None


def message_ids(value: str, most: int = 100) -> tuple[str, ...]:
    """The Message-IDs of a value, with angle brackets: each once, the last `most`."""
    return tuple(dict.fromkeys(MESSAGE_ID.findall(value)))[-most:]


def message_id(value: str) -> str:
    """The one Message-ID of a Message-ID header; a bare one gets its brackets."""
    found = MESSAGE_ID.search(value)
    if found:
        return found[0]
    bare = "".join(value.split()).strip("<>")
    return f"<{bare[:900]}>" if bare else ""
