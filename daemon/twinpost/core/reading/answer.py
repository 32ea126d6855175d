"""What somebody answered to a question of ours: a number, yes, no, or one choice in her own words.

Understood is only what cannot mean anything else; everything else is asked again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from twinpost.core.reading.tokens import Token, clean, tokens_of, words_of
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

_LINES = 4
_CLAUSES = 24
_GREETING = 4  # words of "Dear Mrs Nordmann"
_SENTENCE = 10  # words; a longer one tells a story
_CLAUSE = re.compile(r"[^.!?;,:()\[\]{}]+[.!?;,:()\[\]{}]*")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """The words of answers in all languages at once; whoever writes, any of them counts. Phrases are
    folded words."""

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


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as understood; nothing set: not understood.

    `index` counts the choices from 0. `thanks`: a mere thank-you, which settles nothing. `words`: the
    line that was read.
    """

    index: int | None = None
    yes: bool = False
    no: bool = False
    thanks: bool = False
    words: str = ""

    @property
    def understood(self) -> bool:
        return self.index is not None or self.yes or self.no


@dataclass(slots=True)
class _Signs:
    """What the clauses of an answer said, each by itself."""

    choices: set[int] = field(default_factory=set)
    yes: bool = False
    no: bool = False
    thanks: bool = False
    doubt: bool = False
    talk: bool = False  # something that is no part of an answer


def answer_words(languages: Mapping[str, Mapping[str, str]]) -> AnswerWords:
    """The words of all languages in one value. Their data holds ANSWER_KEYS; the loader has checked it."""
    of = {
        key: [word for data in languages.values() for word in listed(data.get(key, ""))]
        for key in ANSWER_KEYS
    }
    phrases = {key: frozenset(words_of(word) for word in words) for key, words in of.items()}
    singles = {key: frozenset(word for phrase in found for word in phrase) for key, found in phrases.items()}
    numbers = {
        fold_word: value
        for data in languages.values()
        for key in ("cardinals", "ordinals")
        for value, forms in enumerate(listed(data.get(key, "")), start=1)
        for form in forms.split("/")
        for fold_word in words_of(form)
    }
    return AnswerWords(
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
        ordinals=frozenset(
            word
            for data in languages.values()
            for forms in listed(data.get("ordinals", ""))
            for form in forms.split("/")
            for word in words_of(form)
        ),
        suffixes=singles["suffixes"],
    )


def read_answer(written: str, choices: Sequence[str], words: AnswerWords, closed: bool = False) -> Answer:
    """The answer in the first lines of what somebody wrote.

    `choices` are the texts of the numbered answers. With `closed` only a number, yes or no counts, and no
    sentence of her own. Any text is read; nothing is raised.
    """
    lines = [line for line in map(clean, written[:4000].splitlines()) if line][:_LINES]
    signs = _Signs()
    wholes = [_whole(tokens_of(clean(choice))) for choice in choices]
    options = [] if closed else [_content(whole, words) for whole in wholes]
    names = frozenset(word for whole in wholes for word in whole if not (word.isdecimal() or word.isalpha()))
    for at, line in enumerate(lines):
        for clause, asks in _clauses(line, names):
            _read_clause(clause, asks, signs, options if at < 2 else [], len(choices), words)
    return _concluded(signs, " ".join(lines[:1]))


def _concluded(signs: _Signs, line: str) -> Answer:
    if signs.doubt or len(signs.choices) > 1:
        return Answer(words=line)
    if signs.choices:
        return Answer(index=signs.choices.pop(), words=line)
    if signs.yes and signs.no:
        return Answer(words=line)
    thanks = signs.thanks and not (signs.talk or signs.yes or signs.no)
    return Answer(yes=signs.yes, no=signs.no, thanks=thanks, words=line)


def _clauses(line: str, names: frozenset[str]) -> Iterator[tuple[Words, bool]]:
    """The clauses of a line as folded words, each with whether it ends as a question."""
    for match in list(_CLAUSE.finditer(line.replace(" - ", ", ")))[:_CLAUSES]:
        said = _whole(tokens_of(match.group()), names)
        if said:
            yield said, "?" in match.group()


def _whole(tokens: Sequence[Token], names: frozenset[str] | None = None) -> Words:
    """Folded words and numbers; the 2 of "CM2" is part of a name. With `names`, only these are kept whole."""
    said: list[str] = []
    end = -1
    for token in tokens:
        if not (token.is_word or token.is_number):
            continue
        joined = said[-1] + token.folded if token.start == end else ""
        if joined and (names is None or joined in names):
            said[-1] = joined
        else:
            said.append(token.folded)
        end = token.end
    return tuple(said)


