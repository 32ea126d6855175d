"""The names of the files inside a winmail.dat: Outlook's own packing, MS-OXTNEF.

Only names are looked for: nothing is taken out, and whatever is broken ends the search.
"""

from __future__ import annotations

from collections.abc import Iterator

from twinpost.core.reading.charset import decode

SIGNATURE = b"\x78\x9f\x3e\x22"
MOST_FILES = 200
_MOST_ATTRIBUTES = 5000
_MOST_PROPERTIES = 500
_LONGEST_NAME = 1000  # octets

_CODE_PAGE = 0x00069007  # attOemCodepage
_BEGINS = 0x00069002  # attAttachRenddata: here a further attachment begins
_TITLE = 0x00018010  # attAttachTitle: the name in 8.3 form
_PROPERTIES = 0x00069005  # attAttachment: its MAPI properties

_LONG_NAME = 0x3707  # PR_ATTACH_LONG_FILENAME
_STRING8, _UNICODE = 0x001E, 0x001F
_FIXED = {
    **dict.fromkeys((0x0002, 0x0003, 0x0004, 0x000A, 0x000B), 4),
    **dict.fromkeys((0x0005, 0x0006, 0x0007, 0x0014, 0x0040), 8),
    0x0048: 16,
}
"""Property types of fixed width, with their octets, filled up to four (MS-OXTNEF, 2.1.3.4)."""
_COUNTED = frozenset({_STRING8, _UNICODE, 0x000D, 0x0102})
_SEVERAL = 0x1000


def packed_files(content: bytes) -> tuple[list[str], bool]:
    """The names of the attachments in order, "" where one has none, and whether all was understood."""
    names: list[str] = []
    charset, end = "cp1252", 6
    for attribute, start, stop in _attributes(content):
        end = stop + 2
        value = content[start : min(stop, start + 64 * 1024)]
        if attribute == _CODE_PAGE:
            charset = f"cp{int.from_bytes(value[:4], 'little')}"
        elif attribute == _BEGINS and len(names) < MOST_FILES:
            names.append("")
        elif attribute == _TITLE and names:
            names[-1] = names[-1] or _text(value[:_LONGEST_NAME], charset)
        elif attribute == _PROPERTIES and names:
            names[-1] = _long_name(value, charset) or names[-1]
    return names, len(content) > 6 and end == len(content)


def _attributes(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Tag, start and end of the value of each attribute; a value that breaks off is the last."""
    at = 6
    for _ in range(_MOST_ATTRIBUTES):
        if at + 9 > len(content) or content[at] not in (1, 2):
            return
        length = int.from_bytes(content[at + 5 : at + 9], "little")
        yield int.from_bytes(content[at + 1 : at + 5], "little"), at + 9, at + 9 + length
        at += 9 + length + 2


def _long_name(value: bytes, charset: str) -> str:
    """The long file name among MAPI properties; "" where there is none or they cannot be read."""
    at = 4
    for _ in range(min(int.from_bytes(value[:4], "little"), _MOST_PROPERTIES)):
        type_, number = (int.from_bytes(value[at + place : at + place + 2], "little") for place in (0, 2))
        at += 4
        if number >= 0x8000:
            at = _after_label(value, at)
        if number == _LONG_NAME and type_ in (_STRING8, _UNICODE):
            length = int.from_bytes(value[at + 4 : at + 8], "little")
            octets = value[at + 8 : at + 8 + min(length, _LONGEST_NAME)]
            return _text(octets, "utf-16-le" if type_ == _UNICODE else charset)
        at = _after_value(value, at, type_)
        if not 0 < at < len(value):
            return ""
    return ""


def _after_label(value: bytes, at: int) -> int:
    """Where the value of a named property begins: behind its set and its number or name."""
    if int.from_bytes(value[at + 16 : at + 20], "little") == 0:
        return at + 24
    length = int.from_bytes(value[at + 20 : at + 24], "little")
    return at + 24 + _filled(length)


def _after_value(value: bytes, at: int, type_: int) -> int:
    """Where the next property begins; 0 where the type is unknown."""
    plain, several = type_ & ~_SEVERAL, bool(type_ & _SEVERAL)
    count = 1
    if several or plain in _COUNTED:
        count = int.from_bytes(value[at : at + 4], "little")
        at += 4
    if plain in _FIXED:
        return at + count * _FIXED[plain]
    if plain not in _COUNTED:
        return 0
    for _ in range(min(count, _MOST_PROPERTIES)):
        at += 4 + _filled(int.from_bytes(value[at : at + 4], "little"))
    return at


def _filled(length: int) -> int:
    return length + -length % 4


def _text(octets: bytes, charset: str) -> str:
    return decode(octets, charset)[0].partition("\0")[0].strip()
