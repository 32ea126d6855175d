"""What a file is called: the label of its part made fit to be shown, saved and compared."""

from __future__ import annotations

import re
import unicodedata

from twinpost.core.reading.charset import one_line

_UNSAFE = re.compile('[<>:"|?*\ufffe\uffff]')
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that cannot be seen and may turn or hide what can."""
_TWICE_ENCODED = re.compile("[\u00c2-\u00c5\u00ce-\u00d1\u00d7-\u00d9\u00e2][\u00a0-\u00bf\u0152-\u2122]")
_LONGEST_NAME = 120  # characters
_LONGEST_OCTETS = 240  # of UTF-8: file systems allow 255
_LONGEST_ENDING = 10


def clean_name(label: str) -> str:
    """A file name without folders, control and unseen characters; "" when nothing is left."""
    return _fit(_cleaned(one_line(label).replace("\\", "/").rstrip("/ ").rpartition("/")[2]))


def clean_path(label: str) -> str:
    """The same with the folders in front, for a file inside an archive; what leads upwards is left out."""
    folders = one_line(label).replace("\\", "/").rstrip("/ ").split("/")[-4:]
    return _fit("/".join(filter(None, map(_cleaned, folders))))


def _cleaned(name: str) -> str:
    """One part of a path. Composed letters, for Macs send "é" as two characters."""
    if not name.strip(". "):
        return ""
    name = unicodedata.normalize("NFC", _mended(name))
    name = _UNSAFE.sub("", name)
    if not name.isascii():
        name = "".join(char for char in name if unicodedata.category(char) not in _UNSEEN)
    return " ".join(name.split()).strip(". ")


def _mended(name: str) -> str:
    """A name whose UTF-8 a program took for Western letters, "TomÃ¡s", as it was meant."""
    if not _TWICE_ENCODED.search(name):
        return name
    try:
        return name.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return name


def _fit(name: str) -> str:
    """A name of bearable length; its ending stays."""
    if len(name) <= _LONGEST_NAME and len(name.encode("utf-8", "replace")) <= _LONGEST_OCTETS:
        return name
    stem, dot, ending = name.rpartition(".")
    ending = f".{ending[:_LONGEST_ENDING]}" if dot and stem else ""
    stem = (stem if ending else name)[: _LONGEST_NAME - len(ending)]
    room = _LONGEST_OCTETS - len(ending.encode("utf-8", "replace"))
    return stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore") + ending
