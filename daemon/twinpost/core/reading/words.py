"""What the words of a subject can mean, and the words of one language and of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from twinpost.core.reading.endings import Ending
from twinpost.core.reading.tokens import fold

Meanings = Mapping["Meaning", int | str]
"""What a word can mean in a language; a number word carries its value, a product word its key."""

NOTHING: Meanings = MappingProxyType({})


class Meaning(StrEnum):
    FROM = "from"
    FROM_NEAR = "from_near"
    TO = "to"
    TO_NEAR = "to_near"
    FROM_AFTER = "from_after"
    TO_AFTER = "to_after"
    AT = "at"
    AND = "and"
    THROUGH = "through"
    OF = "of"
    NUMBER = "number"
    PART = "part"
    ALL = "all"
    TO_ALL = "to_all"
    AGAIN = "again"
    PEOPLE = "people"
    ARTICLE = "articles"
    FILLER = "filler"
    ABOUT = "about"
    TALK = "talk"
    CARDINAL = "cardinals"
    ORDINAL = "ordinals"
    PRODUCT = "products"
    SEVERAL = "several"  # the plural of a product


Phrase = tuple[tuple[str, ...], Meanings]


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a language writes the canonical subject."""

    subject: str  # "{product} {numbers} from {from} to {to}"
    part: str  # "part {k} of {n}"
    and_: str
    names: Mapping[str, tuple[str, str]]  # product key to its word for one and for several


@dataclass(frozen=True, slots=True)
class Language:
    """One language as the grammar reads it, other languages' unmistakable words included."""

    code: str
    phrases: Mapping[str, tuple[Phrase, ...]]  # by first word, the longest phrase first
    foreign: Mapping[str, tuple[Phrase, ...]]  # for first words that the language itself has not
    accented: Mapping[str, Meanings]  # words that only an accent tells apart, by their writing
    words: frozenset[str]  # of its own phrases
    products: tuple[Phrase, ...]
    suffixes: frozenset[str]
    endings: Mapping[Ending, Meaning]  # FROM, TO, or FILLER for one that says neither
    telling_endings: tuple[tuple[str, Meaning], ...]  # long enough to tell an unknown name in its role
    pattern: Pattern

    def beginning(self, word: str) -> tuple[Phrase, ...]:
        """The phrases that begin with a folded word, the longest first."""
        return self.phrases.get(word) or self.foreign.get(word, ())

    def may_say(self, word: str) -> bool:
        """Whether a folded word is no name by itself: one of the language's, a lone letter or a figure."""
        return word in self.words or len(word) == 1 or word.isdecimal()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every word that a subject may hold. Made by `vocabulary`."""

    languages: tuple[Language, ...]
    owners: Mapping[str, tuple[int, ...]]  # every word to the languages (by index) that have it
    accented: Mapping[str, tuple[int, ...]]  # words with accents, not folded
    endings: Mapping[Ending, tuple[int, ...]]
    articles: frozenset[str]
    reply: frozenset[str]
    forward: frozenset[str]
    gateway: frozenset[str]

    def language(self, code: str) -> Language:
        """The language with this code, or the first one."""
        return next((one for one in self.languages if one.code == code), self.languages[0])


def listed(words: str) -> list[str]:
    """The words of a comma-parted string."""
    return [word for word in (part.strip() for part in words.split(",")) if word]


def prefix_key(prefix: str) -> str:
    """A prefix as it is looked up: folded, without blanks and points ("R.E." is "re")."""
    return fold("".join(char for char in prefix if char not in " ."))
