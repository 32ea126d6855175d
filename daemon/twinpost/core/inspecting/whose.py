"""Whose letter a file is, by its name. What two pupils may claim is nobody's, and both are unsure.

Names are looked for from the most certain form to the least: whole names, first and last name, a name
with an initial, one name alone, then by sound, nickname and consonants. Words that one pupil has taken
are no longer there for others. The partner class's pupils are looked for too: "Zoé to Ingrid" is Zoé's,
and what bears a partner's name alone is the letter of whoever writes to her.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from twinpost.core.model.spellings import Word, spellings, words_of

Line = tuple[Word, ...]
"""The words of a file's name, in order."""
Place = frozenset[int]
"""Which of them."""
Alike = Callable[[Word, Word], bool]
WordOf = Callable[[str], Word]
"""Makes a word ready to be compared."""

_LONGEST_NAME = 8  # words of a pupil's name
_LONGEST_FILE = 40  # words of a file's name
_SHORTEST_JOINED = 4  # letters of "anab"


@dataclass(frozen=True, slots=True)
class Pupil:
    """Somebody who may be named, of the sending class (`own`) or of the other.

    `means`: whose letter it then is, by position in the sending class.
    """

    name: Line
    own: bool
    means: frozenset[int]
    joined: frozenset[str]  # "anaberg", "bergana"
    short: frozenset[str]  # "anab", "aberg", "berga"; "annemarie" of Anne-Marie Dubois
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose a file is for certain, and whose it might be, by position in the sending class."""

    found: frozenset[int] = frozenset()
    unsure: frozenset[int] = frozenset()


def pupil_called(name: str, means: frozenset[int], word_of: WordOf, *, own: bool) -> Pupil | None:
    """A pupil ready to be looked for; None for a name without a letter. "Berg, Ana" is Ana Berg."""
    last, comma, first = name.partition(",")
    texts = words_of(f"{first} {last}" if comma else name)[:_LONGEST_NAME]
    texts = tuple(text for text in texts if spellings(text))
    if not texts:
        return None
    words = tuple(map(word_of, texts))
    a, b = spellings(texts[0]), spellings(texts[-1])
    ends = [(one, a[min(n, len(a) - 1)]) for n, one in enumerate(b)] if len(texts) > 1 else []
    joined = {form for z, y in ends for form in (y + z, z + y)} | {"".join(spellings(t)[0] for t in texts)}
    short = {form for z, y in ends for form in (y + z[0], y[0] + z, z + y[0])}
    short.update(spellings(one)[0] + spellings(other)[0] for one, other in pairwise(texts))
    short = {form for form in short if len(form) >= _SHORTEST_JOINED}
    keys = frozenset(joined | short).union(*(one.keys for one in words))
    return Pupil(words, own, means, frozenset(joined), frozenset(short), keys)


def owners(
    file_name: str, pupils: Sequence[Pupil], word_of: WordOf, common: frozenset[str] = frozenset()
) -> Owners:
    """Whose letter a file of this name is. A `common` word stands in most names, and tells nobody's."""
    found: frozenset[int] = frozenset()
    unsure: frozenset[int] = frozenset()
    for texts in dict.fromkeys(lines_of(file_name)):
        line = tuple(map(word_of, texts))
        claimed = _claims(line, pupils, common)
        found, unsure = found | claimed.found, unsure | claimed.unsure
    return Owners(found, unsure - found)


