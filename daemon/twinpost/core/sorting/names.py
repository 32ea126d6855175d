"""Whether a sender bears somebody's name: in any order and script, with a nickname or an initial.

A name alone proves nothing. It only tells whom to ask, at the address that is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from twinpost.core.model.mail import Address
from twinpost.core.model.spellings import NO_NICKNAMES, Nicknames, Word, word, words_of

MOST_WORDS = 12  # of a display name
SHORTEST_MISSPELT = 5  # letters of a word in which one may be wrong

Line = tuple[Word, ...]


def bears_name(sender: Address, name: str, nicknames: Nicknames) -> bool:
    """Whether the display name or the local part of an address is this name. A first name is not enough."""
    hers, local = _line(name), sender.address.rpartition("@")[0]
    if not hers:
        return False
    return any(_same(shown, hers, nicknames) for shown in (_line(sender.name), _line(local))) or (
        len(hers) > 1 and any(joined in local for joined in _joined(hers))
    )


def shares_word(sender: Address, name: str, nicknames: Nicknames) -> bool:
    """Whether at least one word of the display name is one of this name."""
    return any(_alike(one, other, nicknames) for one in _line(sender.name) for other in _line(name))


@lru_cache(maxsize=20_000)
def _line(text: str) -> Line:
    return tuple(word(one, NO_NICKNAMES) for one in words_of(text)[:MOST_WORDS])


def _same(shown: Line, hers: Line, nicknames: Nicknames) -> bool:
    """All her words are shown, one perhaps as an initial or misspelt; or two at least, and no others."""
    met, left = _met(shown, hers, nicknames)
    missing = [one for at, one in enumerate(hers) if at not in met]
    if len(hers) == 1:
        return not missing and len(shown) == 1
    if not missing:
        return True
    if met and len(missing) == 1 and any(_hints_at(one, missing[0]) for one in left):
        return True
    return len(met) > 1 and not left


def _met(shown: Sequence[Word], hers: Line, nicknames: Nicknames) -> tuple[set[int], list[Word]]:
    """Which of her words are shown, each once, and the words that are shown besides."""
    left, met = list(shown), set()
    for at, one in enumerate(hers):
        found = next((other for other in left if _alike(one, other, nicknames)), None)
        if found:
            left.remove(found)
            met.add(at)
    return met, left


def _alike(one: Word, other: Word, nicknames: Nicknames) -> bool:
    if one.letters & other.letters or one.sounds & other.sounds:
        return True
    if one.arabic is not other.arabic and one.bones:
        return one.bones == other.bones
    return bool(_full(one, nicknames) & _full(other, nicknames))


def _full(one: Word, nicknames: Nicknames) -> frozenset[str]:
    return frozenset().union(*(nicknames.get(spelling, frozenset()) for spelling in one.letters))


def _hints_at(shown: Word, meant: Word) -> bool:
    """An initial, or a word with one letter wrong."""
    if any(len(spelling) == 1 for spelling in shown.letters):
        return bool(shown.initials & meant.initials)
    return any(
        min(len(a), len(b)) >= SHORTEST_MISSPELT and Levenshtein.distance(a, b, score_cutoff=1) <= 1
        for a in shown.sounds
        for b in meant.sounds
    )


def _joined(hers: Line) -> set[str]:
    """ "karinordmann", "nordmannkari" """
    first, last = hers[0].letters, hers[-1].letters
    return {form for a in first for b in last for form in (a + b, b + a)}
