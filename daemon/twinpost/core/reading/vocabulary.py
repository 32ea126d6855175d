"""The words of the subject grammar, built from plain data: one file per language, one shared by all.

A language is data and nothing else. Its entries, each a string of words parted by commas:

from, to             words before the class that writes, or that is written to
from_near, to_near   words that mean this only directly before a class that we know ("of", "for")
from_after, to_after words that mean this behind a class ("7B luokalle")
at                   words that, between two names of one class, only say where it is ("7B in Oslo")
and, through, of     between numbers or names; inside ranges ("1 to 3"); inside parts ("2 of 3")
number, part, all    "no.", "part", "everyone"; to_all: "to everyone" in one word
again                words behind a number that make it another one ("2 bis")
articles             words that names may lose at their beginning ("Le Havre", "au Havre")
people               a class, its pupils, its school: behind them, "of" and "from" only say whose
filler               words that say nothing ("the", "our")
about                before a letter that is only spoken of ("thanks for letter 1")
talk                 words of mails that speak about letters ("late", "where is")
cardinals, ordinals  one, two …; first, second …; other forms of a number behind "/"
suffixes             behind a figure that makes it an ordinal ("2nd")
endings              case endings of class names, as core/reading/endings.py has them; from_endings and
                     to_endings are those that alone say who writes, or who is written to
products             one line per product: one, several, then whatever else is understood
print                how the canonical subject is written
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from twinpost.core.reading.endings import Ending, ending_of
from twinpost.core.reading.tokens import clean, fold, tokens_of, words_of
from twinpost.core.reading.words import (
    Language,
    Meaning,
    Meanings,
    Pattern,
    Phrase,
    Vocabulary,
    listed,
    prefix_key,
)

_PLAIN = (
    Meaning.FROM,
    Meaning.FROM_NEAR,
    Meaning.TO,
    Meaning.TO_NEAR,
    Meaning.FROM_AFTER,
    Meaning.TO_AFTER,
    Meaning.AT,
    Meaning.AND,
    Meaning.THROUGH,
    Meaning.OF,
    Meaning.NUMBER,
    Meaning.PART,
    Meaning.ALL,
    Meaning.TO_ALL,
    Meaning.AGAIN,
    Meaning.FILLER,
    Meaning.PEOPLE,
    Meaning.ARTICLE,
    Meaning.ABOUT,
    Meaning.TALK,
)
PLAIN_KEYS = tuple(str(meaning) for meaning in _PLAIN)
NUMBER_KEYS = ("cardinals", "ordinals")
_IMPLIED = {Meaning.PEOPLE: Meaning.FILLER, Meaning.TO_ALL: Meaning.ALL}
ENDING_KEYS = ("suffixes", "endings", "from_endings", "to_endings")

# What is understood of another language among one's own. Neither its fillers, which may be names here,
# nor what joins words; and no short words, which mean different things in different languages ("an",
# "de", "to", "a").
_FOREIGN = {
    Meaning.PRODUCT,
    Meaning.FROM,
    Meaning.TO,
    Meaning.FROM_AFTER,
    Meaning.TO_AFTER,
    Meaning.FROM_NEAR,
    Meaning.TO_NEAR,
    Meaning.NUMBER,
    Meaning.PART,
    Meaning.ALL,
    Meaning.TO_ALL,
    Meaning.ABOUT,
    Meaning.TALK,
}
_FOREIGN_LENGTH = 3
_TELLING_ENDINGS = {Meaning.FROM: 3, Meaning.TO: 2}  # letters; "in" and "an" are genitives

K = TypeVar("K")


@dataclass(slots=True)
class _Draft:
    """A language while its words are gathered."""

    code: str
    own: dict[tuple[str, ...], dict[Meaning, int | str]] = field(default_factory=dict)
    accented: dict[str, Meanings] = field(default_factory=dict)
    first_form: dict[tuple[str, ...], str] = field(default_factory=dict)
    with_accents: set[str] = field(default_factory=set)

    def add(self, phrase: str, meaning: Meaning, value: int | str = 1) -> None:
        # Most entries are one word, and thousands are read whenever the program starts.
        texts = [phrase] if phrase.isalpha() else [t.text for t in tokens_of(clean(phrase)) if t.text != "."]
        key = tuple(map(fold, texts))
        if not key:
            return
        self.with_accents.update(text.casefold() for text in texts if not text.isascii())
        before = self.own.setdefault(key, {}).setdefault(meaning, value)
        form = self.first_form.setdefault(key, phrase)
        if before != value:
            self.accented |= {form.casefold(): {meaning: before}, phrase.casefold(): {meaning: value}}


def vocabulary(
    products: Sequence[str], languages: Mapping[str, Mapping[str, Any]], shared: Mapping[str, str]
) -> Vocabulary:
    """The vocabulary of all languages. `languages`: by code, in order of preference; `shared`: prefixes
    and gateway tags. The data has the form that the module describes; the loader has checked it."""
    drafts = [_draft(code, data, products) for code, data in languages.items()]
    foreign = _foreign(drafts)
    return Vocabulary(
        languages=tuple(
            _language(draft, foreign, data) for draft, data in zip(drafts, languages.values(), strict=True)
        ),
        owners=_owners((word for phrase in draft.own for word in phrase) for draft in drafts),
        accented=_owners(draft.with_accents for draft in drafts),
        endings=_owners(_endings(data) for data in languages.values()),
        articles=frozenset(
            word
            for data in languages.values()
            for part in listed(data.get("articles", ""))
            for word in words_of(part)
        ),
        reply=frozenset(prefix_key(word) for word in listed(shared.get("reply", ""))),
        forward=frozenset(prefix_key(word) for word in listed(shared.get("forward", ""))),
        gateway=frozenset(" ".join(words_of(word)) for word in listed(shared.get("gateway", ""))),
    )


def _owners(owned: Iterable[Iterable[K]]) -> dict[K, tuple[int, ...]]:
    """Each thing to the indexes of the languages that have it."""
    owners: dict[K, tuple[int, ...]] = {}
    for index, things in enumerate(owned):
        for thing in dict.fromkeys(things):
            owners[thing] = (*owners.get(thing, ()), index)
    return owners


def _draft(code: str, data: Mapping[str, Any], products: Sequence[str]) -> _Draft:
    draft = _Draft(code)
    for meaning in _PLAIN:
        for word in listed(data.get(meaning, "")):
            draft.add(word, meaning)
            if meaning in _IMPLIED:
                draft.add(word, _IMPLIED[meaning])
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


def _language(draft: _Draft, foreign: Mapping[str, tuple[Phrase, ...]], data: Mapping[str, Any]) -> Language:
    own = _by_first((phrase, MappingProxyType(meanings)) for phrase, meanings in draft.own.items())
    beside = ((first, phrase) for first in own for phrase in foreign.get(first, ()))
    for first, phrase in beside:
        if phrase[0] not in draft.own:
            own[first].append(phrase)
    form = data["print"]
    names = {product: listed(words) for product, words in data["products"].items()}
    return Language(
        code=draft.code,
        phrases=_longest_first(own),
        foreign=foreign,
        accented=draft.accented,
        products=tuple((phrase, means) for phrase, means in draft.own.items() if Meaning.PRODUCT in means),
        words=frozenset(word for phrase in draft.own for word in phrase),
        suffixes=frozenset(fold(word) for word in listed(data.get("suffixes", ""))),
        endings=_endings(data),
        telling_endings=tuple(
            (new, role)
            for (old, new), role in _endings(data).items()
            if not old and len(new) >= _TELLING_ENDINGS.get(role, len(new) + 1)
        ),
        pattern=Pattern(
            form["subject"],
            form["part"],
            form["and"],
            {product: (words[0], words[min(1, len(words) - 1)]) for product, words in names.items()},
        ),
    )


def _by_first(phrases: Iterable[Phrase]) -> dict[str, list[Phrase]]:
    grouped: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        grouped.setdefault(phrase[0][0], []).append(phrase)
    return grouped


def _longest_first(grouped: Mapping[str, list[Phrase]]) -> dict[str, tuple[Phrase, ...]]:
    return {
        first: tuple(sorted(phrases, key=lambda phrase: -len(phrase[0])))
        for first, phrases in grouped.items()
    }


def _foreign(drafts: Sequence[_Draft]) -> dict[str, tuple[Phrase, ...]]:
    """Words that are long enough and mean one thing in every language that has them."""
    found: dict[tuple[str, ...], dict[Meaning, int | str]] = {}
    disputed = set()
    for draft in drafts:
        for phrase, meanings in draft.own.items():
            if _chief(found.setdefault(phrase, meanings)) != _chief(meanings):
                disputed.add(phrase)
    return _longest_first(
        _by_first(
            (phrase, MappingProxyType(meanings))
            for phrase, meanings in found.items()
            if phrase not in disputed and _is_understood_abroad(phrase, meanings)
        )
    )


def _is_understood_abroad(phrase: tuple[str, ...], meanings: Mapping[Meaning, int | str]) -> bool:
    is_long = Meaning.PRODUCT in meanings or len("".join(phrase)) >= _FOREIGN_LENGTH
    return is_long and bool(_FOREIGN & meanings.keys())


def _chief(meanings: Mapping[Meaning, int | str]) -> tuple[Meaning, int | str]:
    return next(iter(meanings.items()))


def _endings(data: Mapping[str, Any]) -> dict[Ending, Meaning]:
    roles = (("endings", Meaning.FILLER), ("from_endings", Meaning.FROM), ("to_endings", Meaning.TO))
    return {ending_of(word): role for key, role in roles for word in listed(data.get(key, ""))}
