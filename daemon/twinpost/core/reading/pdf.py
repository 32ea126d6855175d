"""How many pages a PDF has, and whether it is whole and open (ISO 32000-1, 7.5 to 7.7).

No parser: the few dictionaries that tell are looked for, in the file and in its packed objects, within
limits on how often and how far. What cannot be told so is 0 pages.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from itertools import islice

from twinpost.core.reading.pdf_password import opens_without_password

_LINEAR = re.compile(rb"/Linearized\s[^<>]{0,300}?/N\s{1,5}(\d{1,5})\b")
_NODE = re.compile(rb"/Type\s{0,5}/Pages(?![A-Za-z])")
_PAGE = re.compile(rb"/Type\s{0,5}/Page(?![A-Za-z])")
_PACKED = re.compile(rb"/Type\s{0,5}/ObjStm(?![A-Za-z])")
_BRACKETS = re.compile(rb"<<|>>")
_COUNT = re.compile(rb"/Count\s{0,5}(\d{1,5})(?!\d)")
_STREAM = re.compile(rb"stream\r?\n")

_TAIL = 4096
_MOST_FOUND = 2000
_MOST_NODES = 40  # looked at from either end of the file
_LONGEST_NODE = 20_000  # octets of a dictionary
_MOST_PACKED = 100
_UNPACKED = 128 * 1024  # octets of one packed piece that are looked at


def pages(content: bytes) -> int:
    """The number of pages; 0 when it cannot be told."""
    if linear := _LINEAR.search(content, 0, 2048):
        return int(linear[1])
    if root := _root(content):
        return root
    for piece in _unpacked(content):
        if root := _root(piece):
            return root
    return sum(1 for _ in islice(_PAGE.finditer(content), _MOST_FOUND))


def pdf_trouble(content: bytes) -> str:
    """ "", truncated or encrypted."""
    if content.rfind(b"%%EOF", max(0, len(content) - _TAIL)) < 0:
        return "truncated"
    return "" if opens_without_password(content) else "encrypted"


def _root(content: bytes) -> int:
    """The count of the page tree's root: of those without a parent the last, for a file grows at its end."""
    places = [match.start() for match in islice(_NODE.finditer(content), _MOST_FOUND)]
    chosen = [*places[:_MOST_NODES], *places[_MOST_NODES:][-_MOST_NODES:]]
    nodes = (_dictionary(content, place) for place in reversed(chosen))
    roots = (_COUNT.search(node) for node in nodes if b"/Parent" not in node)
    return next((int(root[1]) for root in roots if root), 0)


def _dictionary(content: bytes, inside: int) -> bytes:
    """The innermost dictionary around a place."""
    begin = max(0, inside - _LONGEST_NODE)
    opened: list[int] = []
    for bracket in _BRACKETS.finditer(content, begin, inside):
        if bracket[0] == b"<<":
            opened.append(bracket.start())
        elif opened:
            opened.pop()
    if not opened:
        return b""
    depth = 1
    for bracket in _BRACKETS.finditer(content, inside, inside + _LONGEST_NODE):
        depth += 1 if bracket[0] == b"<<" else -1
        if not depth:
            return content[opened[-1] : bracket.end()]
    return b""


def _unpacked(content: bytes) -> Iterator[bytes]:
    """The beginnings of the packed objects, in which newer programs hide the page tree."""
    for match in islice(_PACKED.finditer(content), _MOST_PACKED):
        stream = _STREAM.search(content, match.end(), match.end() + 1000)
        if stream is None:
            continue
        packed = content[stream.end() : stream.end() + _UNPACKED]
        try:
            yield zlib.decompressobj().decompress(packed, _UNPACKED)
        except zlib.error:
            continue
