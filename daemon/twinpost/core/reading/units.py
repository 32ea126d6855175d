"""A line cut into the units of the grammar, as one language reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from twinpost.core.reading.endings import first_known
from twinpost.core.reading.names import Span
from twinpost.core.reading.tokens import Token
from twinpost.core.reading.words import NOTHING, Language, Meaning, Meanings

INTO_NAMES = frozenset({Meaning.FROM, Meaning.TO, Meaning.FROM_NEAR, Meaning.TO_NEAR, Meaning.AND})

_NOTHING_SAID = frozenset({Meaning.FILLER, Meaning.PEOPLE, Meaning.ARTICLE})
_LEADING = frozenset({Meaning.FROM, Meaning.TO})
_LEAST_STRANGE = 6  # letters of a name with its ending
_ARROWS = frozenset("→←")
_HANGERS = frozenset(".:-'")  # signs between a figure and its ending


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
    name: str = ""  # of a class, as the exchange file has it
    role: Meaning | None = None  # of a name with an ending
    numbers: tuple[int, ...] = ()
    trouble: str = ""
    part: tuple[int, int | None] | None = None

    def is_sign(self, signs: str) -> bool:
        return self.shape is Shape.SIGN and self.text in signs

    @property
    def is_filler(self) -> bool:
        """A word that says nothing at all."""
        return bool(self.means) and self.means.keys() <= _NOTHING_SAID

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
        if span is not None and _begins_with_word(span, spans, tokens, units, language):
            span = None
        if span is not None and (found := _name(span, tokens, units, language)):
            unit, at = found
        else:
            unit, at = _word(tokens, at, language, spans)
        units.append(unit)
    return tuple(units)


def _begins_with_word(
    span: Span, spans: Mapping[int, Span], tokens: Sequence[Token], before: Sequence[Unit], language: Language
) -> bool:
    """Whether the first word of a name is none behind another class: "de Sevilla a Coruña" for A Coruña."""
    rest = spans.get(span.start + 1)
    if rest is None or rest.end != span.end or not before or before[-1].shape is not Shape.CLASS:
        return False
    return any(_LEADING & means.keys() for _, means in language.beginning(tokens[span.start].folded))


def _name(
    span: Span, tokens: Sequence[Token], before: Sequence[Unit], language: Language
) -> tuple[Unit, int] | None:
    """A class name and where it ends, if this language reads one here."""
    endings = [first_known(choices, language.endings) for choices in span.endings]
    end = span.end
    if endings and endings[-1] is None and span.bare_end < end:
        endings, end = endings[:-1], span.bare_end
    if None in endings:
        return None
    roles = [language.endings[ending] for ending in endings if ending is not None]
    role = next((role for role in reversed(roles) if role is not Meaning.FILLER), None)
    if role is None and not _is_name_here(span, end, tokens, before, language):
        return None
    covered = tokens[span.start : end]
    unit = Unit(
        Shape.CLASS,
        " ".join(token.folded for token in covered),
        covered[0].text,
        covered[0].start,
        covered[-1].end,
        covered[0].glued,
        class_ids=span.class_ids,
        lookalike=span.lookalike,
        name=span.name,
        role=role,
    )
    return unit, end


def _is_name_here(
    span: Span, end: int, tokens: Sequence[Token], before: Sequence[Unit], language: Language
) -> bool:
    """Whether the place in the sentence tells a name, where its words alone do not."""
    if not span.plain_words or not all(map(language.may_say, span.plain_words)):
        return True
    if len(span.plain_words) == 1 and not span.as_written:
        return False
    said = next((unit for unit in reversed(before) if not unit.is_filler), None)
    following = tokens[end].folded if end < len(tokens) else ""
    leads_on = following in _ARROWS or any(
        Meaning.TO in means for phrase, means in language.beginning(following) if len(phrase) == 1
    )
    return leads_on or (said is not None and (said.is_sign("→←,&+/") or bool(INTO_NAMES & said.means.keys())))


def _word(
    tokens: Sequence[Token], at: int, language: Language, spans: Mapping[int, Span]
) -> tuple[Unit, int]:
    """A figure, a sign, or the longest phrase that does not run into a name ("per La Spezia")."""
    token = tokens[at]
    if token.is_number:
        return _number(tokens, at, language)
    for phrase, means in language.beginning(token.folded):
        end = _phrase_end(tokens, at, phrase)
        if end and not any(_is_sure(spans.get(place)) for place in range(at + 1, end)):
            shape = Shape.WORD if token.is_word or len(phrase) > 1 else Shape.SIGN
            last = tokens[end - 1]
            text = " ".join(phrase)
            means = language.accented.get(token.text.casefold(), means)
            return Unit(shape, text, token.text, token.start, last.end, token.glued, means), end
    shape = Shape.WORD if token.is_word else Shape.SIGN
    stem, role, end = _strange_name(tokens, at, language) or (token.folded, None, at + 1)
    last = tokens[end - 1]
    return Unit(shape, stem, token.text, token.start, last.end, token.glued, role=role), end


def _strange_name(tokens: Sequence[Token], at: int, language: Language) -> tuple[str, Meaning, int] | None:
    """An unknown name without the ending that tells its role, and where it ends: "Bergenistä",
    "Bergen'den". At the beginning of a line any word has a capital letter."""
    token = tokens[at]
    if not (token.is_word and token.text[0].isupper()):
        return None
    sign, behind = (tokens[at + 1], tokens[at + 2]) if at + 2 < len(tokens) else (token, token)
    role = language.endings.get(("", behind.folded))
    is_telling = role is Meaning.TO or (role is Meaning.FROM and len(behind.folded) > 1)  # no "Mary's"
    if role and sign.folded == "'" and sign.glued and behind.glued and is_telling:
        return token.folded, role, at + 3
    for ending, role in language.telling_endings if at else ():
        stem = token.folded.removesuffix(ending)
        if _LEAST_STRANGE <= len(token.folded) > len(stem):
            return stem, role, at + 1
    return None


def _is_sure(span: Span | None) -> bool:
    return span is not None and (span.as_written or not span.plain_words)


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
    end = _past_suffix(tokens, at + 1, language)
    if end > at + 1:
        means = {Meaning.ORDINAL: means[Meaning.CARDINAL]}
    last = tokens[end - 1]
    return Unit(Shape.NUMBER, token.folded, token.text, token.start, last.end, token.glued, means), end


def _past_suffix(tokens: Sequence[Token], at: int, language: Language) -> int:
    """Past the ending that makes a figure an ordinal: "2nd", "2:a", "2-й", "2.ª"; `at` where none stands."""
    for hanger in (0, 1):
        end = at + hanger
        if end >= len(tokens) or not all(token.glued for token in tokens[at : end + 1]):
            return at
        if tokens[end].folded in language.suffixes and not _goes_on(tokens, end + 1):
            return end + 1
        if tokens[end].folded not in _HANGERS:
            return at
    return at


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].glued and (tokens[at].is_word or tokens[at].is_number)
