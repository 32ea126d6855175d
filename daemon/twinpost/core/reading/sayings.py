"""What a teacher says in answer to a reminder: it has arrived, it comes later, let us pause, why?

Understood is only what cannot mean anything else. A sentence counts that holds one of the phrases; a single
word ("later", "pause") only where it is all that the sentence says. Denials, hopes and questions say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from rapidfuzz.distance import OSA

from twinpost.core.model.saying import ASKING, NOTHING, Saying, Word
from twinpost.core.reading.absences import ABSENCE_KEYS
from twinpost.core.reading.answer_words import AnswerWords
from twinpost.core.reading.days import DAY_KEYS, DayWords, day_words
from twinpost.core.reading.sentences import DAY, Sentence, Words, holds, phrases, sentences
from twinpost.core.reading.tokens import clean

SAYING_KEYS = (
    *(word for word in Word if word is not Word.AGREE),
    "nothing",
    "open",
    "but",
    "beside",
    "until",
    "ours",
    *ABSENCE_KEYS,
    *DAY_KEYS,
)
"""What a file of sayings may hold; each is a string of words parted by commas."""

_LINES = 8
_SENTENCES = 8
_LONGEST = 16  # words of a sentence; a longer one tells a story
_ALONE_WITHIN = 3  # clauses: further down a single word is part of a text

_LONG_ENOUGH = 4  # letters of a word in which one slip is passed over
_MOST_UNEXPLAINED = {Word.ARRIVED: 1, Word.LATER: 4, Word.PAUSE: 2, Word.RESUME: 2}
"""How many words of the same clause may be unknown to us beside a phrase: it might be about anything."""

_MOST_WITHOUT_A_DAY = 2


@dataclass(frozen=True, slots=True)
class SayingWords:
    """The words of all languages together, folded. A phrase of None means nothing, whatever is in it."""

    phrases: Mapping[Words, Word | None]
    open: frozenset[Words]
    but: frozenset[Words]
    fillers: frozenset[str]  # they say nothing: "it", "until", "yes"
    passed_over: frozenset[str]  # those, and words that change nothing in what is said: "letters"
    known: frozenset[str]  # every word that stands anywhere, in whichever language: none is a slip
    polite: frozenset[Words]
    no: frozenset[Words]
    ours: frozenset[str]  # what we write, which always arrives: "I have received your reminder"
    days: DayWords


def saying_words(languages: Mapping[str, Mapping[str, str]], answers: AnswerWords) -> SayingWords:
    """The words of all languages in one value. Their data holds SAYING_KEYS; the loader has checked it."""
    meanings: dict[Words, Word | None] = {}
    for data in languages.values():
        for word in Word:
            meanings.update(dict.fromkeys(phrases(data, word), word))
    meanings.update((one, None) for data in languages.values() for one in phrases(data, "nothing"))
    tongues = answers.tongues.values()
    until, beside = (frozenset(_singles(languages, key)) for key in ("until", "beside"))
    fillers = until.union(
        *(tongue.filler for tongue in tongues), *(phrase for t in tongues for phrase in t.yes)
    )
    return SayingWords(
        phrases=meanings,
        open=frozenset(one for data in languages.values() for one in phrases(data, "open")),
        but=frozenset(one for data in languages.values() for one in phrases(data, "but")),
        fillers=fillers,
        passed_over=fillers | beside,
        known=fillers.union(beside, *meanings),
        polite=frozenset(phrase for tongue in tongues for phrase in tongue.courtesy),
        no=frozenset(phrase for tongue in tongues for phrase in tongue.no),
        ours=frozenset(_singles(languages, "ours")),
        days=day_words(languages.values()),
    )


def _singles(languages: Mapping[str, Mapping[str, str]], key: str) -> Iterator[str]:
    for data in languages.values():
        for phrase in phrases(data, key):
            yield from phrase


def read_saying(
    written: str, words: SayingWords, since: date, *, language: str = "", expects_day: bool = False
) -> Saying:
    """What the first lines of a mail say. `since` is its day, `language` the code of its writer's.

    With `expects_day` (it answers "when will it come?") a day that stands alone means LATER. Any text is
    read; nothing is raised.
    """
    lines = [line for line in map(clean, written[:4000].splitlines()) if line][:_LINES]
    told = sentences(lines, words.days, since, language, words.but)
    found = [
        said
        for number, sentence in enumerate(islice(told, _SENTENCES))
        for said in [_said(sentence, words, first=number < _ALONE_WITHIN, expects_day=expects_day)]
        if said is not None
    ]
    return _together(found)


def _together(found: Sequence[Saying]) -> Saying:
    """One thing is said, or nothing: who says two of them is not understood. A day may follow later on."""
    telling = [one for one in found if one.word and one.word not in ASKING]
    asking = [one for one in found if one.word in ASKING]
    kinds = {one.word for one in telling}
    if len(kinds) > 1:
        return NOTHING
    if not telling:
        return asking[0] if len({one.word for one in asking}) == 1 else NOTHING
    days = {one.until for one in found if one.until}
    first = telling[0]
    if first.word is Word.RESUME and (days or any(one.unclear for one in found)):
        return NOTHING  # "we are back on 12 October"
    if first.word in (Word.ARRIVED, Word.RESUME):
        return Saying(first.word, words=first.words)
    unclear = len(days) > 1 or (not days and any(one.unclear for one in found))
    return Saying(first.word, None if unclear else next(iter(days), None), unclear, first.words)


# -- what one sentence says ----------------------------------------------------------------------


def _said(sentence: Sentence, words: SayingWords, *, first: bool, expects_day: bool) -> Saying | None:
    """None: nothing that we know of."""
    if not sentence.words or len(sentence.words) > _LONGEST:
        return None
    asked = _longest_phrases(sentence.words, words) & ASKING
    if asked:
        return Saying(Word.WHY_NOT if Word.WHY_NOT in asked else min(asked), words=sentence.text)
    if sentence.asks:
        word = _alone(sentence, words) if first else None
        return Saying(word, words=sentence.text) if word in ASKING else None
    until, unclear = _day(sentence)
    word = _told(sentence, words, first=first)
    if word is None:
        if not sentence.days or not (first or until) or not _says_nothing_else(sentence, words):
            return None
        word = Word.LATER if expects_day else None
    return Saying(word, until, unclear, sentence.text)


def _says_nothing_else(sentence: Sentence, words: SayingWords) -> bool:
    """Whether a sentence is its day alone: "by 12 October, sorry", "no, 30 October"."""
    clauses = [clause for clause in sentence.clauses if clause not in words.no]
    return not any(set(_without_politeness(clause, words)) - words.fillers - {DAY} for clause in clauses)


def _told(sentence: Sentence, words: SayingWords, *, first: bool) -> Word | None:
    """What the clauses tell. Where one leaves it open, another may still say when: "not here yet, but they
    will come on Friday".
    """
    certain = [clause for clause in sentence.clauses if not _is_open(clause, words)]
    found = {word for clause in certain if (word := _clause_tells(clause, sentence, words))}
    if len(certain) < len(sentence.clauses):
        return Word.LATER if found == {Word.LATER} and _day(sentence)[0] else None
    if not found and first:
        return _alone(sentence, words)
    return next(iter(found)) if len(found) == 1 else None


def _is_open(clause: Words, words: SayingWords) -> bool:
    """Whether it denies, hopes or doubts. "Not before" is a phrase of its own and no denial."""
    covered = {place for start, end, _ in _spans(clause, words) for place in range(start, end)}
    bare = tuple("" if place in covered else word for place, word in enumerate(clause))
    return any(holds(bare, phrase) for phrase in words.open)


def _clause_tells(clause: Words, sentence: Sentence, words: SayingWords) -> Word | None:
    kinds = _longest_phrases(clause, words)
    (word,) = kinds if len(kinds) == 1 else (None,)
    if word is None or (word is Word.ARRIVED and _is_ours(clause, words)):
        return None
    most = _MOST_UNEXPLAINED[word]
    if word is Word.LATER and not sentence.days:
        most = _MOST_WITHOUT_A_DAY
    known = {
        one
        for phrase, own in words.phrases.items()
        if own is word and holds(clause, phrase)
        for one in phrase
    }
    unexplained = [one for one in _content(clause, words) if one not in known]
    return word if len(unexplained) <= most else None


def _is_ours(clause: Words, words: SayingWords) -> bool:
    """Whether it speaks of our mail and of no letter: "I have received your reminder"."""
    return not words.ours.isdisjoint(clause)


def _day(sentence: Sentence) -> tuple[date | None, bool]:
    days = {said.day for said in sentence.days if said.day}
    (only,) = days if len(days) == 1 else (None,)
    return only, bool(sentence.days) and only is None


def _longest_phrases(said: Words, words: SayingWords) -> set[Word]:
    """What phrases of several words say; one that lies within a longer one says nothing."""
    return {word for _, _, word in _spans(said, words) if word}


def _spans(said: Words, words: SayingWords) -> list[tuple[int, int, Word | None]]:
    """Where phrases of several words stand: from, up to, and what they say."""
    spans: list[tuple[int, int, Word | None]] = []
    for at in range(len(said)):
        for length in range(min(7, len(said) - at), 1, -1):
            phrase = said[at : at + length]
            if phrase in words.phrases and not any(s <= at and at + length <= e for s, e, _ in spans):
                spans.append((at, at + length, words.phrases[phrase]))
                break
    return spans


def _alone(sentence: Sentence, words: SayingWords) -> Word | None:
    """The word that is all that a clause says, politeness and a day left out."""
    clauses = [clause for clause in sentence.clauses if all(word for _, _, word in _spans(clause, words))]
    found = {
        word
        for clause in clauses
        if (word := _meant(_content(clause, words), words))
        and not (word is Word.ARRIVED and _is_ours(clause, words))
    }
    return next(iter(found)) if len(found) == 1 else None


def _meant(content: Words, words: SayingWords) -> Word | None:
    """The word that this is, one slip of the hand passed over."""
    if content in words.phrases or len(content) != 1 or len(content[0]) < _LONG_ENOUGH:
        return words.phrases.get(content)
    if content[0] in words.known:
        return None
    near = {
        word
        for phrase, word in words.phrases.items()
        if len(phrase) == 1
        and len(phrase[0]) >= _LONG_ENOUGH
        and OSA.distance(*content, *phrase, score_cutoff=1) <= 1
    }
    return next(iter(near)) if len(near) == 1 else None


def _content(clause: Words, words: SayingWords) -> Words:
    """What a clause says besides politeness, days, one number ("letter 2") and words that change nothing."""
    said = _without_politeness(clause, words)
    numbers = [word for word in said if word.isdecimal()]
    passed = {DAY, *(numbers if len(numbers) == 1 else ())}
    return tuple(word for word in said if word not in passed and word not in words.passed_over)


def _without_politeness(clause: Words, words: SayingWords) -> Words:
    said = clause
    for length in (5, 4, 3, 2, 1):
        if said[:length] in words.polite:
            said = said[length:]
        if said and said[-length:] in words.polite:
            said = said[:-length]
    return said
