"""Foreign text is made harmless without being spoilt."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from twinpost.core.writing.plain import lines, one_line


@given(st.text(st.characters()))
def test_one_line_has_no_control_and_can_be_sent(text: str) -> None:
    line = one_line(text)
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in line)
    assert not any(
        unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI") for c in line
    )
    assert line == line.strip()
    assert one_line(line) == line
    line.encode()


@given(st.text(), st.integers(1, 50))
def test_a_limit_holds(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line == one_line(text) or line.endswith("…")


def test_names_of_all_scripts_stay_as_they_are() -> None:
    for name in ("Björn Østergård", "Олена Коваль", "محمد", "می‌خواهم", "प्रिया", "王小明", "👩‍👧 7B"):
        assert one_line(name) == name


def test_turned_and_hidden_characters_go() -> None:
    assert one_line("7B\u202egnp.exe\u200b\u2066\ufeff") == "7Bgnp.exe"


def test_lines_end_at_every_kind_of_line_end() -> None:
    assert lines("a\r\nb\rc\nd\x0be\u2028f") == ["a", "b", "c", "d e f"]
