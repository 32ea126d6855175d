"""Part marks joined to single units: "part 2 of 3", "(2/3)", "3/2. rész"."""

from __future__ import annotations

from collections.abc import Sequence

from twinpost.core.reading.units import Shape, Unit, unit_at
from twinpost.core.reading.words import Meaning

_HIGHEST_PART = 99
_BARE_PART = 9  # "2/3" without brackets is a part; "12/10" is a date


def with_parts(units: Sequence[Unit]) -> list[Unit]:
    """The units with every part mark joined to one."""
    joined: list[Unit] = []
    at = 0
    while at < len(units):
        found = _part_at(units, at)
        if found is None:
            joined.append(units[at])
            at += 1
            continue
        part, end = found
        joined.append(Unit(Shape.PART, "", "", units[at].start, units[end - 1].end, part=part))
        at = end
    return joined


def _part_at(units: Sequence[Unit], at: int) -> tuple[tuple[int, int | None] | None, int] | None:
    """The part mark that begins here, and where it ends; a mark that cannot be is (None, end)."""
    unit = units[at]
    if Meaning.PART in unit.means:
        return _counted(units, _past_point(units, at + 1), named=True)
    if (unit.shape is Shape.NUMBER or Meaning.ORDINAL in unit.means) and (found := _before_word(units, at)):
        return found
    if unit.is_sign("(["):
        found = _counted(units, at + 1, named=False)
        closing = unit_at(units, found[1]) if found else None
        return (found[0], found[1] + 1) if found and closing is not None and closing.is_sign(")]") else None
    if unit.shape is Shape.NUMBER and not _belongs_to_number(units, at):
        return _bare(units, at)
    return None


def _before_word(units: Sequence[Unit], at: int) -> tuple[tuple[int, int | None] | None, int] | None:
    """A number before the word: "2nd part", "2. část ze 3", and the part behind the total: "3/2. rész"."""
    slash, second = unit_at(units, at + 1), plain_at(units, at + 2)
    first = plain_at(units, at) or int(units[at].means.get(Meaning.ORDINAL, 0))
    if slash is not None and slash.is_sign("/") and second is not None:
        word = _past_point(units, at + 3)
        pair = min(first, second), max(first, second)
        return (pair if pair[0] else None, word + 1) if _is_part_word(units, word) else None
    word = _past_point(units, at + 1)
    if not _is_part_word(units, word) or (word == at + 1 and Meaning.ORDINAL not in units[at].means):
        return None
    total = plain_at(units, word + 2)
    of = unit_at(units, word + 1)
    if of is not None and Meaning.OF in of.means and total is not None and not names_follow(units, word + 3):
        return ((first, total) if 1 <= first <= total <= _HIGHEST_PART else None), word + 3
    return (first, None), word + 1


def _is_part_word(units: Sequence[Unit], at: int) -> bool:
    unit = unit_at(units, at)
    return unit is not None and Meaning.PART in unit.means


def _past_point(units: Sequence[Unit], at: int) -> int:
    unit = unit_at(units, at)
    return at + 1 if unit is not None and unit.glued and unit.is_sign(".") else at


def _counted(
    units: Sequence[Unit], at: int, *, named: bool
) -> tuple[tuple[int, int | None] | None, int] | None:
    """ "2 of 3", "2/3", and where `named`, "2" alone."""
    first = plain_at(units, at)
    if first is None:
        return None
    following = unit_at(units, at + 1)
    if following is not None and (following.is_sign("/") or Meaning.OF in following.means):
        second = plain_at(units, at + 2)
        if second is not None and not names_follow(units, at + 3):
            return ((first, second) if 1 <= first <= second <= _HIGHEST_PART else None), at + 3
    return ((first, None) if 1 <= first <= _HIGHEST_PART else None, at + 1) if named else None


def _bare(units: Sequence[Unit], at: int) -> tuple[tuple[int, int | None] | None, int] | None:
    between, first, second = unit_at(units, at + 1), plain_at(units, at), plain_at(units, at + 2)
    if between is None or first is None or second is None:
        return None
    if not between.is_sign("/") and not _is_counted_behind(units, at):
        return None
    return ((first, second), at + 3) if 1 <= first <= second <= _BARE_PART else None


def _is_counted_behind(units: Sequence[Unit], at: int) -> bool:
    """ "Letter 4, 2 of 3": behind a number and a comma no further number is meant."""
    comma, number, of = unit_at(units, at - 1), plain_at(units, at - 2), unit_at(units, at + 1)
    behind = comma is not None and comma.is_sign(",;") and number is not None
    return behind and of is not None and Meaning.OF in of.means and not names_follow(units, at + 3)


def plain_at(units: Sequence[Unit], at: int) -> int | None:
    """A cardinal in figures or words."""
    unit = unit_at(units, at)
    return int(unit.means[Meaning.CARDINAL]) if unit is not None and Meaning.CARDINAL in unit.means else None


def _belongs_to_number(units: Sequence[Unit], at: int) -> bool:
    """Whether a product, "no." or a sign leads to this figure, so that "2/3" is a broken number."""
    before = unit_at(units, at - 1)
    if before is None:
        return False
    leads = {Meaning.PRODUCT, Meaning.NUMBER} & before.means.keys()
    return bool(leads) or (units[at].glued and before.shape is Shape.SIGN) or before.is_sign("#/.")


def names_follow(units: Sequence[Unit], at: int) -> bool:
    """Whether a class name goes on here: "Brief 1 von 4 Freiburg"."""
    unit = unit_at(units, at)
    return unit is not None and (unit.shape is Shape.CLASS or unit.is_unknown)
