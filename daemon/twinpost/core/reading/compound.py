"""Microsoft's compound files (MS-CFB): which streams they hold, and so what old Office files are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_SECTORS = 256  # of the directory
_SMALL = 4096  # octets: streams below it lie packed together
_SPECIAL = 0xFFFFFFFA  # sector numbers from here on mean something else

_KINDS = (  # the name of a stream, and what the file then is
    ("EncryptedPackage", "office"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
    ("__properties_version1.0", "msg"),
    ("Quill", "pub"),
    ("VisioDocument", "vsd"),
)
_INSTALLER = "\u4840"  # begins the names of the tables in a Windows installer
_WORD_LOCKED = 0x0100  # fEncrypted among the flags of a Word file (MS-DOC, 2.5.2)
_EXCEL_LOCK = 0x002F  # FilePass, the record behind the first (MS-XLS, 2.4.117)


@dataclass(frozen=True, slots=True)
class Stream:
    start: int  # octet at which it begins
    size: int


def kind_by_streams(content: bytes) -> str:
    """doc, xls, ppt, msg, pub, vsd, exe, `office` for a locked new one, or "" when nothing tells."""
    found = _streams(content)
    for name, kind in _KINDS:
        if name in found:
            return kind
    return "exe" if any(name.startswith(_INSTALLER) for name in found) else ""


def compound_trouble(content: bytes) -> str:
    """ "", truncated or encrypted."""
    found = _streams(content)
    large = sum(stream.size for stream in found.values() if stream.size >= _SMALL)
    if not found or large > len(content):
        return "truncated"
    return "encrypted" if _is_locked(content, found) else ""


def _is_locked(content: bytes, found: dict[str, Stream]) -> bool:
    if "EncryptedPackage" in found or "EncryptedSummary" in found:
        return True
    if word := found.get("WordDocument"):
        return bool(int.from_bytes(content[word.start + 10 : word.start + 12], "little") & _WORD_LOCKED)
    if book := found.get("Workbook") or found.get("Book"):
        after = book.start + 4 + int.from_bytes(content[book.start + 2 : book.start + 4], "little")
        return int.from_bytes(content[after : after + 2], "little") == _EXCEL_LOCK
    return False


def _streams(content: bytes) -> dict[str, Stream]:
    """The streams and folders of the directory by name; as many as can be found in a broken file."""
    width = 1 << min(int.from_bytes(content[30:32], "little"), 16)
    found: dict[str, Stream] = {}
    for sector in _directory(content, width):
        for at in range(_offset(sector, width), _offset(sector + 1, width), 128):
            entry = content[at : at + 128]
            length = int.from_bytes(entry[64:66], "little")
            if len(entry) < 128 or not 2 < length <= 64:
                continue
            name = entry[: length - 2].decode("utf-16-le", "replace")
            start = _offset(int.from_bytes(entry[116:120], "little"), width)
            found.setdefault(name, Stream(start, int.from_bytes(entry[120:124], "little")))
    return found


def _directory(content: bytes, width: int) -> Iterator[int]:
    """The sectors of the directory, as the allocation table chains them."""
    sector = int.from_bytes(content[48:52], "little")
    for _ in range(_MOST_SECTORS):
        if sector >= _SPECIAL or _offset(sector, width) >= len(content):
            return
        yield sector
        sector = _next(content, sector, width)


def _next(content: bytes, sector: int, width: int) -> int:
    """The sector that follows one; a table too far away to be named in the header ends the chain."""
    table, place = divmod(sector, width // 4 or 1)
    if table >= 109:
        return _SPECIAL
    where = int.from_bytes(content[76 + 4 * table : 80 + 4 * table], "little")
    at = _offset(where, width) + 4 * place
    return int.from_bytes(content[at : at + 4], "little") if at + 4 <= len(content) else _SPECIAL


def _offset(sector: int, width: int) -> int:
    return (sector + 1) * width
