"""Class names found in a line: exactly, by look-alike letters, or through a small misspelling."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from twinpost.core.model.subject import ClassNames
from twinpost.core.reading.tokens import Token, clean, tokens_of

# Folded letters of other scripts that look like a Latin letter in either case (after UTS 39).
_CYRILLIC = {"а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "н": "h", "і": "i", "ј": "j"}
_CYRILLIC |= {"к": "k", "ӏ": "l", "м": "m", "о": "o", "р": "p", "ԛ": "q", "ѕ": "s", "т": "t", "ѵ": "v"}
_CYRILLIC |= {"ԝ": "w", "х": "x", "у": "y"}
_GREEK = {"α": "a", "β": "b", "ϲ": "c", "ε": "e", "η": "h", "ι": "i", "ϳ": "j", "κ": "k", "μ": "m"}
_GREEK |= {"ν": "n", "ο": "o", "ρ": "p", "τ": "t", "χ": "x", "υ": "y", "γ": "y", "ζ": "z"}
_CONFUSABLES = str.maketrans(_CYRILLIC | _GREEK | {"ɑ": "a", "ɡ": "g", "օ": "o"})
_SOFT = frozenset(".-'/&+°")  # signs that may stand inside a name or be left out of it
_FUZZY_FROM = 4  # letters; a shorter word must be right
_TWO_SLIPS_FROM = 8
_MOST_COMPARED = 150  # names; among more (a stranger's mail, judged against all classes) nothing is certain
_MARGIN = 0.2  # of the letters: by so much more must every other class's name be wrong


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one class, cut into words."""

    class_id: int
    written: str  # as the exchange file has it, cleaned
    words: tuple[str, ...]  # folded
    skeleton: tuple[str, ...]
    glued: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A class name in a line: tokens `start` to `end`, with the case ending that hangs on it.

    `plain_words`: it consists of the grammar's own words, a lone letter or a lone figure, so only its
    place in the sentence can tell that it is a name.
    """

    start: int
    end: int
    class_ids: tuple[int, ...]
    ending: str = ""
    lookalike: bool = False
    plain_words: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Roll:
    """All names of the classes at hand, as they are looked up. Two rolls are never compared."""

    names: tuple[Name, ...]
    by_letter: dict[str, tuple[Name, ...]]  # first letter of the skeleton
    exchanges: dict[int, int]  # class id to exchange id


def skeleton(folded: str) -> str:
    """A folded word with look-alike letters made Latin."""
    return folded if folded.isascii() else folded.translate(_CONFUSABLES)


@lru_cache(maxsize=64)
def roll_of(classes: tuple[ClassNames, ...]) -> Roll:
    """The roll of these classes, longest names first."""
    names = {name for one in classes for written in one.names for name in _name(one.class_id, written)}
    ordered = sorted(names, key=lambda name: (-len(name.words), name.written, name.class_id))
    by_letter: dict[str, list[Name]] = {}
    for name in ordered:
        by_letter.setdefault(name.skeleton[0][0], []).append(name)
    return Roll(
        tuple(ordered),
        {letter: tuple(group) for letter, group in by_letter.items()},
        {one.class_id: one.exchange_id for one in classes},
    )


def _name(class_id: int, written: str) -> Iterator[Name]:
    line = clean(written)
    tokens = [token for token in tokens_of(line) if token.is_word or token.is_number]
    if tokens:
        words = tuple(token.folded for token in tokens)
        yield Name(class_id, line, words, tuple(map(skeleton, words)), tuple(token.glued for token in tokens))


def spans_of(
    tokens: Sequence[Token], roll: Roll, every_word: Collection[str], endings: Collection[str]
) -> dict[int, Span]:
    """The names in a line by their first token: the longest win, and none overlap."""
    found = [
        span
        for at, token in enumerate(tokens)
        if token.is_word or token.is_number
        for span in _longest_at(tokens, at, roll, every_word, endings)
    ]
    taken: set[int] = set()
    spans: dict[int, Span] = {}
    for span in sorted(found, key=lambda span: (span.start - span.end, span.start)):
        if taken.isdisjoint(range(span.start, span.end)):
            taken.update(range(span.start, span.end))
            spans[span.start] = span
    return spans


def _longest_at(
    tokens: Sequence[Token], at: int, roll: Roll, every_word: Collection[str], endings: Collection[str]
) -> Iterator[Span]:
    """The longest name that begins here, with every class that bears it; exact before look-alike."""
    matches: list[tuple[int, bool, str, Name]] = []
    for name in roll.by_letter.get(skeleton(tokens[at].folded)[0], ()):
        if match := _match(tokens, at, name, every_word, endings):
            end, ending, exact = match
            matches.append((end, exact, ending, name))
    if not matches:
        return
    best = max((end, exact, not ending) for end, exact, ending, _ in matches)
    same = [match for match in matches if (match[0], match[1], not match[2]) == best]
    end, exact, ending, name = same[0]
    plain_words = all(word in every_word or len(word) == 1 or word.isdecimal() for word in name.words)
    if plain_words and _is_grade(name):
        plain_words = False
    if plain_words and len(name.words) == 1 and not _written_alike(tokens[at], same):
        return
    ids = tuple(sorted({match[3].class_id for match in same}))
    yield Span(at, end, ids, ending, not exact, plain_words)


def _written_alike(token: Token, matches: Sequence[tuple[int, bool, str, Name]]) -> bool:
    """A one-word name that is a word of the grammar must be written as it is: "A" is a class, "à" is not."""
    return any(token.text == match[3].written for match in matches)


def _is_grade(name: Name) -> bool:
    """Whether a name mixes figures and letters without a blank, like 7B or CM2."""
    return any(
        glued and word.isdecimal() != before.isdecimal()
        for before, word, glued in zip(name.words, name.words[1:], name.glued[1:], strict=False)
    )


def _match(
    tokens: Sequence[Token], at: int, name: Name, every_word: Collection[str], endings: Collection[str]
) -> tuple[int, str, bool] | None:
    """End, case ending and exactness of `name` at this token."""
    exact = True
    last = len(name.words) - 1
    for place, (word, bones, glued) in enumerate(zip(name.words, name.skeleton, name.glued, strict=True)):
        while place and at < len(tokens) and tokens[at].folded in _SOFT:
            at += 1
        if at >= len(tokens):
            return None
        token = tokens[at]
        if skeleton(token.folded) != bones:
            # An ending hangs on without a sign only where that cannot make another short word.
            ending = token.folded.removeprefix(word) if place == last else ""
            hangs = token.folded.startswith(word) and ending in endings and len(name.words) + len(word) > 2
            return (at + 1, ending, exact) if hangs else None
        if place and glued and not token.glued and len(word) == 1 and word in every_word:
            return None  # "Carta 4 a Lyon" does not speak of class 4A
        if place == last and token.is_number and at + 1 < len(tokens):
            following = tokens[at + 1]
            if following.glued and following.folded in (".", ",", "/") and _glued_number(tokens, at + 2):
                return None
        exact = exact and token.folded == word
        at += 1
    return at + _ending_length(tokens, at, endings), _ending_at(tokens, at, endings), exact


def _glued_number(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].glued and tokens[at].is_number


def _ending_at(tokens: Sequence[Token], at: int, endings: Collection[str]) -> str:
    """The ending behind an apostrophe, or the bare apostrophe's nothing."""
    if at + 1 < len(tokens) and tokens[at].folded == "'" and tokens[at + 1].folded in endings:
        return tokens[at + 1].folded
    return ""


