"""Whose letter is there? Claimed only where the names of the files say so for most of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from twinpost.core.model.folding import fold
from twinpost.core.model.mail import File
from twinpost.core.model.notice import Completeness
from twinpost.core.model.people import Person

_HUMPS = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
"""The border inside "AnaBerg"."""

_WORDS = re.compile(r"[^\W\d_]+")

SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
"""How keyboards without these letters write them."""

Name = tuple[str, ...]
Words = tuple[tuple[str, ...], ...]
"""The words of a file's name in order, read with and without humps as borders."""

Taken = frozenset[str]
"""The words of a file's name by which a pupil was found; empty when she was not."""


@dataclass(frozen=True, slots=True)
class _Pupil:
    """A name as a roster has it, and its words in every spelling."""

    name: str
    spellings: tuple[Name, ...]


def complete(files: Sequence[File], pupils: Sequence[Person], threshold: float = 0.8) -> Completeness | None:
    """How many pupils' letters are among the files, and whose are not.

    None unless at least `threshold` of the files bear a pupil's name: then nothing is claimed. A file
    may belong to several pupils ("Ana+Tom.pdf").
    """
    if not files or not pupils:
        return None
    known = [_Pupil(person.name, tuple(dict.fromkeys(_spellings(person.name)))) for person in pupils]
    per_file = [_whose(file.name, known) for file in files]
    if sum(map(bool, per_file)) < threshold * len(files):
        return None
    found = set[int]().union(*per_file)
    missing = tuple(pupil.name for index, pupil in enumerate(known) if index not in found)
    return Completeness(len(found), len(known), missing)


def _whose(file_name: str, pupils: Sequence[_Pupil]) -> set[int]:
    """The pupils, by index, whose letter a file is: those named in full, then what only one can mean."""
    words = _words(file_name.rpartition(".")[0] or file_name)
    found: set[int] = set()
    used: set[str] = set()
    for stage in STAGES:
        claims = {
            index: taken
            for index, pupil in enumerate(pupils)
            if index not in found and (taken := _first_of(stage, pupil, words)) and not taken & used
        }
        claimants = Counter(claims.values())
        kept = {i: taken for i, taken in claims.items() if stage is _in_full or claimants[taken] == 1}
        found |= kept.keys()
        used = used.union(*kept.values())
    return found


def _first_of(stage: Callable[[Name, Words], Taken], pupil: _Pupil, words: Words) -> Taken:
    return next((taken for name in pupil.spellings if (taken := stage(name, words))), frozenset())


def _in_full(name: Name, words: Words) -> Taken:
    """First and last name side by side in any order, with or without the middle ones, or joined."""
    if len(name) == 1:
        return frozenset()
    ends = {name[0], name[-1]}
    for line in words:
        for hers, run in groupby(line, key=set(name).__contains__):
            if hers and ends <= (taken := frozenset(run)):
                return taken
    joined = {name[0] + name[-1], name[-1] + name[0], "".join(name)}
    return frozenset(joined.intersection(set[str]().union(*words)))


def _with_initial(name: Name, words: Words) -> Taken:
    """ "Ana B." or "A. Berg" """
    first, last = name[0], name[-1]
    forms = (
        {(first, last[0]), (last[0], first), (first[0], last), (last, first[0])} if len(name) > 1 else set()
    )
    return next((frozenset(pair) for line in words for pair in pairwise(line) if pair in forms), frozenset())


def _first_name(name: Name, words: Words) -> Taken:
    return frozenset({name[0]}) if any(name[0] in line for line in words) else frozenset()


def _last_name(name: Name, words: Words) -> Taken:
    return frozenset({name[-1]}) if any(name[-1] in line for line in words) else frozenset()


STAGES: tuple[Callable[[Name, Words], Taken], ...] = (_in_full, _with_initial, _first_name, _last_name)
"""From the most certain to the least; behind the first, what two pupils can mean is nobody's."""


def _spellings(name: str) -> Iterator[Name]:
    """The words of a name: folded, and with umlauts spelt out. "Berg, Ana" is Ana Berg."""
    last, comma, first = name.partition(",")
    name = f"{first} {last}" if comma else name
    for text in (name, name.casefold().translate(SPELT_OUT)):
        words = tuple(_WORDS.findall(fold(text)))
        if words:
            yield words


def _words(text: str) -> Words:
    return tuple(tuple(_WORDS.findall(fold(form))) for form in (_HUMPS.sub(" ", text), text))
