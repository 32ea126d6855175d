"""The words of the subject grammar, built from plain data: one file per language, one shared by all.

A language is data and nothing else. Its entries, each a string of words parted by commas:

from, to             words before the class that writes, or that is written to
from_near, to_near   words that mean this only directly before a class that we know ("of", "for")
and, through, of     between numbers or names; inside ranges ("1 to 3"); inside parts ("2 of 3")
number, part, all    "no.", "part", "everyone"
filler               words that say nothing ("the", "class", "our")
about                before a letter that is only spoken of ("thanks for letter 1")
talk                 words of mails that speak about letters ("late", "where is")
cardinals, ordinals  one, two …; first, second …; other forms of a number behind "/"
suffixes             behind a figure that makes it an ordinal ("2nd")
from_endings, to_endings   behind a class name, where a language has endings instead of words
products             one line per product: one, several, then whatever else is understood
print                how the canonical subject is written
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from twinpost.core.reading.tokens import clean, fold, tokens_of, words_of

Meanings = Mapping["Meaning", int | str]
"""What a word can mean in a language; a number word carries its value, a product word its key."""

NOTHING: Meanings = MappingProxyType({})


class Meaning(StrEnum):
    FROM = "from"
    FROM_NEAR = "from_near"
    TO = "to"
    TO_NEAR = "to_near"
    AND = "and"
    THROUGH = "through"
    OF = "of"
    NUMBER = "number"
    PART = "part"
    ALL = "all"
    FILLER = "filler"
    ABOUT = "about"
    TALK = "talk"
    CARDINAL = "cardinals"
    ORDINAL = "ordinals"
    PRODUCT = "products"
    SEVERAL = "several"  # the plural of a product


_PLAIN = (
    Meaning.FROM,
    Meaning.FROM_NEAR,
    Meaning.TO,
    Meaning.TO_NEAR,
    Meaning.AND,
    Meaning.THROUGH,
    Meaning.OF,
    Meaning.NUMBER,
    Meaning.PART,
    Meaning.ALL,
    Meaning.FILLER,
    Meaning.ABOUT,
    Meaning.TALK,
)
PLAIN_KEYS = tuple(str(meaning) for meaning in _PLAIN)
NUMBER_KEYS = ("cardinals", "ordinals")
ENDING_KEYS = ("suffixes", "from_endings", "to_endings")

_TELLING = frozenset({Meaning.PRODUCT, Meaning.FROM, Meaning.TO})

# A word of another language is understood among one's own from this length on: shorter ones mean
# different things in different languages ("an", "de", "to", "a").
_FOREIGN_LENGTH = 3

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
    suffixes: frozenset[str]
    endings: Mapping[str, Meaning]
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every word that a subject may hold. Made by `vocabulary`."""

    languages: tuple[Language, ...]
    telling: Mapping[
        str, tuple[int, ...]
    ]  # product, from and to words to the languages (by index) that own them
    every_word: frozenset[str]
    endings: Mapping[str, tuple[int, ...]]
    reply: frozenset[str]
    forward: frozenset[str]
    gateway: frozenset[str]

    def language(self, code: str) -> Language:
        """The language with this code, or the first one."""
        return next((one for one in self.languages if one.code == code), self.languages[0])


@dataclass(slots=True)
class _Draft:
    """A language while its words are gathered."""

    code: str
    own: dict[tuple[str, ...], dict[Meaning, int | str]] = field(default_factory=dict)

    def add(self, phrase: str, meaning: Meaning, value: int | str = 1) -> None:
        key = tuple(token.folded for token in tokens_of(clean(phrase)) if token.folded != ".")
        if key:
            self.own.setdefault(key, {}).setdefault(meaning, value)


def listed(words: str) -> list[str]:
    """The words of a comma-parted string."""
    return [word for word in (part.strip() for part in words.split(",")) if word]


