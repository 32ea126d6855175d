"""Octets in a declared, wrong or unknown charset become text, whatever they are.

What is declared is tried first, then UTF-8, then a guess; what stays broken becomes U+FFFD. One thing
is believed more than the declaration: octets that are UTF-8 although a charset of one octet is
declared, for no words of such a charset look like that by chance.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from twinpost.core.reading.guess import likeliest

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,39}")
_WINDOWS = re.compile(r"(?:x-)?(?:cp|win|windows)[-_]?(\d{3,4})")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_CONTROLS_IN_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_MEANT = {
    # Supersets of what is declared: mail programs label the smaller and write the larger.
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "ascii": "utf-8",
}
_ALSO_KNOWN_AS = {
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "x-mac-roman": "mac_roman",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "windows-874": "cp874",
    "ansi_x3.110-1983": "cp1252",
    "unknown-8bit": "utf-8",
    "x-unknown": "utf-8",
    "8bit": "utf-8",
    "binary": "utf-8",
}
_OF_ONE_OCTET = frozenset(
    {"cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "koi8-r", "koi8-u", "mac-roman"}
    | {f"iso8859-{part}" for part in (2, 3, 4, 5, 7, 9, 10, 13, 15, 16)}
)
# Transformations that Python counts among its text encodings: slow, lossy, or escapes of a source file.
_NO_CHARSETS = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "unicode-escape"}
)


@lru_cache(maxsize=256)
def codec(charset: str) -> str:
    """The name of Python's codec for a charset label, or "" where the label means nothing."""
    label = charset.strip().strip("\"'").lower()
    label = _ALSO_KNOWN_AS.get(label, _WINDOWS.sub(r"cp\1", label))
    if not _NAME.fullmatch(label):
        return ""
    try:
        info = codecs.lookup(label)
        b"x".decode(info.name, "replace")  # refuses what is no text encoding, such as zlib
    except (LookupError, ValueError):
        return ""
    if info.name in _NO_CHARSETS or info.name.replace("-", "_") in _NO_CHARSETS:
        return ""
    return _MEANT.get(info.name, info.name)


def decode(octets: bytes, charset: str = "") -> tuple[str, bool]:
    """Text, and whether it is what was declared. Nothing declared and UTF-8 found is in order."""
    if octets.isascii() and b"\x1b" not in octets and codec(charset) in ("utf-8", "cp1252", ""):
        return octets.decode("ascii"), not charset or bool(codec(charset))
    declared = codec(charset)
    if b"\x1b$" in octets and declared in ("", "utf-8"):
        declared = "iso2022_jp"  # its escapes are found in nothing else, and are often all the label there is
    if (text := _more_than_declared(octets, declared)) is not None:
        return text, False
    for name, in_order in ((declared, True), ("utf-8", not charset)):
        text = _strictly(octets, name)
        if text is not None:
            return text, in_order and not (charset.lower() in ("us-ascii", "ascii") and not octets.isascii())
    return _guess(octets, declared), False


def one_line(text: str) -> str:
    """Text without line ends, control characters and lone surrogates: each run of them is one blank."""
    if text.isprintable():
        return text.strip()
    return _CONTROLS.sub(" ", text).strip()


def lines_only(text: str) -> str:
    """Text whose only control characters are tab and newline."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _CONTROLS_IN_TEXT.sub("", text)


def _strictly(octets: bytes, name: str) -> str | None:
    if not name:
        return None
    try:
        return octets.decode(name)
    except (UnicodeError, LookupError, ValueError):
        return None


def _more_than_declared(octets: bytes, declared: str) -> str | None:
    """What the declared charset cannot have been meant for; None when it is to be tried first."""
    if declared in _OF_ONE_OCTET and not octets.isascii():
        return _strictly(octets, "utf-8")
    if declared.startswith("iso2022_jp") and _strictly(octets, declared) is None:
        # Programs write the signs of NEC (numbers in circles, "№") into a charset that has none of them.
        return _strictly(octets.replace(b"\x1b$B", b"\x1b$(Q"), "iso2022_jp_2004")
    return None


def _guess(octets: bytes, declared: str) -> str:
    """The reading with the fewest holes: the declared charset, UTF-8, the likeliest, else Western Europe."""
    text = octets.decode(declared or "utf-8", "replace")
    if not _is_full_of_holes(text):
        return text
    try:  # signs beyond the first 65,536 as two surrogates, which UTF-8 forbids and old databases write
        return octets.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeError:
        return octets.decode(likeliest(octets) or "cp1252", "replace")


def is_nearly_utf8(octets: bytes) -> bool:
    """Whether octets are UTF-8 but for a few broken ones at most."""
    return _strictly(octets, "utf-8") is not None or not _is_full_of_holes(octets.decode("utf-8", "replace"))


def _is_full_of_holes(text: str) -> bool:
    """Whether text was read in a wrong charset. One hole beside a letter is a letter that was cut."""
    holes = text.count("\ufffd")
    return (2 if holes < 2 else 4) * holes > sum(1 for sign in text if sign > "\x7f")
