"""The admin's own files in which somebody still stands: exchange files and lists of pupils."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from twinpost.core.inspecting.mentions import Mentions

ENDINGS = (".yaml", ".yml", ".csv", ".txt", ".ics")
LARGEST = 5_000_000  # octets: no list of pupils is longer


@dataclass(frozen=True, slots=True)
class Standing:
    """A line of a file that names somebody."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def lines_naming(folder: Path | None, mentions: Mentions) -> Iterator[Standing]:
    """Every such line in a folder and below it, in order; none without a folder."""
    for file in sorted(folder.rglob("*")) if folder else ():
        if file.suffix.lower() not in ENDINGS or not file.is_file() or file.stat().st_size > LARGEST:
            continue
        for number, line in enumerate(_text(file).splitlines(), start=1):
            if mentions.named_here(line):
                yield Standing(file, number)


def _text(file: Path) -> str:
    octets = file.read_bytes()
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")
