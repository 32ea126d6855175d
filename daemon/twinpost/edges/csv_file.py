"""Lists of pupils and pairs as spreadsheets save them: CSV in any of the usual encodings."""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass
from pathlib import Path

from twinpost.edges.marked import read_octets
from twinpost.errors import ConfigError, Problem

MOST_ROWS = 10_000
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty; `line` is where it ends in the file."""

    line: int
    cells: tuple[str, ...]


def load_rows(path: Path) -> tuple[Row, ...]:
    """The rows of a CSV file, blanks around cells left out. Raises ConfigError naming file and row."""
    text = _decoded(path)
    lines = text.splitlines(keepends=True)
    if lines and lines[0].casefold().startswith("sep="):  # Excel's own hint
        delimiter = lines[0].rstrip("\r\n")[4:] or ","
        lines[0] = "\n"
    else:
        first = next((line for line in lines if line.strip()), "")
        delimiter = max(_DELIMITERS, key=lambda sign: first.count(sign))
    if delimiter not in _DELIMITERS:
        raise ConfigError([Problem(str(path), 1, "cells must be separated by `;`, `,` or a tab")])
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows: list[Row] = []
    try:
        rows.extend(Row(reader.line_num, tuple(cell.strip() for cell in cells)) for cells in reader)
    except csv.Error as error:
        text = f"row {len(rows) + 1} cannot be read: a quote without its end, or an overlong cell"
        raise ConfigError([Problem(str(path), max(reader.line_num, 1), text)]) from error
    rows = [row for row in rows if any(row.cells)]
    if len(rows) > MOST_ROWS:
        raise ConfigError([Problem(str(path), 0, f"has {len(rows)} rows: {MOST_ROWS} at most")])
    return tuple(rows)


def _decoded(path: Path) -> str:
    octets = read_octets(path)
    utf16 = octets.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252"):
        try:
            return octets.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    text = "the letters of this file cannot be read: save it as CSV UTF-8"
    raise ConfigError([Problem(str(path), 0, text)])
