"""What a zip archive lists: its members by the central directory at its end (APPNOTE 4.3.12, 4.3.16).

Nothing is unpacked but the beginning of one small member where somebody asks for it, so a bomb is a
list of names like any other.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

MOST_MEMBERS = 1000
_END = b"PK\x05\x06"
_LONGEST_END = 65_557  # the record with the longest comment
_ENTRY = b"PK\x01\x02"
_LOCAL = b"PK\x03\x04"
_UTF8 = 0x800  # flag 11: the name is UTF-8
_LOCKED = 0x1
_DEFLATED = 8


@dataclass(frozen=True, slots=True)
class Member:
    """One entry. `name` has its folders; `at` is where its local header begins."""

    name: str
    locked: bool
    method: int
    packed: int
    at: int


@dataclass(frozen=True, slots=True)
class Listing:
    """The members in order, the first thousand; `total` is how many the archive says it has."""

    members: tuple[Member, ...]
    total: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(member.name for member in self.members)


def listing(content: bytes) -> Listing | None:
    """The members of an archive; None where its directory is missing, so that it breaks off."""
    end = content.rfind(_END, max(0, len(content) - _LONGEST_END))
    if end < 0 or end + 22 > len(content):
        return None
    total, size, offset = (_number(content, end + at, width) for at, width in ((10, 2), (12, 4), (16, 4)))
    if size == 0xFFFFFFFF or offset == 0xFFFFFFFF:  # zip64: more than any mail holds
        return Listing((), 0)
    begin = end - size
    if begin < 0 or (total and not content.startswith(_ENTRY, begin)):
        return None
    shift = begin - offset
    if shift > 0 and content.startswith(_LOCAL):
        return None  # the end of an archive inside this one, which itself has none
    return Listing(tuple(_members(content, begin, end, shift)), total)


def beginning(content: bytes, member: Member, most: int) -> bytes:
    """The first octets of a member, unpacked, at most `most`; b"" where that cannot be done."""
    if member.locked or not content.startswith(_LOCAL, member.at):
        return b""
    start = member.at + 30 + _number(content, member.at + 26, 2) + _number(content, member.at + 28, 2)
    packed = content[start : start + min(member.packed, most)]
    if member.method != _DEFLATED:
        return packed if member.method == 0 else b""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)
    except zlib.error:
        return b""


def _members(content: bytes, at: int, end: int, shift: int) -> list[Member]:
    found: list[Member] = []
    while at < end and len(found) < MOST_MEMBERS and content.startswith(_ENTRY, at):
        flags, method = _number(content, at + 8, 2), _number(content, at + 10, 2)
        name, extra, comment = (_number(content, at + place, 2) for place in (28, 30, 32))
        packed, local = _number(content, at + 20, 4), _number(content, at + 42, 4)
        label = _name(content[at + 46 : at + 46 + name], flags)
        found.append(Member(label, bool(flags & _LOCKED), method, packed, local + shift))
        at += 46 + name + extra + comment
    return found


def _name(octets: bytes, flags: int) -> str:
    """UTF-8 where it is or claims to be, for Macs write it without the flag; else the code page of DOS."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("utf-8", "replace") if flags & _UTF8 else octets.decode("cp437")


def _number(content: bytes, at: int, width: int) -> int:
    return int.from_bytes(content[at : at + width], "little")