def _ending_length(tokens: Sequence[Token], at: int, endings: Collection[str]) -> int:
    return 2 if _ending_at(tokens, at, endings) else 0


@lru_cache(maxsize=4096)
def nearest(words: tuple[str, ...], roll: Roll) -> tuple[int, ...]:
    """The class whose name these folded words misspell, if every other class is further away by the
    margin; else nothing."""
    if len(roll.names) > _MOST_COMPARED:
        return ()
    accepted: dict[int, float] = {}
    distance: dict[int, float] = {}
    for name in roll.names:
        for window, rest in _windows(words, len(name.words)):
            share = _share_wrong(window, rest, name)
            distance[name.class_id] = min(share, distance.get(name.class_id, share))
            if _is_misspelling(window, rest, name):
                accepted[name.class_id] = min(share, accepted.get(name.class_id, share))
    if not accepted:
        return ()
    best = min(accepted, key=lambda class_id: (accepted[class_id], class_id))
    rivals = (share for class_id, share in distance.items() if class_id != best)
    return (best,) if all(share >= accepted[best] + _MARGIN for share in rivals) else ()


def _windows(words: Sequence[str], size: int) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Every run of `size` words with the words around it, and the whole."""
    if len(words) != size:
        yield words, ()
    for start in range(len(words) - size + 1):
        yield words[start : start + size], (*words[:start], *words[start + size :])


def _share_wrong(words: Sequence[str], rest: Sequence[str], name: Name) -> float:
    """Which share of the letters is wrong, as a name for these words and the rest about them. A short
    word or a figure is right or wrong as a whole, and weighs double."""
    if len(words) != len(name.words):
        slips = OSA.distance("".join(words), "".join(name.words))
    else:
        slips = sum(
            OSA.distance(word, right) if _is_long(right) else 2 * len(right) * (word != right)
            for word, right in zip(words, name.words, strict=True)
        )
    besides = sum(map(len, rest))
    return (slips + besides) / (sum(map(len, name.words)) + besides)


def _is_misspelling(words: Sequence[str], rest: Sequence[str], name: Name) -> bool:
    if any(word.isdecimal() or len(word) == 1 for word in rest):
        return False  # "7C Olso" is not 7B, which is also called Oslo
    if len(words) != len(name.words):
        return not rest and len("".join(words)) >= _FUZZY_FROM and "".join(words) == "".join(name.words)
    return all(
        OSA.distance(word, right) <= _allowed(right) and not _disguised(word, right)
        for word, right in zip(words, name.words, strict=True)
    )


def _is_long(word: str) -> bool:
    return len(word) >= _FUZZY_FROM and not word.isdecimal()


def _allowed(word: str) -> int:
    return 0 if not _is_long(word) else 1 if len(word) < _TWO_SLIPS_FROM else 2


def _disguised(word: str, right: str) -> bool:
    """Whether a word holds look-alike letters that the right one has not: no slip of a hand."""
    return any(skeleton(char) != char and char not in right for char in word)
