"""Class names found in a line: exactly, by look-alike letters, or through a small misspelling."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from twinpost.core.model.subject import ClassNames
from twinpost.core.reading.endings import Choices, Ending, endings_between
from twinpost.core.reading.tokens import Token, clean, tokens_of

# Folded letters of other scripts that look like a Latin letter in either case (after UTS 39).
_CYRILLIC = {"а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "н": "h", "і": "i", "ј": "j"}
_CYRILLIC |= {"к": "k", "ӏ": "l", "м": "m", "о": "o", "р": "p", "ԛ": "q", "ѕ": "s", "т": "t", "ѵ": "v"}
_CYRILLIC |= {"ԝ": "w", "х": "x", "у": "y"}
_GREEK = {"α": "a", "β": "b", "ϲ": "c", "ε": "e", "η": "h", "ι": "i", "ϳ": "j", "κ": "k", "μ": "m"}
_GREEK |= {"ν": "n", "ο": "o", "ρ": "p", "τ": "t", "χ": "x", "υ": "y", "γ": "y", "ζ": "z"}
_CONFUSABLES = str.maketrans(_CYRILLIC | _GREEK | {"ɑ": "a", "ɡ": "g", "օ": "o"})
_SOFT = frozenset(".-'/&+°#")  # signs that may stand inside a name or be left out of it
_HANGERS = frozenset("':-")  # signs behind which a case ending stands
_LEAST_ALONE = 2  # letters that a name needs without its article


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one class, cut into words."""

    class_id: int
    written: str  # as the exchange file has it, cleaned
    texts: tuple[str, ...]  # its words, not folded
    words: tuple[str, ...]  # folded
    skeleton: tuple[str, ...]
    glued: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A class name in a line: tokens `start` to `end`, with the case endings that hang on its words.

    `bare_end`: where it ends without the ending behind a sign. `plain_words`: it consists of some
    language's own words, lone letters or lone figures, so only its place in the sentence can tell that
    it is a name; `as_written`: in the capitals of the exchange file.
    """

    start: int
    end: int
    class_ids: tuple[int, ...]
    name: str
    bare_end: int
    endings: tuple[Choices, ...] = ()
    lookalike: bool = False
    plain_words: tuple[str, ...] = ()
    as_written: bool = False


@dataclass(frozen=True, slots=True)
class _Match:
    """One name as it was found at a token."""

    name: Name
    end: int
    bare_end: int
    endings: tuple[Choices, ...]
    exact: bool  # without look-alike letters
    as_written: bool

    @property
    def worth(self) -> tuple[int, bool, bool]:
        return self.end, self.exact, not self.endings


@dataclass(frozen=True, slots=True, eq=False)
class Roll:
    """All names of the classes at hand, as they are looked up. Two rolls are never compared."""

    names: tuple[Name, ...]
    by_start: dict[str, tuple[Name, ...]]  # first two letters of the skeleton
    exchanges: dict[int, int]  # class id to exchange id


def skeleton(folded: str) -> str:
    """A folded word with look-alike letters made Latin."""
    return folded if folded.isascii() else folded.translate(_CONFUSABLES)


@lru_cache(maxsize=64)
def roll_of(classes: tuple[ClassNames, ...], articles: frozenset[str]) -> Roll:
    """The roll of these classes, longest names first, each also without an article at its beginning."""
    names = {
        name for one in classes for written in one.names for name in _name(one.class_id, written, articles)
    }
    ordered = sorted(names, key=lambda name: (-len(name.words), name.written, name.class_id))
    by_start: dict[str, list[Name]] = {}
    for name in ordered:
        by_start.setdefault(name.skeleton[0][:2], []).append(name)
    return Roll(
        tuple(ordered),
        {start: tuple(group) for start, group in by_start.items()},
        {one.class_id: one.exchange_id for one in classes},
    )


def _name(class_id: int, written: str, articles: frozenset[str]) -> Iterator[Name]:
    line = clean(written)
    tokens = [token for token in tokens_of(line) if token.is_word or token.is_number]
    without = len(tokens) > 1 and tokens[0].folded in articles and len(tokens[1].folded) > _LEAST_ALONE
    for kept in (tokens, tokens[1:] if without else []):
        if kept:
            words = tuple(token.folded for token in kept)
            shown, glued = line[kept[0].start :], tuple(token.glued for token in kept)
            texts = tuple(token.text for token in kept)
            yield Name(class_id, shown, texts, words, tuple(map(skeleton, words)), glued)


def spans_of(
    tokens: Sequence[Token], roll: Roll, every_word: Collection[str], endings: Collection[Ending]
) -> dict[int, Span]:
    """The names in a line by their first token: the longest win, and none overlap, but a shorter one may
    stand within a longer one, for languages that read the beginning of that as a word."""
    found = [
        span
        for at, token in enumerate(tokens)
        if token.is_word or token.is_number
        for span in _longest_at(tokens, at, roll, every_word, endings)
    ]
    taken: dict[int, int] = {}  # token to the end of the name that has it
    spans: dict[int, Span] = {}
    for span in sorted(found, key=lambda span: (span.start - span.end, span.start)):
        owners = {taken.get(at) for at in range(span.start, span.end)}
        if owners == {None}:
            taken.update(dict.fromkeys(range(span.start, span.end), span.end))
            spans[span.start] = span
        elif len(owners) == 1:
            spans.setdefault(span.start, span)
    return spans


def _longest_at(
    tokens: Sequence[Token], at: int, roll: Roll, every_word: Collection[str], endings: Collection[Ending]
) -> Iterator[Span]:
    """The longest name that begins here, with every class that bears it; exact before look-alike."""
    names = roll.by_start.get(skeleton(tokens[at].folded)[:2], ())
    matches = [match for name in names if (match := _match(tokens, at, name, every_word, endings))]
    if not matches:
        return
    best = max(match.worth for match in matches)
    same = [match for match in matches if match.worth == best]
    first = same[0]
    words = first.name.words
    plain = not any(_is_grade(match.name) for match in same) and all(
        word in every_word or len(word) == 1 or word.isdecimal() for word in words
    )
    as_written = any(match.as_written for match in same)
    if plain and not as_written and len(words) == 1 and (len(words[0]) == 1 or words[0].isdecimal()):
        return  # "A" is a class, "à" is not
    yield Span(
        at,
        first.end,
        tuple(sorted({match.name.class_id for match in same})),
        first.name.written,
        first.bare_end,
        first.endings,
        not first.exact,
        words if plain else (),
        as_written,
    )


def _is_grade(name: Name) -> bool:
    """Whether a name mixes figures and letters without a blank, like 7B or CM2."""
    return any(
        glued and word.isdecimal() != before.isdecimal()
        for before, word, glued in zip(name.words, name.words[1:], name.glued[1:], strict=False)
    )


def _match(
    tokens: Sequence[Token], at: int, name: Name, every_word: Collection[str], endings: Collection[Ending]
) -> _Match | None:
    """This name, if it begins at this token."""
    exact = as_written = True
    hanging: list[Choices] = []
    last = len(name.words) - 1
    bare_end = at
    for place, (word, bones, glued) in enumerate(zip(name.words, name.skeleton, name.glued, strict=True)):
        while place and at < len(tokens) and tokens[at].folded in _SOFT:
            at += 1
        if at >= len(tokens):
            return None
        token = tokens[at]
        if place and glued and not token.glued and len(word) == 1 and word in every_word:
            return None  # "Carta 4 a Lyon" does not speak of class 4A
        if skeleton(token.folded) != bones:
            bent = _bent(name, place, token, every_word, endings)
            if not bent:
                return None
            hanging.append(bent)
        elif place == last and token.is_number and _goes_on_as_number(tokens, at + 1):
            return None
        else:
            exact = exact and token.folded == word
            as_written = as_written and token.text == name.texts[place]
        bare_end = at = at + 1
        ahead = name.words[place + 1] if place < last else ""
        if (behind := _behind_sign(tokens, at, endings)) and behind[0][1] != ahead:
            hanging.append(behind)
            at += 2
    return _Match(name, at, bare_end, tuple(hanging), exact, as_written and not hanging)


def _bent(
    name: Name, place: int, token: Token, every_word: Collection[str], endings: Collection[Ending]
) -> Choices:
    """The endings by which a token is this word of a name. No word of a language is taken for a bent name."""
    word = name.words[place]
    if token.folded in every_word:
        return ()
    if choices := endings_between(word, token.folded, endings):
        return choices
    # On a short word an ending hangs only where that cannot make another short word: "7Bs", but not "As".
    ending = "", token.folded.removeprefix(word)
    hangs = token.folded.startswith(word) and token.glued and ending in endings
    return (ending,) if place and place == len(name.words) - 1 and hangs else ()


def _behind_sign(tokens: Sequence[Token], at: int, endings: Collection[Ending]) -> Choices:
    """The ending behind a sign: "Oslo'dan", "7B:lle", "7.a-ból"."""
    if at + 1 >= len(tokens) or tokens[at].folded not in _HANGERS or not tokens[at].glued:
        return ()
    after = tokens[at + 1]
    ending = "", after.folded
    goes_on = at + 2 < len(tokens) and tokens[at + 2].glued and tokens[at + 2].is_number
    return (ending,) if after.glued and ending in endings and not goes_on else ()


def _goes_on_as_number(tokens: Sequence[Token], at: int) -> bool:
    """Whether a figure is the beginning of "2.5" or "2/3"."""
    if at + 1 >= len(tokens) or not tokens[at].glued or tokens[at].folded not in (".", ",", "/"):
        return False
    return tokens[at + 1].glued and tokens[at + 1].is_number