def lines_of(file_name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a file's name without its ending, read with and without humps as borders."""
    stem = file_name.rpartition(".")[0] or file_name
    with_humps, without = words_of(stem, humps=True), words_of(stem)
    return with_humps[:_LONGEST_FILE], without[:_LONGEST_FILE]


class _Settled:
    """What the stages have settled of one line."""

    def __init__(self) -> None:
        self.taken: set[int] = set()
        self.pupils: set[int] = set()  # positions in the list of pupils
        self.found: dict[bool, set[int]] = {True: set(), False: set()}  # by `own`
        self.unsure: dict[bool, set[int]] = {True: set(), False: set()}

    def settle(self, group: list[tuple[int, Pupil, list[Place]]], certain: bool) -> None:
        """Decide between pupils whose places overlap: each has one, all mean the same, or nobody knows."""
        places = {place for _, _, places in group for place in places}
        self.taken.update(*places)
        self.pupils.update(number for number, _, _ in group)
        enough = certain and len(_apart(places)) >= len(group)
        own = any(pupil.own for _, pupil, _ in group)
        together = frozenset().union(*(pupil.means for _, pupil, _ in group))
        for _, pupil, _ in group:
            means = pupil.means if enough else together
            side = pupil.own if enough else own
            (self.found if certain and len(means) == 1 else self.unsure)[side].update(means)

    def owners(self) -> Owners:
        """Pupils of the sending class count; those of the other only where none of them is named."""
        side = bool(self.found[True] or self.unsure[True])
        return Owners(frozenset(self.found[side]), frozenset(self.unsure[side]))


def _claims(line: Line, pupils: Sequence[Pupil], common: frozenset[str]) -> Owners:
    settled = _Settled()
    usual = {at for at, one in enumerate(line) if not one.letters.isdisjoint(common)}
    touched = [
        (number, pupil, seen)
        for number, pupil in enumerate(pupils)
        if (seen := frozenset(at for at, one in enumerate(line) if not pupil.keys.isdisjoint(one.keys)))
    ]
    for stage, alone in STAGES:
        claims = [
            (number, pupil, places)
            for number, pupil, seen in touched
            if number not in settled.pupils
            and (places := [place for place in stage(pupil, line, seen) if not place & settled.taken])
        ]
        for group in _overlapping(claims):
            told = not alone or any(not place & usual for _, _, places in group for place in places)
            settled.settle(group, told)
    return settled.owners()


def _overlapping(
    claims: list[tuple[int, Pupil, list[Place]]],
) -> Iterator[list[tuple[int, Pupil, list[Place]]]]:
    """Claims in groups that have words in common."""
    groups: list[tuple[set[int], list[tuple[int, Pupil, list[Place]]]]] = []
    for claim in claims:
        words, members = set[int]().union(*claim[2]), [claim]
        for other in [group for group in groups if group[0] & words]:
            groups.remove(other)
            words, members = words | other[0], [*other[1], *members]
        groups.append((words, members))
    for _, members in groups:
        yield members


def _apart(places: set[Place]) -> list[Place]:
    """Places of which no two share a word."""
    chosen: list[Place] = []
    for place in sorted(places, key=sorted):
        if not any(place & other for other in chosen):
            chosen.append(place)
    return chosen


def _spelt(one: Word, other: Word) -> bool:
    return not one.letters.isdisjoint(other.letters)


def _sounding(one: Word, other: Word) -> bool:
    return not one.sounds.isdisjoint(other.sounds)


def _nicknamed(one: Word, other: Word) -> bool:
    return not one.full.isdisjoint(other.full)


def _anyhow(one: Word, other: Word) -> bool:
    return _sounding(one, other) or _nicknamed(one, other) or _boned(one, other)


def _boned(one: Word, other: Word) -> bool:
    """The same consonants, one in Arabic letters and one in Latin ones."""
    return one.arabic != other.arabic and one.bones != "" and one.bones == other.bones


Stage = Callable[[Pupil, Line, Place], list[Place]]
"""Where a line names a pupil in one form; the words of the line that have to do with her are given."""


def _side_by_side(alike: Alike, *, whole: bool) -> Stage:
    """First and last name as neighbours in any order; with `whole` the middle ones too, else perhaps."""

    def stage(pupil: Pupil, line: Line, seen: Place) -> list[Place]:
        size = len(pupil.name)
        if size < 2 or len(seen) < 2:
            return []
        widths = (size,) if whole else range(2, size + 2)
        windows = (range(at, at + width) for width in widths for at in seen if at + width - 1 in seen)
        needed = pupil.name if whole else (pupil.name[0], pupil.name[-1])
        return [frozenset(window) for window in windows if _holds(pupil, line, window, needed, alike)]

    return stage


def _holds(pupil: Pupil, line: Line, window: range, needed: Line, alike: Alike) -> bool:
    """Whether a window has all that is needed and nothing foreign but initials in its middle."""
    words = [line[at] for at in window]
    if not all(any(alike(name, one) for one in words) for name in needed):
        return False
    hers = [any(alike(name, one) for name in pupil.name) for one in words]
    return hers[0] and hers[-1] and all(map(operator.or_, hers, map(_is_initial, words)))


def _first_and_another(pupil: Pupil, line: Line, seen: Place) -> list[Place]:
    """ "Ana Berg" for Ana Berg Silva."""
    middle = pupil.name[1:-1]
    return [
        frozenset({at, near})
        for at in seen
        for near in (at - 1, at + 1)
        if near in seen
        and _spelt(pupil.name[0], line[at])
        and any(_spelt(name, line[near]) for name in middle)
    ]


def _in_one_word(pupil: Pupil, line: Line, seen: Place) -> list[Place]:
    """ "anaberg" """
    if len(pupil.name) < 2:
        return []
    return [frozenset({at}) for at in seen if not line[at].letters.isdisjoint(pupil.joined)]


def _with_initial(alike: Alike) -> Stage:
    """ "Ana B." or "A. Berg" """

    def stage(pupil: Pupil, line: Line, seen: Place) -> list[Place]:
        if len(pupil.name) < 2:
            return []
        ends = (pupil.name[0], pupil.name[-1])
        return [
            frozenset({at, near})
            for at in seen
            for near in (at - 1, at + 1)
            if 0 <= near < len(line) and _is_initial(line[near])
            for name, other in (ends, ends[::-1])
            if alike(name, line[at]) and not other.initials.isdisjoint(line[near].letters)
        ]

    return stage


def _is_initial(one: Word) -> bool:
    return any(len(spelling) == 1 for spelling in one.letters)


def _alone(which: slice, alike: Alike) -> Stage:
    """One of the names by itself; a single Latin letter is none."""

    def stage(pupil: Pupil, line: Line, seen: Place) -> list[Place]:
        names = pupil.name[which]
        return [
            frozenset({at})
            for at in seen
            if any(alike(name, line[at]) for name in names)
            and not any(len(spelling) == 1 and spelling.isascii() for spelling in line[at].letters)
        ]

    return stage


def _shortened(pupil: Pupil, line: Line, seen: Place) -> list[Place]:
    """ "anab" """
    return [frozenset({at}) for at in seen if not line[at].letters.isdisjoint(pupil.short)]


_FIRST, _LAST, _MIDDLE = slice(0, 1), slice(-1, None), slice(1, -1)

STAGES: tuple[tuple[Stage, bool], ...] = (
    (_side_by_side(_spelt, whole=True), False),
    (_side_by_side(_spelt, whole=False), False),
    (_in_one_word, False),
    (_side_by_side(_anyhow, whole=False), False),
    (_first_and_another, False),
    (_with_initial(_spelt), False),
    (_with_initial(_anyhow), False),
    (_alone(_FIRST, _spelt), True),
    (_alone(_LAST, _spelt), True),
    (_alone(_MIDDLE, _spelt), True),
    (_alone(_FIRST, _sounding), True),
    (_alone(_FIRST, _nicknamed), True),
    (_alone(_LAST, _sounding), True),
    (_shortened, True),
    (_alone(_FIRST, _boned), True),
    (_alone(_LAST, _boned), True),
)
"""From the most certain to the least; and whether one word decides, which may be a common one."""
