"""The clauses of an answer, and what each says in one language: a number, yes, no, thanks, or doubt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from twinpost.core.reading.answer_words import Tongue, Words
from twinpost.core.reading.tokens import Token, tokens_of

_CLAUSES = 24  # of a line
_LINES_OF_A_SENTENCE = 2  # further down only numbers, yes and no count
_GREETING = 4  # words of "Dear Mrs Nordmann"
_SENTENCE = 10  # words; a longer one tells a story
_CLAUSE = re.compile(r"[^.!?;,:()\[\]{}]+[.!?;,:()\[\]{}]*")


@dataclass(slots=True)
class Signs:
    """What the clauses of an answer said in one language, each by itself."""

    choices: set[int] = field(default_factory=set)
    yes: bool = False
    no: bool = False
    thanks: bool = False
    doubt: bool = False
    talk: bool = False  # something that is no part of an answer

    def choose(self, number: int, count: int) -> None:
        """Note a number; one that no choice has leaves everything open."""
        self.choices.add(number - 1)
        self.doubt = self.doubt or not 1 <= number <= count


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause as folded words. `asks`: it is a question; `first`: it stands in the first two lines."""

    words: Words
    asks: bool
    first: bool


def clauses_of(lines: Sequence[str], names: frozenset[str]) -> list[Clause]:
    """The clauses of cleaned lines; a Greek question ends in a semicolon."""
    return [
        Clause(said, "?" in match.group() or match.group().endswith(";"), at < _LINES_OF_A_SENTENCE)
        for at, line in enumerate(lines)
        for match in list(_CLAUSE.finditer(line.replace(" - ", ", ")))[:_CLAUSES]
        if (said := whole_words(tokens_of(match.group()), names))
    ]


def whole_words(tokens: Sequence[Token], names: frozenset[str] | None = None) -> Words:
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


def signs_of(clauses: Sequence[Clause], choices: Sequence[Words], count: int, tongue: Tongue) -> Signs:
    """What clauses say in one language, to a question with these choices (none: no sentence counts)."""
    signs = Signs()
    options = [_content(choice, tongue) for choice in choices]
    tongue = replace(tongue, doubt=_not_of(choices, tongue.doubt))
    for clause in clauses:
        _read_clause(clause, signs, options if clause.first else [], count, tongue)
    return signs


def _not_of(choices: Sequence[Words], phrases: frozenset[Words]) -> frozenset[Words]:
    """The phrases that are none of our own words: who repeats the "of" of a choice says no Dutch "or"."""
    ours = {word for choice in choices for word in choice}
    return frozenset(phrase for phrase in phrases if not ours.issuperset(phrase))


def _read_clause(clause: Clause, signs: Signs, options: Sequence[Words], count: int, tongue: Tongue) -> None:
    """Note what one clause says."""
    if clause.words[0] in tongue.greeting and len(clause.words) <= _GREETING:
        return
    said = _without_courtesy(clause.words, tongue)
    if not said:
        signs.thanks = signs.thanks or any(_holds(clause.words, phrase) for phrase in tongue.thanks)
        return
    if said not in tongue.yes and any(_holds(said, phrase) for phrase in tongue.doubt):
        signs.doubt = True
    elif (chosen := _same_words(said, options, tongue)) is not None:
        signs.choices.add(chosen)
    elif (number := _bare_number(said, tongue)) is not None:
        signs.choose(number, count)
        signs.doubt = signs.doubt or clause.asks
    elif (rest := _after(said, tongue.yes)) is not None:
        _agreed(rest, signs, count, tongue)
        signs.doubt = signs.doubt or clause.asks
    elif (rest := _after(said, tongue.no)) is not None:
        _refused(said[: len(said) - len(rest)], rest, signs, count, tongue)
        signs.doubt = signs.doubt or clause.asks
    elif said[0] in tongue.not_:
        signs.talk = True
    else:
        signs.talk = signs.talk or len(said) > 2  # two unknown words are a name
        signs.doubt = signs.doubt or _denies_a_number(said, tongue)
        signs.choices |= _meant(said, options, tongue)


