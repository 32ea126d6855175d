"""What somebody answered to a question of ours: a number, yes, no, or one choice in her own words.

Understood is only what cannot mean anything else; everything else is asked again. The words are read in
the languages that know most of them, and where these disagree ("Tak" is yes in Polish, and thanks in
Danish) hers decides, if it is among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from twinpost.core.reading.answer_words import AnswerWords, Tongue
from twinpost.core.reading.clauses import Clause, Signs, clauses_of, signs_of, whole_words
from twinpost.core.reading.tokens import clean, tokens_of

_LINES = 4


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


def read_answer(
    written: str, choices: Sequence[str], words: AnswerWords, *, language: str = "", closed: bool = False
) -> Answer:
    """The answer in the first lines of what somebody wrote.

    `choices` are the texts of the numbered answers, `language` is the code of hers, where it is known.
    With `closed` only a number, yes or no counts, and no sentence of her own. Any text is read; nothing
    is raised.
    """
    lines = [line for line in map(clean, written[:4000].splitlines()) if line][:_LINES]
    wholes = [whole_words(tokens_of(clean(choice))) for choice in choices]
    names = frozenset(word for whole in wholes for word in whole if not (word.isdecimal() or word.isalpha()))
    clauses = clauses_of(lines, names)
    heard = {
        _answer(signs_of(clauses, () if closed else wholes, len(choices), tongue))
        for tongue in _likely(clauses, words, language)
    }
    heard.discard(None)
    (only,) = heard if len(heard) == 1 else (None,)
    return replace(only or Answer(), words=" ".join(lines[:1]))


def _likely(clauses: Sequence[Clause], words: AnswerWords, language: str) -> list[Tongue]:
    """The languages that know most of the words; hers alone, when it is among them."""
    said = {word for clause in clauses for word in clause.words}
    known = {code: len(said & tongue.words) for code, tongue in words.tongues.items()}
    most = max(known.values(), default=0)
    codes = [code for code, count in known.items() if count == most]
    return [words.tongues[code] for code in ([language] if language in codes else codes)]


def _answer(signs: Signs) -> Answer | None:
    """What the signs come to; an answer with nothing set was left open, and None says nothing at all."""
    if signs.doubt or len(signs.choices) > 1:
        return Answer()
    if signs.choices:
        return Answer(index=min(signs.choices))
    if signs.yes or signs.no:
        return Answer(yes=signs.yes, no=signs.no) if signs.yes != signs.no else Answer()
    return Answer(thanks=True) if signs.thanks and not signs.talk else None
