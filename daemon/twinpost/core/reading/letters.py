"""Letters joined to single units: "letters 1-3", "2nd letter"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from twinpost.core.reading.numbers import Numbers, item_at, list_at
from twinpost.core.reading.part_marks import names_follow, plain_at
from twinpost.core.reading.units import Shape, Unit, unit_at
from twinpost.core.reading.words import Meaning

_LONGEST_ROMAN = 6  # XXVIII
_PRAISES = 4  # words between "thank you for" and the letter
_GAP = 6  # signs and fillers between a product and its number


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the letters named in a line come to."""

    product: str = ""
    numbers: tuple[int, ...] = ()
    trouble: str = ""
    spoken_of: bool = False  # "thanks for letter 1": it is not brought


def with_letters(units: Sequence[Unit]) -> list[Unit]:
    """The units with every product joined to its numbers."""
    joined: list[Unit] = []
    products = [at for at, unit in enumerate(units) if Meaning.PRODUCT in unit.means]
    at = 0
    while at < len(units):
        found = _letter_at(units, at) if products and at <= products[-1] else None
        if found is None:
            joined.append(units[at])
            at += 1
            continue
        letter, at = found
        joined.append(letter)
    return joined


def _letter_at(units: Sequence[Unit], at: int) -> tuple[Unit, int] | None:
    """The letter that begins here, with a number before or after its product, and where it ends."""
    if units[at].shape is Shape.CLASS or (units[at].is_unknown and len(units[at].text) > _LONGEST_ROMAN):
        return None
    before, product_at = _leading_number(units, at)
    product = unit_at(units, product_at)
    if product is None or Meaning.PRODUCT not in product.means:
        return None
    several = Meaning.SEVERAL in product.means
    after = _number_after(units, product_at, several)
    if before and after and before.values != after.values:
        after = Numbers((), before.trouble or after.trouble or "broken", after.end)
    found = after or before
    end = _past_total(units, max(product_at + 1, after.end if after else 0))
    letter = Unit(
        Shape.LETTER,
        "",
        "",
        units[at].start,
        units[end - 1].end,
        means={Meaning.PRODUCT: product.means[Meaning.PRODUCT]},
        numbers=found.values if found else (),
        trouble=found.trouble if found else "",
    )
    return letter, end


def _past_total(units: Sequence[Unit], at: int) -> int:
    """Past the "of 4" of "letter 2 of 4", which is no part mark."""
    unit = unit_at(units, at)
    counted = unit is not None and Meaning.OF in unit.means and plain_at(units, at + 1) is not None
    return at + 2 if counted and not names_follow(units, at + 2) else at


def _leading_number(units: Sequence[Unit], at: int) -> tuple[Numbers | None, int]:
    """An ordinal before a product ("2nd", "1. und 2.", "No. 2"), and where the product must stand.

    A cardinal there counts letters and names none: "26 letters from Oslo".
    """
    marked = at
    while marked < len(units) and (Meaning.NUMBER in units[marked].means or units[marked].is_sign("#.°")):
        marked += 1
    found = list_at(units, marked, several=True)
    if found is None:
        return None, at
    last = units[found.end - 1]
    names_one = found.ordinal or marked > at or last.is_sign(".")
    end = found.end
    while end < len(units) and end - found.end < 3 and _stands_between(units[end]):
        names_one = names_one or Meaning.NUMBER in units[end].means
        end += 1
    return (found if names_one else None), end


def _stands_between(unit: Unit) -> bool:
    """Whether a unit may stand between a number and its product: "4. sz. levél", "first ever letter"."""
    return bool({Meaning.FILLER, Meaning.NUMBER} & unit.means.keys()) or unit.is_sign(".")


def _number_after(units: Sequence[Unit], product_at: int, several: bool) -> Numbers | None:
    """The number behind a product, over signs, "no." and fillers."""
    distant = False  # a sign lies between, so the number may count something else
    for at in range(product_at + 1, min(len(units), product_at + _GAP)):
        unit, following = units[at], unit_at(units, at + 1)
        found = list_at(units, at, several)
        if found is not None:
            return None if distant and _counts(units, found, several) else found
        if _is_minus(units, at):
            return Numbers((), "negative", at + 2)
        if _is_blank_to_fill(unit, following, at == product_at + 1):
            return Numbers((), "broken", at + 1)
        if Meaning.NUMBER in unit.means or unit.is_sign("#°."):
            distant = False
        elif unit.is_sign(":-,([{="):
            distant = True
        elif Meaning.FILLER not in unit.means:
            return None
    return None


def _counts(units: Sequence[Unit], found: Numbers, several: bool) -> bool:
    """Whether numbers at a distance count what follows them: "(26 photos)"."""
    following = unit_at(units, found.end)
    names = several and len(found.values) > 1
    return not names and following is not None and following.is_unknown