def vocabulary(
    products: Sequence[str], languages: Mapping[str, Mapping[str, Any]], shared: Mapping[str, str]
) -> Vocabulary:
    """The vocabulary of all languages. `languages`: by code, in order of preference; `shared`: prefixes
    and gateway tags. The data has the form that the module describes; the loader has checked it."""
    drafts = [_draft(code, data, products) for code, data in languages.items()]
    telling: dict[str, tuple[int, ...]] = {}
    endings: dict[str, tuple[int, ...]] = {}
    for index, (draft, data) in enumerate(zip(drafts, languages.values(), strict=True)):
        for phrase, meanings in draft.own.items():
            if _TELLING & meanings.keys():
                telling[phrase[0]] = (*telling.get(phrase[0], ()), index)
        for ending in _endings(data):
            endings[ending] = (*endings.get(ending, ()), index)
    return Vocabulary(
        languages=tuple(
            _language(draft, drafts, data) for draft, data in zip(drafts, languages.values(), strict=True)
        ),
        telling={word: tuple(dict.fromkeys(indexes)) for word, indexes in telling.items()},
        every_word=frozenset(word for draft in drafts for phrase in draft.own for word in phrase),
        endings=endings,
        reply=frozenset(prefix_key(word) for word in listed(shared.get("reply", ""))),
        forward=frozenset(prefix_key(word) for word in listed(shared.get("forward", ""))),
        gateway=frozenset(" ".join(words_of(word)) for word in listed(shared.get("gateway", ""))),
    )


def prefix_key(prefix: str) -> str:
    """A prefix as it is looked up: folded, without blanks and points ("R.E." is "re")."""
    return fold("".join(char for char in prefix if char not in " ."))


def _draft(code: str, data: Mapping[str, Any], products: Sequence[str]) -> _Draft:
    draft = _Draft(code)
    for meaning in _PLAIN:
        for word in listed(data.get(meaning, "")):
            draft.add(word, meaning)
    for meaning in (Meaning.CARDINAL, Meaning.ORDINAL):
        for value, forms in enumerate(listed(data.get(meaning, "")), start=1):
            for word in forms.split("/"):
                draft.add(word, meaning, value)
    for product in products:
        words = listed(data["products"].get(product, ""))
        for at, word in enumerate(words):
            draft.add(word, Meaning.PRODUCT, product)
            if at == 1 and word != words[0]:
                draft.add(word, Meaning.SEVERAL)
    return draft


def _language(draft: _Draft, drafts: Sequence[_Draft], data: Mapping[str, Any]) -> Language:
    by_first: dict[str, list[Phrase]] = {}
    for phrase, meanings in {**_foreign(draft, drafts), **draft.own}.items():
        by_first.setdefault(phrase[0], []).append((phrase, MappingProxyType(meanings)))
    form = data["print"]
    names = {product: listed(words) for product, words in data["products"].items()}
    return Language(
        code=draft.code,
        phrases={
            first: tuple(sorted(phrases, key=lambda phrase: -len(phrase[0])))
            for first, phrases in by_first.items()
        },
        suffixes=frozenset(fold(word) for word in listed(data.get("suffixes", ""))),
        endings=_endings(data),
        pattern=Pattern(
            form["subject"],
            form["part"],
            form["and"],
            {product: (words[0], words[min(1, len(words) - 1)]) for product, words in names.items()},
        ),
    )


def _foreign(draft: _Draft, drafts: Sequence[_Draft]) -> dict[tuple[str, ...], dict[Meaning, int | str]]:
    """Words of other languages that are long enough and mean one thing wherever they occur."""
    found: dict[tuple[str, ...], dict[Meaning, int | str]] = {}
    disputed = set()
    for other in drafts:
        for phrase, meanings in other.own.items():
            if other is draft or phrase in draft.own:
                continue
            if Meaning.PRODUCT not in meanings and len("".join(phrase)) < _FOREIGN_LENGTH:
                continue
            if _chief(found.setdefault(phrase, meanings)) != _chief(meanings):
                disputed.add(phrase)
    return {phrase: meanings for phrase, meanings in found.items() if phrase not in disputed}


def _chief(meanings: Mapping[Meaning, int | str]) -> tuple[Meaning, int | str]:
    return next(iter(meanings.items()))


def _endings(data: Mapping[str, Any]) -> dict[str, Meaning]:
    return {
        **{fold(word): Meaning.FROM for word in listed(data.get("from_endings", ""))},
        **{fold(word): Meaning.TO for word in listed(data.get("to_endings", ""))},
    }
