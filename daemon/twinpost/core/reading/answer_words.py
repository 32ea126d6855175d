"""The words of answers, one file of plain data per language.

yes, no              phrases that say it; a phrase that begins a clause counts
not                  words that deny what they stand with
doubt                phrases that leave it open ("but", "maybe", "don't know")
thanks, courtesy     polite phrases, taken off; mere thanks settle nothing
greeting             first words of a salutation
filler, pointer      words that say nothing ("it", "is"); words before a number ("answer")
cardinals, ordinals  one, two …; first, second …; other forms of a number behind "/"
suffixes             behind a figure ("2nd")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from twinpost.core.reading.tokens import words_of
from twinpost.core.reading.words import listed

ANSWER_KEYS = (
    "yes",
    "no",
    "not",
    "doubt",
    "thanks",
    "courtesy",
    "greeting",
    "filler",
    "pointer",
    "cardinals",
    "ordinals",
    "suffixes",
)
"""What a file of answer words may hold; each is a string of words parted by commas."""

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tongue:
    """The answer words of one language. Phrases are folded words."""

    yes: frozenset[Words] = frozenset()
    no: frozenset[Words] = frozenset()
    not_: frozenset[str] = frozenset()
    doubt: frozenset[Words] = frozenset()
    thanks: frozenset[Words] = frozenset()
    courtesy: frozenset[Words] = frozenset()
    greeting: frozenset[str] = frozenset()
    filler: frozenset[str] = frozenset()
    pointer: frozenset[str] = frozenset()  # "the second one", "answer 2", "number 2"
    numbers: Mapping[str, int] = field(default_factory=dict)
    ordinals: frozenset[str] = frozenset()
    suffixes: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()  # all of them


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """The answer words of all languages, by code: whoever writes, any of them counts."""

    tongues: Mapping[str, Tongue] = field(default_factory=dict)


def answer_words(languages: Mapping[str, Mapping[str, str]]) -> AnswerWords:
    """The words of all languages in one value. Their data holds ANSWER_KEYS; the loader has checked it."""
    return AnswerWords({code: _tongue(data) for code, data in languages.items()})


def _tongue(data: Mapping[str, str]) -> Tongue:
    phrases = {
        key: frozenset(words_of(word) for word in listed(data.get(key, ""))) - {()} for key in ANSWER_KEYS
    }
    singles = {key: frozenset(word for phrase in found for word in phrase) for key, found in phrases.items()}
    ordinals = dict(_numbered(data.get("ordinals", "")))
    numbers = {**dict(_numbered(data.get("cardinals", ""))), **ordinals}
    return Tongue(
        yes=phrases["yes"],
        no=phrases["no"],
        not_=singles["not"],
        doubt=phrases["doubt"],
        thanks=phrases["thanks"],
        courtesy=phrases["courtesy"] | phrases["thanks"],
        greeting=singles["greeting"],
        filler=singles["filler"],
        pointer=singles["pointer"],
        numbers=numbers,
        ordinals=frozenset(ordinals),
        suffixes=singles["suffixes"],
        words=frozenset(numbers).union(*singles.values()),
    )


def _numbered(listing: str) -> Iterator[tuple[str, int]]:
    """Each word of a list of numbers, counted from one."""
    for value, forms in enumerate(listed(listing), start=1):
        for form in forms.split("/"):
            yield from ((word, value) for word in words_of(form))
