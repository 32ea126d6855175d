"""Lines cut into sentences of folded words, with the days that each speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from twinpost.core.reading.days import DayWords, days_in
from twinpost.core.reading.days import Said as SaidDay
from twinpost.core.reading.tokens import Token, tokens_of, words_of
from twinpost.core.reading.words import listed

DAY = "\0"
"""Stands for a day among the words."""

_TOKENS = 240  # of all lines together
_ENDS = frozenset(".!?;")
_BREAKS = frozenset(",:()[]-")

Words = tuple[str, ...]


def phrases(data: Mapping[str, str], key: str) -> Iterator[Words]:
    """The phrases of a heading; DAY in one stands for any day."""
    for phrase in listed(data.get(key, "")):
        shouted = "DAY" in phrase.split()
        if words := tuple(DAY if shouted and word == "day" else word for word in words_of(phrase)):
            yield words


def holds(said: Words, phrase: Words) -> bool:
    """Whether a phrase stands somewhere in what was said."""
    return any(said[at : at + len(phrase)] == phrase for at in range(len(said) - len(phrase) + 1))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as folded words, days as one sign each; `clauses` are its parts between commas."""

    words: Words
    clauses: tuple[Words, ...]
    days: tuple[SaidDay, ...]
    asks: bool
    text: str


def sentences(
    lines: Sequence[str], words: DayWords, since: date, language: str, but: frozenset[Words] = frozenset()
) -> Iterator[Sentence]:
    """The sentences of cleaned lines; `but` are words at which one turns round, and two are made of it."""
    left = _TOKENS
    for line in lines:
        tokens = _without_hyphens(tokens_of(line.replace(" - ", ", ")))[:left]
        left -= len(tokens)
        yield from _parted(tokens, days_in(tokens, words, since, language), but)


def _without_hyphens(tokens: Sequence[Token]) -> list[Token]:
    """ "après-demain" is two words; what parts figures stays."""
    inner = zip(tokens, tokens[1:], tokens[2:], strict=False)
    hyphens = {sign for one, sign, other in inner if sign.folded == "-" and one.is_word and other.is_word}
    return [token for token in tokens if token not in hyphens]


def _parted(tokens: Sequence[Token], days: Sequence[SaidDay], but: frozenset[Words]) -> Iterator[Sentence]:
    """A line cut where sentences end and where one turns round ("…, but …")."""
    begins = {day.start: day for day in days}
    clauses: list[list[str]] = [[]]
    own: list[SaidDay] = []
    at = 0
    while at < len(tokens):
        token, day = tokens[at], begins.get(at)
        if day is not None:
            clauses[-1].append(DAY)
            own.append(day)
        elif token.folded in _ENDS or (token.folded,) in but:
            yield _sentence(clauses, own, asks=token.folded == "?")
            clauses, own = [[]], []
        elif token.folded in _BREAKS:
            clauses.append([])
        elif token.is_word or token.is_number:
            clauses[-1].append(token.folded)
        at = day.end if day else at + 1
    yield _sentence(clauses, own, asks=False)


def _sentence(clauses: Sequence[Sequence[str]], days: Sequence[SaidDay], *, asks: bool) -> Sentence:
    kept = tuple(tuple(clause) for clause in clauses if clause)
    words = tuple(word for clause in kept for word in clause)
    return Sentence(words, kept, tuple(days), asks, " ".join(word for word in words if word != DAY))