def _read_clause(
    clause: Words, asks: bool, signs: _Signs, options: Sequence[Words], count: int, words: AnswerWords
) -> None:
    """Note what one clause says."""
    if clause[0] in words.greeting and len(clause) <= _GREETING:
        return
    said = _without_courtesy(clause, words)
    if not said:
        signs.thanks = signs.thanks or any(_holds(clause, phrase) for phrase in words.thanks)
        return
    if any(_holds(said, phrase) for phrase in words.doubt):
        signs.doubt = True
        return
    if (chosen := _same_words(said, options, words)) is not None:
        signs.choices.add(chosen)
    elif (number := _bare_number(said, words)) is not None:
        signs.choices.add(number - 1)
        signs.doubt = signs.doubt or asks or not 1 <= number <= count
    elif (rest := _after(said, words.yes)) is not None:
        _agreed(rest, asks, signs, count, words)
    elif (rest := _after(said, words.no)) is not None:
        _refused(rest, asks, signs, count, words)
    elif said[0] in words.not_:
        signs.talk = True
    else:
        signs.talk = signs.talk or len(said) > 2  # two unknown words are a name
        signs.choices |= _meant(said, options, words)


def _agreed(rest: Words, asks: bool, signs: _Signs, count: int, words: AnswerWords) -> None:
    number = _bare_number(rest, words)
    if number is not None:
        signs.choices.add(number - 1)
    signs.yes = True
    negated = bool(words.not_.intersection(rest)) or any(_holds(rest, phrase) for phrase in words.no)
    signs.doubt = signs.doubt or asks or negated or not (number is None or 1 <= number <= count)


def _refused(rest: Words, asks: bool, signs: _Signs, count: int, words: AnswerWords) -> None:
    """ "No" alone, with words that add nothing, or as the sign of a number: "No 2"."""
    number = _bare_number(rest, words)
    if number is not None:
        signs.choices.add(number - 1)
    elif any(word not in words.filler and word not in words.not_ for word in rest):
        signs.talk = True  # "no photos this time"
    else:
        signs.no = True
    signs.doubt = signs.doubt or asks or not (number is None or 1 <= number <= count)


def _without_courtesy(clause: Words, words: AnswerWords) -> Words:
    said = clause
    while said:
        shorter = _cut(said, words.courtesy)
        if shorter == said:
            break
        said = shorter
    return said


def _cut(said: Words, phrases: Collection[Words]) -> Words:
    """Without one polite phrase at the beginning or the end, the longest that stands there."""
    for length in range(min(5, len(said)), 0, -1):
        if said[:length] in phrases:
            return said[length:]
        if said[-length:] in phrases:
            return said[:-length]
    return said


def _after(said: Words, phrases: Collection[Words]) -> Words | None:
    """What follows the longest of the phrases that stands at the beginning; None if none does."""
    for length in range(min(5, len(said)), 0, -1):
        if said[:length] in phrases:
            return said[length:]
    return None


def _holds(said: Words, phrase: Words) -> bool:
    return any(said[at : at + len(phrase)] == phrase for at in range(len(said) - len(phrase) + 1))


def _number(word: str, words: AnswerWords) -> int | None:
    return int(word[:4]) if word.isdecimal() else words.numbers.get(word)


def _bare_number(said: Words, words: AnswerWords) -> int | None:
    """The number of a clause that says nothing but a number: "2", "the second one", "it is no. 2"."""
    passed_over = words.filler | words.pointer | words.suffixes
    kept = [word for word in said if word not in passed_over]
    kept = kept or [word for word in said if _number(word, words) is not None]
    return _number(kept[0], words) if len(kept) == 1 else None


def _content(said: Words, words: AnswerWords) -> Words:
    """A choice's words without those that every sentence has; ordinals as figures."""
    return tuple(
        str(words.numbers[word]) if word in words.ordinals else word
        for word in said
        if word not in words.filler and word not in words.suffixes
    )


def _same_words(said: Words, options: Sequence[Words], words: AnswerWords) -> int | None:
    """The one choice whose own words these are."""
    content = Counter(_content(said, words))
    same = [at for at, option in enumerate(options) if option and Counter(option) == content]
    return same[0] if len(same) == 1 else None


def _meant(said: Words, options: Sequence[Words], words: AnswerWords) -> set[int]:
    """The choices whose distinguishing words a sentence holds; none where it denies something."""
    if len(said) > _SENTENCE or words.not_.intersection(said) or any(_holds(said, no) for no in words.no):
        return set()
    spread = Counter(word for option in options for word in set(option))
    naming = set(_content(tuple(_naming_words(said, words)), words))
    meant = set()
    for at, option in enumerate(options):
        own = {word for word in option if spread[word] == 1}
        hits = own & naming
        if any(hit.isdecimal() for hit in hits) or (hits and 2 * len(hits) > len(own)):
            meant.add(at)
    return meant


def _naming_words(said: Words, words: AnswerWords) -> Iterator[str]:
    """Words, and of numbers only those that name something ("letter 2") and do not count ("2 letters").
    Of several numbers ("1 and 2") all may name."""
    several = sum(word.isdecimal() for word in said) > 1
    for at, word in enumerate(said):
        following = said[at + 1] if at + 1 < len(said) else ""
        counts = (
            word.isdecimal()
            and not several
            and following not in words.suffixes
            and (at == 0 or bool(following))
        )
        if not counts:
            yield word
