"""Names that stand together for one class made to speak with one voice.

"7B in Oslo" is one class and not a letter to Oslo; "Oslon 7B:lle" is written to 7B, whatever hangs on
Oslo; in "7B luokalle" the word behind the name says that it is written to; "to the children from Oslo"
names no sender.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from twinpost.core.reading.units import Shape, Unit, unit_at
from twinpost.core.reading.words import Meaning

_SILENT = {Meaning.FILLER: 1}
_BEFORE = frozenset({Meaning.FROM, Meaning.TO, Meaning.FROM_NEAR, Meaning.TO_NEAR})
_TO = frozenset({Meaning.TO, Meaning.TO_NEAR})
_WHOSE = frozenset({Meaning.FROM, Meaning.FROM_NEAR, Meaning.AT})
_AFTER = {Meaning.FROM_AFTER: Meaning.FROM, Meaning.TO_AFTER: Meaning.TO}


def with_chains(units: Sequence[Unit]) -> list[Unit]:
    """The units, the role of each chain on its first name and what joined it made silent."""
    joined = list(units)
    at = 0
    while at < len(joined):
        if at and _only_says_whose(joined[at - 1], joined[at]):
            joined[at] = replace(joined[at], means=_SILENT)
        at = _join(joined, at) if joined[at].shape is Shape.CLASS else at + 1
    return joined


def _only_says_whose(before: Unit, unit: Unit) -> bool:
    """Whether a word behind people says whose they are: "the children of"."""
    return Meaning.PEOPLE in before.means and bool(_WHOSE & unit.means.keys()) and not _TO & unit.means.keys()


def _join(units: list[Unit], start: int) -> int:
    """Settle the chain that begins here; returns where it ends."""
    last, role = start, units[start].role
    while following := _next(units, last):
        for between in range(last + 1, following):
            units[between] = replace(units[between], means=_SILENT)
        last, role = following, units[following].role or role
        units[last] = replace(units[last], role=None)
    behind = _past_fillers(units, last + 1)
    word = unit_at(units, behind)
    said = [_AFTER[meaning] for meaning in _AFTER if word is not None and meaning in word.means]
    if said and not _is_led(units, start):
        units[behind] = replace(units[behind], means=_SILENT)
        last, role = behind, said[0]
    if role is not units[start].role:
        units[start] = replace(units[start], role=role)
    return last + 1


def _next(units: Sequence[Unit], at: int) -> int:
    """Where the same class is named again, directly or behind a word that says where it is; else 0."""
    following = at + 1
    while (unit := unit_at(units, following)) and {Meaning.AT, Meaning.FILLER} & unit.means.keys():
        following += 1
    unit = unit_at(units, following)
    if unit is None or unit.shape is not Shape.CLASS:
        return 0
    same = set(unit.class_ids) & set(units[at].class_ids) and unit.name != units[at].name
    return following if same else 0


def _past_fillers(units: Sequence[Unit], at: int) -> int:
    if (sign := unit_at(units, at)) and sign.glued and sign.is_sign("-"):
        at += 1
    while (unit := unit_at(units, at)) and unit.is_filler:
        at += 1
    return at


def _is_led(units: Sequence[Unit], start: int) -> bool:
    """Whether a word before the name says already what it is: "luokalta 4c luokalle 7B"."""
    before = start - 1
    while before >= 0 and units[before].is_filler:
        before -= 1
    return before >= 0 and bool(_BEFORE & units[before].means.keys())
