"""A line cut into the units of the grammar, as one language reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from twinpost.core.reading.names import Span
from twinpost.core.reading.tokens import Token
from twinpost.core.reading.words import NOTHING, Language, Meaning, Meanings

INTO_NAMES = frozenset({Meaning.FROM, Meaning.TO, Meaning.FROM_NEAR, Meaning.TO_NEAR, Meaning.AND})

_ARROWS = frozenset("→←")


class Shape(StrEnum):
    WORD = "word"
    NUMBER = "number"
    SIGN = "sign"
    CLASS = "class"
    LETTER = "letter"  # a product with the numbers that belong to it
    PART = "part"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: a word, figure or sign, a class name, or what was joined to a letter or a part.

    `start` and `end` are its place in the cleaned line.
    """

    shape: Shape
    text: str  # folded
    written: str
    start: int
    end: int
    glued: bool = False
    means: Meanings = field(default_factory=lambda: NOTHING)
    class_ids: tuple[int, ...] = ()
    lookalike: bool = False
    role: Meaning | None = None  # of a class name with an ending
    numbers: tuple[int, ...] = ()
    trouble: str = ""
    part: tuple[int, int | None] | None = None

    def is_sign(self, signs: str) -> bool:
        return self.shape is Shape.SIGN and self.text in signs

    @property
    def is_unknown(self) -> bool:
        """A word that says nothing to the grammar."""
        return self.shape is Shape.WORD and not self.means


def unit_at(units: Sequence[Unit], at: int) -> Unit | None:
    return units[at] if 0 <= at < len(units) else None


def units_of(tokens: Sequence[Token], spans: Mapping[int, Span], language: Language) -> tuple[Unit, ...]:
    """The units of a line. A class name wins over a word, a long phrase over a short one."""
    units: list[Unit] = []
    at = 0
    while at < len(tokens):
        span = spans.get(at)
        if span is not None and _is_name_here(span, tokens, units, language):
            units.append(_class(span, tokens, language))
            at = span.end
            continue
        unit, at = _word(tokens, at, language)
        units.append(unit)
    return tuple(units)


def _is_name_here(span: Span, tokens: Sequence[Token], before: Sequence[Unit], language: Language) -> bool:
    if span.ending and span.ending not in language.endings:
        return False
    if not span.plain_words:
        return True
    said = next((unit for unit in reversed(before) if Meaning.FILLER not in unit.means), None)
    following = tokens[span.end].folded if span.end < len(tokens) else ""
    leads_on = following in _ARROWS or any(
        Meaning.TO in means for phrase, means in language.phrases.get(following, ()) if len(phrase) == 1
    )
    return leads_on or (said is not None and (said.is_sign("→←,&+/") or bool(INTO_NAMES & said.means.keys())))


def _class(span: Span, tokens: Sequence[Token], language: Language) -> Unit:
    covered = tokens[span.start : span.end]
    return Unit(
        Shape.CLASS,
        " ".join(token.folded for token in covered),
        covered[0].text,
        covered[0].start,
        covered[-1].end,
        covered[0].glued,
        class_ids=span.class_ids,
        lookalike=span.lookalike,
        role=language.endings[span.ending] if span.ending else None,
    )


def _word(tokens: Sequence[Token], at: int, language: Language) -> tuple[Unit, int]:
    token = tokens[at]
    if token.is_number:
        return _number(tokens, at, language)
    for phrase, means in language.phrases.get(token.folded, ()):
        if end := _phrase_end(tokens, at, phrase):
            shape = Shape.WORD if token.is_word or len(phrase) > 1 else Shape.SIGN
            last = tokens[end - 1]
            text = " ".join(phrase)
            return Unit(shape, text, token.text, token.start, last.end, token.glued, means), end
    shape = Shape.WORD if token.is_word else Shape.SIGN
    return Unit(shape, token.folded, token.text, token.start, token.end, token.glued), at + 1


def _phrase_end(tokens: Sequence[Token], at: int, phrase: Sequence[str]) -> int:
    """The token after this phrase, points between its words left out; 0 if it does not stand here."""
    for place, word in enumerate(phrase):
        while place and at < len(tokens) and tokens[at].folded == ".":
            at += 1
        if at >= len(tokens) or tokens[at].folded != word:
            return 0
        at += 1
    return at


def _number(tokens: Sequence[Token], at: int, language: Language) -> tuple[Unit, int]:
    """A figure, with the ending that makes it an ordinal."""
    token = tokens[at]
    # Nine digits are plenty to know that a number is absurd, and cheap to convert.
    means: Meanings = {Meaning.CARDINAL: int(token.folded[:9])}
    end = at + 1
    after = tokens[end] if end < len(tokens) else None
    is_suffix = after is not None and after.glued and after.folded in language.suffixes
    if is_suffix and not _goes_on(tokens, at + 2):
        means, end = {Meaning.ORDINAL: means[Meaning.CARDINAL]}, at + 2
    last = tokens[end - 1]
    return Unit(Shape.NUMBER, token.folded, token.text, token.start, last.end, token.glued, means), end


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].glued and (tokens[at].is_word or tokens[at].is_number)