def _is_minus(units: Sequence[Unit], at: int) -> bool:
    unit, following = units[at], unit_at(units, at + 1)
    if following is None or not (unit.is_sign("-") and following.glued):
        return False
    before = units[at - 1]
    return following.shape is Shape.NUMBER and (not unit.glued or Meaning.NUMBER in before.means)


def _is_blank_to_fill(unit: Unit, following: Unit | None, direct: bool) -> bool:
    """Whether something stands where the number should: "Letter ? from", "Letter l from"."""
    ends_here = following is None or not (following.is_unknown or following.is_sign("'"))
    if unit.is_sign("?"):
        return following is not None
    return direct and unit.is_unknown and len(unit.text) == 1 and ends_here


def choose(units: Sequence[Unit]) -> Chosen:
    """Which letter the line brings, of all that it names."""
    places = [at for at, unit in enumerate(units) if unit.shape is Shape.LETTER]
    if not places:
        return Chosen()
    brought = [at for at in places if not _is_spoken_of(units, at, len(places) > 1)]
    chosen = _merged(units, brought or places)
    if any(_is_doubted(units, at) for at in range(len(units))):
        chosen = Chosen(chosen.product, trouble="broken")
    if not chosen.numbers and not chosen.trouble:
        chosen = replace(chosen, numbers=_lone_number(units))
    return replace(chosen, spoken_of=not brought)


def _is_doubted(units: Sequence[Unit], at: int) -> bool:
    """Whether a number within the line bears a question mark: "Letter 2 (or 3?) to Lyon"."""
    mark, further = unit_at(units, at + 1), unit_at(units, at + 3)
    numbered = units[at].shape is Shape.NUMBER or bool(units[at].numbers)
    return numbered and mark is not None and mark.is_sign("?") and further is not None


def _is_spoken_of(units: Sequence[Unit], at: int, one_of_several: bool) -> bool:
    """Whether a letter is only referred to: "answer to letter 1", and beside others "photo of letter 1"."""
    refers = {Meaning.TO, Meaning.TO_NEAR, Meaning.ABOUT}
    if one_of_several:
        refers |= {Meaning.FROM, Meaning.FROM_NEAR}
    before = at - 1
    while before >= 0 and _says_little(units[before]):
        before -= 1
    if before >= 0 and refers & units[before].means.keys():
        return True
    praised = before
    while praised >= 0 and before - praised < _PRAISES and _may_praise(units[praised]):
        praised -= 1
    return 0 <= praised < before and Meaning.ABOUT in units[praised].means


def _says_little(unit: Unit) -> bool:
    return bool({Meaning.FILLER, Meaning.ARTICLE} & unit.means.keys())


def _may_praise(unit: Unit) -> bool:
    """Whether a word may be one of "thank you for the truly wonderful letter 1"."""
    return _says_little(unit) or (unit.is_unknown and unit.written[0].islower())


def _merged(units: Sequence[Unit], places: Sequence[int]) -> Chosen:
    """One product and its numbers out of several mentions; two different ones are trouble."""
    numbered = [at for at in places if units[at].numbers or units[at].trouble]
    chief = units[(numbered or places)[0]]
    product = str(chief.means[Meaning.PRODUCT])
    said = {(units[at].means[Meaning.PRODUCT], units[at].numbers, units[at].trouble) for at in numbered}
    if len(said) <= 1:
        return Chosen(product, chief.numbers, chief.trouble)
    alike = all(units[at].means[Meaning.PRODUCT] == product and not units[at].trouble for at in numbered)
    if alike and all(_is_joined(units, one, two) for one, two in pairwise(numbered)):
        return Chosen(product, tuple(sorted({number for at in numbered for number in units[at].numbers})))
    return Chosen(product, trouble="broken")


def _is_joined(units: Sequence[Unit], one: int, two: int) -> bool:
    return all(Meaning.AND in unit.means or unit.is_sign(",&+") for unit in units[one + 1 : two])


def _lone_number(units: Sequence[Unit]) -> tuple[int, ...]:
    """The one number away from its product that is marked as such: "From Oslo to Lyon, letter; no. 2"."""
    found = []
    for at, unit in enumerate(units):
        before = unit_at(units, at - 1)
        if not (Meaning.NUMBER in unit.means or unit.is_sign("#")):
            continue
        if before is not None and (before.is_unknown or Meaning.FILLER in before.means):
            continue  # "School No. 5"
        item = item_at(units, at + 1) or item_at(units, at + 2)
        if item and item.values:
            found.append(item.values)
    return found[0] if len(found) == 1 else ()
