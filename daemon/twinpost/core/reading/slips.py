"""Slips of the hand, in a class name ("Olso") and in a product's word ("Breif 2 von Oslo an Lyon")."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from rapidfuzz.distance import OSA

from twinpost.core.reading.names import Name, Roll
from twinpost.core.reading.units import Unit
from twinpost.core.reading.words import Language, Meaning

_FUZZY_FROM = 4  # letters; a shorter word must be right
_TWO_SLIPS_FROM = 8
_MOST_COMPARED = 150  # names; among more (a stranger's mail, judged against all classes) nothing is certain
_MARGIN = 0.2  # of the letters: by so much more must every other class's name be wrong
_LEAST_WRITTEN, _LEAST_RIGHT = 3, 4  # letters


def with_slip(units: Sequence[Unit], language: Language) -> list[Unit] | None:
    """The units with the one misspelt word of a product read as it was meant; None where there is not
    exactly one."""
    found = {at: key for at, unit in enumerate(units) if (key := _product(unit, language))}
    if len(found) != 1:
        return None
    ((at, key),) = found.items()
    mended = list(units)
    mended[at] = replace(units[at], means={Meaning.PRODUCT: key})
    return mended


def _product(unit: Unit, language: Language) -> str:
    """The one product whose word this is but for one letter added, left out, changed or changed over."""
    if not unit.is_unknown or len(unit.text) < _LEAST_WRITTEN:
        return ""
    alphabets = set(map(alphabet, unit.text))
    keys = {
        str(means[Meaning.PRODUCT])
        for (word, *more), means in language.products
        if not more
        and len(word) >= _LEAST_RIGHT
        and alphabets <= set(map(alphabet, word))
        and OSA.distance(word, unit.text, score_cutoff=1) <= 1
    }
    return keys.pop() if len(keys) == 1 else ""


@lru_cache(maxsize=4096)
def nearest(words: tuple[str, ...], roll: Roll) -> tuple[int, ...]:
    """The class whose name these folded words misspell, if every other class is further away by the
    margin; else nothing."""
    if len(roll.names) > _MOST_COMPARED:
        return ()
    accepted: dict[int, float] = {}
    distance: dict[int, float] = {}
    for name in roll.names:
        for window, rest in _windows(words, len(name.words)):
            share = _share_wrong(window, rest, name)
            distance[name.class_id] = min(share, distance.get(name.class_id, share))
            if _is_misspelling(window, rest, name):
                accepted[name.class_id] = min(share, accepted.get(name.class_id, share))
    if not accepted:
        return ()
    best = min(accepted, key=lambda class_id: (accepted[class_id], class_id))
    rivals = (share for class_id, share in distance.items() if class_id != best)
    return (best,) if all(share >= accepted[best] + _MARGIN for share in rivals) else ()


def _windows(words: Sequence[str], size: int) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Every run of `size` words with the words around it, and the whole."""
    if len(words) != size:
        yield words, ()
    for start in range(len(words) - size + 1):
        yield words[start : start + size], (*words[:start], *words[start + size :])


def _share_wrong(words: Sequence[str], rest: Sequence[str], name: Name) -> float:
    """Which share of the letters is wrong, as a name for these words and the rest about them. A short
    word or a figure is right or wrong as a whole, and weighs double."""
    if len(words) != len(name.words):
        slips = OSA.distance("".join(words), "".join(name.words))
    else:
        slips = sum(
            OSA.distance(word, right) if _is_long(right) else 2 * len(right) * (word != right)
            for word, right in zip(words, name.words, strict=True)
        )
    besides = sum(map(len, rest))
    return (slips + besides) / (sum(map(len, name.words)) + besides)


def _is_misspelling(words: Sequence[str], rest: Sequence[str], name: Name) -> bool:
    if any(word.isdecimal() or len(word) == 1 for word in rest):
        return False  # "7C Olso" is not 7B, which is also called Oslo
    if len(words) != len(name.words):
        return not rest and len("".join(words)) >= _FUZZY_FROM and "".join(words) == "".join(name.words)
    return all(
        OSA.distance(word, right) <= _allowed(right) and not _disguised(word, right)
        for word, right in zip(words, name.words, strict=True)
    )


def _is_long(word: str) -> bool:
    return len(word) >= _FUZZY_FROM and not word.isdecimal()


def _allowed(word: str) -> int:
    return 0 if not _is_long(word) else 1 if len(word) < _TWO_SLIPS_FROM else 2


def _disguised(word: str, right: str) -> bool:
    """Whether a word holds letters of another alphabet than the right one: no slip of a hand."""
    at_hand = set(map(alphabet, right))
    return any(char not in right and alphabet(char) not in at_hand for char in word)


@lru_cache(maxsize=1024)
def alphabet(char: str) -> str:
    """To which alphabet a folded character belongs; Latin letters beyond a-z are one by themselves."""
    return "" if char.isascii() else unicodedata.name(char, "?").split()[0]
