"""Case endings on class names: "Oslo'dan", "Lyoniin", "z Osla", "Debrecenből".

A language lists what may hang on a name. An entry "dan" is added to the name; an entry "o>a" takes the
place of the name's own end: "Oslo" becomes "Osla". Entries are compared without case and accents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from twinpost.core.reading.tokens import fold

Ending = tuple[str, str]
"""What a name ends in without it, and with it; both folded."""

Choices = tuple[Ending, ...]
"""The endings that one word can be read with, the longest replacement first: languages own different ones."""

_LEAST_STEM = 3  # letters of a name that stay; two where the ending is as long as in "Київ", "Києва"
_LEAST_OF_ALL, _LONG_ENDING = 2, 3
_LONGEST_OLD = 4


def ending_of(entry: str) -> Ending:
    """One entry of a language file."""
    old, _, new = entry.rpartition(">")
    return fold(old.strip()), fold(new.strip())


def endings_between(name: str, written: str, known: Collection[Ending]) -> Choices:
    """The known endings that make `written` of one word of a name."""
    if len(name) < _LEAST_STEM or written[:_LEAST_OF_ALL] != name[:_LEAST_OF_ALL]:
        return ()
    return tuple(_between(name, written, known))


def _between(name: str, written: str, known: Collection[Ending]) -> Iterator[Ending]:
    for stem in range(max(_LEAST_OF_ALL, len(name) - _LONGEST_OLD), len(name) + 1):
        if written[:stem] != name[:stem]:
            return
        ending = name[stem:], written[stem:]
        is_long = len(ending[0]) >= _LEAST_OF_ALL and len(ending[1]) >= _LONG_ENDING
        least = _LEAST_OF_ALL if is_long else _LEAST_STEM if ending[1] else _LEAST_STEM + 1
        if ending in known and stem >= least:
            yield ending


def first_known(choices: Choices, known: Mapping[Ending, object]) -> Ending | None:
    """The one of these endings that a language reads."""
    return next((ending for ending in choices if ending in known), None)
