"""Numbers of letters and parts: figures, words, Roman numerals, lists and ranges.

What is zero, negative, huge, descending or broken is named as trouble and never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from twinpost.core.reading.units import Shape, Unit, unit_at
from twinpost.core.reading.words import Meaning

HIGHEST = 99
LONGEST = 30  # letters that one mail can hold
_JOINING = frozenset({Meaning.AND, Meaning.THROUGH})
_LONGEST_AND = 4  # letters of a word that may be a misspelt "and"

_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_PLACEHOLDER = re.compile(r"X+")  # "Letter XX" is a letter that somebody forgot to number
_ROMAN_VALUE = {"I": 1, "V": 5, "X": 10}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers read from unit `start` up to `end`; `trouble` as in SubjectReading."""

    values: tuple[int, ...]
    trouble: str
    end: int
    ordinal: bool = False


def list_at(units: Sequence[Unit], at: int, several: bool) -> Numbers | None:
    """The number, list or range that begins here. `several`: a plural stood before it."""
    first = item_at(units, at, several)
    if first is None:
        return None
    values, trouble, end, ordinal = list(first.values), first.trouble, first.end, first.ordinal
    while following := _next(units, end, several):
        is_range, item = following
        end, ordinal = item.end, ordinal or item.ordinal
        trouble = trouble or item.trouble
        if not trouble and is_range:
            trouble = _range_trouble(values[-1], item.values[0])
            values += range(values[-1] + 1, item.values[0]) if not trouble else ()
        values += item.values
    if not trouble and len(set(values)) > LONGEST:
        trouble = "huge"
    behind = unit_at(units, end)
    if behind is not None and Meaning.AGAIN in behind.means:
        trouble, end = trouble or "broken", end + 1
    if _stutters(units, end) or _runs_on(units, end):
        trouble = trouble or "broken"
    return Numbers(() if trouble else tuple(sorted(set(values))), trouble, end, ordinal)


def _stutters(units: Sequence[Unit], at: int) -> bool:
    """Whether a list ends in several signs: "1,2,,,3"."""
    signs = [unit for unit in units[at : at + 2] if unit.glued and unit.is_sign(",;-")]
    return len(signs) > 1


def _runs_on(units: Sequence[Unit], at: int) -> bool:
    """Whether a second number stands behind the first, bare or behind a misspelt "and", and counts
    nothing: "letters 2 3 from", "Briefe 2 udn 3 von"."""
    between = unit_at(units, at)
    while between is not None and (_is_short_word(between) or _JOINING & between.means.keys()):
        at, between = at + 1, unit_at(units, at + 1)
    unit, following = unit_at(units, at), unit_at(units, at + 1)
    if unit is None or unit.shape is not Shape.NUMBER or int(unit.text[:9]) > HIGHEST:
        return False
    return following is None or not (following.glued or following.is_unknown)


def _is_short_word(unit: Unit) -> bool:
    return unit.is_unknown and len(unit.text) <= _LONGEST_AND


def item_at(units: Sequence[Unit], at: int, several: bool = False) -> Numbers | None:
    """One number in any writing, or None where none stands."""
    unit = unit_at(units, at)
    if unit is None:
        return None
    if unit.shape is Shape.NUMBER:
        return _figure(units, at, several)
    for meaning in (Meaning.ORDINAL, Meaning.CARDINAL):
        if meaning in unit.means and not _is_article(units, at):
            return Numbers((int(unit.means[meaning]),), "", at + 1, meaning is Meaning.ORDINAL)
    return _roman(units, at)


def _figure(units: Sequence[Unit], at: int, several: bool) -> Numbers:
    unit, following = units[at], unit_at(units, at + 1)
    ordinal = Meaning.ORDINAL in unit.means
    if following is not None and following.glued:
        if following.is_unknown or following.shape is Shape.CLASS:
            return Numbers((), "broken", at + 2)  # "1b"
        if following.is_sign(".,/:") and _glued_figure(units, at + 2):
            if not (following.text == "," and (several or _and_follows(units, at + 3))):
                return Numbers((), "broken", _end_of_chain(units, at))  # "1.5", "2/3"
        elif following.is_sign("."):
            return _sane(int(unit.text[:9]), at + 2, True)
    return _sane(int(unit.text[:9]), at + 1, ordinal)


def _sane(value: int, end: int, ordinal: bool) -> Numbers:
    trouble = "zero" if value == 0 else "huge" if value > HIGHEST else ""
    return Numbers(() if trouble else (value,), trouble, end, ordinal)


def _glued_figure(units: Sequence[Unit], at: int) -> bool:
    unit = unit_at(units, at)
    return unit is not None and unit.glued and unit.shape is Shape.NUMBER


def _and_follows(units: Sequence[Unit], at: int) -> bool:
    unit = unit_at(units, at)
    return unit is not None and (Meaning.AND in unit.means or unit.is_sign("&+,"))


def _end_of_chain(units: Sequence[Unit], at: int) -> int:
    """Past everything that is glued to a broken number."""
    end = at + 1
    while end < len(units) and units[end].glued and units[end].shape in (Shape.NUMBER, Shape.SIGN):
        end += 1
    return end


def _is_article(units: Sequence[Unit], at: int) -> bool:
    """Whether "ein", "une" or "en" is an article here: something that it counts follows."""
    following = unit_at(units, at + 1)
    counts = following is not None and (following.is_unknown or Meaning.PRODUCT in following.means)
    return counts and Meaning.FILLER in units[at].means


def _roman(units: Sequence[Unit], at: int) -> Numbers | None:
    unit, following = units[at], unit_at(units, at + 1)
    written = unit.written.upper() if unit.written in ("ii", "iii") else unit.written
    if unit.shape is not Shape.WORD or not written or not _ROMAN.fullmatch(written):
        return None
    if written == "I" and following is not None and following.is_unknown:
        return None  # "the letter I promised"
    if _PLACEHOLDER.fullmatch(written):
        return Numbers((), "broken", at + 1)
    value = 0
    for char, after in zip(written, [*written[1:], ""], strict=True):
        one = _ROMAN_VALUE[char]
        value += -one if one < _ROMAN_VALUE.get(after, 0) else one
    is_ordinal = following is not None and following.glued and following.is_sign(".")
    return Numbers((value,), "", at + 1 + is_ordinal, is_ordinal)


def _next(units: Sequence[Unit], at: int, several: bool) -> tuple[bool, Numbers] | None:
    """The next member of a list (False) or the end of a range (True)."""
    unit = unit_at(units, at)
    if unit is None:
        return None
    is_range = unit.is_sign("-") or unit.text.startswith("..") or Meaning.THROUGH in unit.means
    is_comma = unit.is_sign(",;")
    is_and = unit.is_sign("&+") or Meaning.AND in unit.means
    if not (is_range or is_comma or is_and):
        return None
    start = at + 1
    after = unit_at(units, start)
    if is_comma and after is not None and Meaning.AND in after.means:
        start, is_comma = start + 1, False
    item = item_at(units, start, several)
    if item is None or _counts_things(units, item, several and not is_comma):
        return None
    return is_range, item


def _counts_things(units: Sequence[Unit], item: Numbers, several: bool) -> bool:
    """Whether a number belongs to what follows it ("letter 1, 2 photos"; "letter 1 to 5 Freiburg")."""
    following = unit_at(units, item.end)
    if following is None or item.ordinal:
        return False
    return Meaning.PRODUCT in following.means or (following.is_unknown and not several)


def _range_trouble(low: int, high: int) -> str:
    if high < low:
        return "descending"
    return "huge" if high - low >= LONGEST else ""
