"""From when until when somebody is away: "Luc is away until 8 January", "back on Monday", an away note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from twinpost.core.model.absence import Absence
from twinpost.core.reading.days import DayWords, day_words
from twinpost.core.reading.sentences import DAY, Sentence, Words, holds, phrases, sentences
from twinpost.core.reading.tokens import clean

ABSENCE_KEYS = ("away", "back", "home")
"""What a file of sayings may hold about absences, beside the words for days."""

_LINES = 25
_LONGEST = 30  # words of a sentence
_ONE_DAY = timedelta(days=1)
_FURTHEST = timedelta(days=200)  # a year of parental leave is the admin's business


@dataclass(frozen=True, slots=True)
class AbsenceWords:
    """All languages together, folded. `home`: what is no absence although it sounds like one."""

    away: frozenset[Words]
    back: frozenset[Words]
    home: frozenset[Words]
    days: DayWords


def absence_words(languages: Mapping[str, Mapping[str, str]]) -> AbsenceWords:
    """The words of all languages in one value; the loader has checked their data."""
    away, back, home = (
        frozenset(one for data in languages.values() for one in phrases(data, key)) for key in ABSENCE_KEYS
    )
    return AbsenceWords(away, back, home, day_words(languages.values()))


def read_absence(
    text: str, words: AbsenceWords, since: date, language: str = ""
) -> tuple[Absence, Words] | None:
    """The days that a text gives, and the folded words of the sentence that does; None where none is certain.

    `since` is the day of the text: an absence without a beginning begins then.
    """
    lines = [line for line in map(clean, text[:8000].splitlines()) if line][:_LINES]
    read = sentences(lines, words.days, since, language)
    told = [one for one in read if 0 < len(one.words) <= _LONGEST]
    for at, sentence in enumerate(told):
        if sentence.asks or not _says(sentence, words.away) or _says(sentence, words.home):
            continue
        absence = _days(sentence, told[at + 1 : at + 4], words, since)
        if absence is not None:
            return absence, sentence.words
    return None


def _says(sentence: Sentence, known: frozenset[Words]) -> bool:
    return any(holds(sentence.words, phrase) for phrase in known)


def _days(
    sentence: Sentence, following: Sequence[Sentence], words: AbsenceWords, since: date
) -> Absence | None:
    """ "from 12 to 16 October", "until 8 January", "away today. I am back on Monday"."""
    days = sorted({said.day for said in sentence.days if said.day})
    back = _ONE_DAY if _says(sentence, words.back) else timedelta(0)
    if len(days) == 2:
        return _absence(days[0], days[1] - back, since)
    if len(days) == 1:
        return _absence(_beginning(sentence, days[0]) or since, days[0] - back, since)
    for later in following:
        returns = sorted({said.day for said in later.days if said.day})
        if not days and len(returns) == 1 and _says(later, words.back):
            return _absence(since, returns[0] - _ONE_DAY, since)
    return None


def _beginning(sentence: Sentence, last: date) -> date | None:
    """The 12th of "from 12 to 16 October": a number close before the day, in its month."""
    at = sentence.words.index(DAY)
    numbers = [int(word) for word in sentence.words[max(0, at - 2) : at] if word.isdecimal()]
    fits = [number for number in numbers if 1 <= number < last.day]
    return last.replace(day=fits[0]) if fits else None


def _absence(first: date, last: date, since: date) -> Absence | None:
    in_time = since <= last <= since + _FURTHEST and first <= last
    return Absence(max(first, since), last) if in_time else None
