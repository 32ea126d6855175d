"""Limits, and the header block made safe, before anything is understood.

Knows line ends and field boundaries, nothing about what a field means. Mail servers and DKIM end a
header line at CR LF only; a reader that also ends it at a lone CR or a lone LF can be shown another
From than the server saw (RFC 5322, 2.2 and 3.5 forbid both). So whatever is lone becomes a blank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from twinpost.core.model.mail import Defect

_FIELD = re.compile(rb"([!-9;<>-~]{1,100}+)[ \t]*+:")  # "h=from:to" is a piece of a signature
_LONE_LF = re.compile(rb"(?<!\r)\n")
_LOOK_AHEAD = 4096
# Fields that servers write, in many lines; a gateway that loses the blanks before them makes no text of them.
_TRACES = frozenset(
    {"received", "received-spf", "authentication-results", "dkim-signature", "x-google-dkim-signature"}
    | {"arc-seal", "arc-message-signature", "arc-authentication-results"}
)
_LINES_OF_A_TRACE = 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one message is looked at; beyond it the rest is left out with a defect. In octets."""

    message: int = 64 * 1024 * 1024
    header_block: int = 256 * 1024
    header: int = 64 * 1024  # one field, unfolded
    headers: int = 1000
    kept_value: int = 8 * 1024  # characters of one value in `Reading.headers`
    parts: int = 500
    depth: int = 20
    addresses: int = 500  # of one field name
    text: int = 200_000  # characters
    files: int = 400


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Block:
    """A header block: field names in lower case with raw, unfolded values, and where the body starts."""

    fields: tuple[tuple[str, bytes], ...]
    body: int
    defects: frozenset[Defect]


def header_block(octets: bytes, start: int, end: int, limits: Limits) -> Block:
    """The header block that begins at `start`; neither it nor its body reaches beyond `end`.

    Lone line ends are looked for in the block at the very top, on which trust rests.
    """
    defects: set[Defect] = set()
    top = start == 0
    if octets.startswith(_BYTE_ORDER_MARK, start, end):
        start += len(_BYTE_ORDER_MARK)
    limit = min(end, start + limits.header_block)
    cut, body = _blank_line(octets, start, limit)
    if cut < 0 and limit < end:
        defects.add(Defect.TOO_LONG_HEADERS)
        cut, body = limit, _blank_line(octets, limit, end)[1]
    elif cut < 0:
        cut, body = limit, end
    block = octets[start:cut]
    if top and _mixes_line_ends(block, octets, body):
        defects.add(Defect.BARE_CR)
        server_end = _server_end(octets, cut, body, limit)
        cut, body = server_end or (cut, body)
        if server_end or 2 * block.count(b"\r\n") >= block.count(b"\n"):
            block = _LONE_LF.sub(b" ", octets[start:cut])
    lines = _lines(block, defects)
    fields, read = _fields(lines, limits, defects)
    if read < len(lines):
        body = _offset_of_line(octets, start, body, read)
    return Block(fields, body, frozenset(defects))


def _blank_line(octets: bytes, start: int, end: int) -> tuple[int, int]:
    """The places before and after the first blank line; (-1, end) when there is none."""
    for blank in (b"\n", b"\r\n"):
        if octets.startswith(blank, start, end):
            return start, start + len(blank)
    best, length = -1, 0
    for blank in (b"\n\r\n", b"\n\n", b"\n\r\r\n"):
        at = octets.find(blank, start, end if best < 0 else best)
        if at >= 0:
            best, length = at, len(blank)
    return (best + 1, best + length) if best >= 0 else (-1, end)


def _server_end(octets: bytes, cut: int, body: int, limit: int) -> tuple[int, int] | None:
    """Where the block ends for a server that knows CR LF only, when fields alone stand up to there."""
    at = octets.find(b"\r\n\r\n", max(0, cut - 2), limit)
    if at < 0:
        return None
    rest = octets[body:at].split(b"\r\n")
    fields_only = all(_FIELD.match(line) or line[:1] in (b" ", b"\t", b"") for line in rest)
    return (at + 2, at + 4) if fields_only else None


def _mixes_line_ends(block: bytes, octets: bytes, body: int) -> bool:
    """Whether lone LFs stand among CR LFs, or a whole block of LF lines above a body of CR LF lines."""
    if not _LONE_LF.search(block):
        return False
    below = octets[body : body + _LOOK_AHEAD]
    return b"\r\n" in block or 2 * below.count(b"\r\n") > below.count(b"\n")


def _lines(block: bytes, defects: set[Defect]) -> list[bytes]:
    """The lines of a block. CR CR LF, which broken gateways write, is one line end."""
    block = block.replace(b"\r\n", b"\n")
    if b"\r" in block or b"\0" in block:
        defects.add(Defect.BARE_CR)
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b" ").replace(b"\0", b" ")
    return block.split(b"\n")


def _fields(
    lines: list[bytes], limits: Limits, defects: set[Defect]
) -> tuple[tuple[tuple[str, bytes], ...], int]:
    """Unfolded fields, and the number of lines that belong to the header."""
    found: list[tuple[str, list[bytes]]] = []
    for number, line in enumerate(lines):
        match = _FIELD.match(line)
        if match:
            if len(found) == limits.headers:
                defects.add(Defect.TOO_MANY_HEADERS)
                break
            found.append((match[1].decode("ascii").lower(), [line[match.end() :]]))
        elif line[:1] in (b" ", b"\t") and found:
            found[-1][1].append(line)
        elif line and not (number == 0 and line.startswith((b"From ", b">From "))):
            defects.add(Defect.BAD_MIME)
            if not _goes_on(lines, number + 1, found[-1][0] if found else ""):
                return _unfold(found, limits, defects), number
    return _unfold(found, limits, defects), len(lines)


def _goes_on(lines: list[bytes], number: int, after: str) -> bool:
    """Whether a field follows a line that is none, so that the line is junk and not yet the text.

    `after` is the name of the field above it.
    """
    if lines[number - 1].startswith(b"--"):
        return False
    most = _LINES_OF_A_TRACE if after in _TRACES else 1
    return any(_FIELD.match(line) for line in lines[number : number + most])


def _unfold(
    found: list[tuple[str, list[bytes]]], limits: Limits, defects: set[Defect]
) -> tuple[tuple[str, bytes], ...]:
    fields = []
    for name, lines in found:
        value = b" ".join(map(bytes.strip, lines)) if len(lines) > 1 else lines[0].strip()
        if len(value) > limits.header:
            defects.add(Defect.TOO_LONG_HEADERS)
            value = value[: limits.header]
        fields.append((name, value))
    return tuple(fields)


def _offset_of_line(octets: bytes, start: int, body: int, number: int) -> int:
    """Where line `number` of the block begins: there the text begins without a blank line before it."""
    at = start
    for _ in range(number):
        at = octets.find(b"\n", at, body) + 1
        if not at:
            return body
    return at