def _denies_a_number(said: Words, tongue: Tongue) -> bool:
    """ "No, not the first": what else it is remains open."""
    return bool(tongue.not_.intersection(said)) and any(_number(word, tongue) is not None for word in said)


def _agreed(rest: Words, signs: Signs, count: int, tongue: Tongue) -> None:
    if (number := _bare_number(rest, tongue)) is not None:
        signs.choose(number, count)
    signs.yes = True
    negated = bool(tongue.not_.intersection(rest)) or any(_holds(rest, phrase) for phrase in tongue.no)
    signs.doubt = signs.doubt or negated


def _refused(no: Words, rest: Words, signs: Signs, count: int, tongue: Tongue) -> None:
    """ "No" alone, with words that add nothing, or as the sign of a number: "No 2". A word that also
    denies what follows ("nie 2") is no such sign."""
    if (number := _bare_number(rest, tongue)) is not None:
        signs.choose(number, count)
        signs.doubt = signs.doubt or (tongue.not_.issuperset(no) and not tongue.pointer.issuperset(no))
    elif any(word not in tongue.filler and word not in tongue.not_ for word in rest):
        signs.talk = True  # "no photos this time"
    else:
        signs.no = True


def _without_courtesy(clause: Words, tongue: Tongue) -> Words:
    said = clause
    while said:
        shorter = _cut(said, tongue.courtesy)
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


def _number(word: str, tongue: Tongue) -> int | None:
    return int(word[:4]) if word.isdecimal() else tongue.numbers.get(word)


def _bare_number(said: Words, tongue: Tongue) -> int | None:
    """The number of a clause that says nothing but a number: "2", "the second one", "it is no. 2"."""
    passed_over = tongue.filler | tongue.pointer | tongue.suffixes
    kept = [word for word in said if word not in passed_over]
    kept = kept or [word for word in said if _number(word, tongue) is not None]
    return _number(kept[0], tongue) if len(kept) == 1 else None


def _content(said: Words, tongue: Tongue) -> Words:
    """A choice's words without those that every sentence has; ordinals as figures."""
    return tuple(
        str(tongue.numbers[word]) if word in tongue.ordinals else word
        for word in said
        if word not in tongue.filler and word not in tongue.suffixes
    )


def _same_words(said: Words, options: Sequence[Words], tongue: Tongue) -> int | None:
    """The one choice whose own words these are."""
    content = Counter(_content(said, tongue))
    same = [at for at, option in enumerate(options) if option and Counter(option) == content]
    return same[0] if len(same) == 1 else None


def _meant(said: Words, options: Sequence[Words], tongue: Tongue) -> set[int]:
    """The choices whose distinguishing words a sentence holds; none where it denies something."""
    if len(said) > _SENTENCE or tongue.not_.intersection(said) or any(_holds(said, no) for no in tongue.no):
        return set()
    spread = Counter(word for option in options for word in set(option))
    naming = set(_content(tuple(_naming_words(said, tongue)), tongue))
    meant = set()
    for at, option in enumerate(options):
        own = {word for word in option if spread[word] == 1}
        hits = own & naming
        if any(hit.isdecimal() for hit in hits) or (hits and 2 * len(hits) > len(own)):
            meant.add(at)
    return meant


def _naming_words(said: Words, tongue: Tongue) -> Iterator[str]:
    """Words, and of numbers only those that name something ("letter 2") and do not count ("2 letters").
    Of several numbers ("1 and 2") all may name."""
    several = sum(word.isdecimal() for word in said) > 1
    for at, word in enumerate(said):
        following = said[at + 1] if at + 1 < len(said) else ""
        counts = (
            word.isdecimal()
            and not several
            and following not in tongue.suffixes
            and (at == 0 or bool(following))
        )
        if not counts:
            yield word
