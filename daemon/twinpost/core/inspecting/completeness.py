"""Whose letter is there? Claimed only where the names of the files say so for most of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import chain

from twinpost.core.inspecting.whose import Pupil, WordOf, lines_of, owners, pupil_called
from twinpost.core.model.mail import File
from twinpost.core.model.notice import Completeness
from twinpost.core.model.people import Person
from twinpost.core.model.spellings import NO_NICKNAMES, Nicknames, spellings, word

_MOST_NAMES = 400
"""Of more files nothing is claimed: no class sends so many, and comparing takes its time."""

_FEWEST_NAMES = 4
"""From so many files on, a word that more than half of them bear is no pupil's name: "Mai", "August"."""


def complete(
    files: Sequence[File],
    pupils: Sequence[Person],
    partners: Sequence[Person] = (),
    pairs: Sequence[tuple[int, int]] = (),
    nicknames: Nicknames = NO_NICKNAMES,
    threshold: float = 0.8,
) -> Completeness | None:
    """How many pupils' letters are among the files, and whose are not.

    `partners` are the pupils to whom they write, `pairs` person ids of either. None unless at least
    `threshold` of the files bear a pupil's name: then nothing is claimed. A file may belong to several
    pupils ("Ana+Tom.pdf"). Whom a file may mean, but not for certain, is neither found nor missing.
    """
    names = [name for file in files for name in names_of(file)]
    if not names or not pupils or len(names) > _MOST_NAMES:
        return None
    word_of = cache(partial(word, nicknames=nicknames))
    known = [*_own(pupils, word_of), *_partners(pupils, partners, pairs, word_of)]
    common = _common(names)
    told = [owners(name, known, word_of, common) for name in names]
    if sum(bool(each.found) for each in told) < threshold * len(names):
        return None
    found = frozenset().union(*(each.found for each in told))
    unsure = frozenset().union(*(each.unsure for each in told)) - found
    missing = [p.name for at, p in enumerate(pupils) if at not in found and at not in unsure]
    return Completeness(
        len(found), len(pupils), tuple(missing), tuple(p.name for at, p in enumerate(pupils) if at in unsure)
    )


def borne_by(
    names: Sequence[str], pupils: Sequence[Person], nicknames: Nicknames = NO_NICKNAMES
) -> tuple[frozenset[int], ...]:
    """Which pupils (ids) each of these names of files may mean, for certain or not; empty for nobody."""
    word_of = cache(partial(word, nicknames=nicknames))
    known = list(_own(pupils, word_of))
    told = (owners(name, known, word_of, _common(names)) for name in names)
    return tuple(frozenset(pupils[at].id for at in one.found | one.unsure) for one in told)


def names_of(file: File) -> tuple[str, ...]:
    """The names that tell of a file's letters: those inside an archive where all are known, else its own."""
    listed = file.kind == "zip" and file.inside and len(file.inside) == file.holds
    return file.inside if listed else (file.name,)


def _own(pupils: Sequence[Person], word_of: WordOf) -> Iterator[Pupil]:
    for at, person in enumerate(pupils):
        if pupil := pupil_called(person.name, frozenset({at}), word_of, own=True):
            yield pupil


def _partners(
    pupils: Sequence[Person],
    partners: Sequence[Person],
    pairs: Sequence[tuple[int, int]],
    word_of: WordOf,
) -> Iterator[Pupil]:
    """Those who get the letters, each with whoever writes to her."""
    position: Mapping[int, int] = {person.id: at for at, person in enumerate(pupils)}
    both = list(chain.from_iterable(((a, b), (b, a)) for a, b in pairs))
    for person in partners:
        writers = frozenset(position[a] for a, b in both if b == person.id and a in position)
        if pupil := pupil_called(person.name, writers, word_of, own=False):
            yield pupil


def _common(names: Sequence[str]) -> frozenset[str]:
    """The words that stand in more than half of the names."""
    if len(names) < _FEWEST_NAMES:
        return frozenset()
    counts: Counter[str] = Counter()
    for name in names:
        counts.update({s for line in lines_of(name) for text in line for s in spellings(text)})
    return frozenset(text for text, count in counts.items() if 2 * count > len(names))
