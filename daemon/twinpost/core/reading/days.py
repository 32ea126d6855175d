"""Days as people write them: "12 October", "12.10.", "on Friday", "the 14th", "in two weeks".

A day is the next one that fits, as it is always one to come. Where it may be read in two ways ("12/10" in
English), or is none ("next week"), no day is guessed.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from twinpost.core.reading.tokens import Token, words_of
from twinpost.core.reading.words import listed

DAY_KEYS = (
    "months",
    "weekdays",
    "today",
    "tomorrow",
    "day_after",
    "next",
    "in",
    "days",
    "weeks",
    "the",
    "of",
    "suffixes",
    "end",
    "month",
    "week",
    "numbers",
    "vague",
    "things",
)
"""What a language says about days, each a list parted by commas; spellings of one month, weekday or number
are parted by "/"."""

FURTHEST = timedelta(days=370)
"""Nobody promises a letter for later."""

NEXT_YEAR = timedelta(days=270)
"""A day without a year that comes so much later has just gone by: "2 October", said on the 5th."""

_FRIDAY = 4
_SHORT = 4  # letters of "Thur"

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayWords:
    """The words of all languages together, folded."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    numbers: Mapping[str, int]
    units: Mapping[str, int]  # "week": 7
    ahead: Mapping[Words, int]  # "tomorrow": 1
    phrases: Mapping[str, frozenset[Words]]  # "the", "of", "in", "next", "end", "month", "week", "vague"
    first: Mapping[str, frozenset[str]]  # the words with which those phrases begin
    suffixes: frozenset[str]
    things: frozenset[str]  # "the 2nd letter" is no day


@dataclass(frozen=True, slots=True)
class Said:
    """A day that was said with the tokens from `start` up to `end`; None: one was meant, and not which."""

    day: date | None
    start: int
    end: int


def day_words(languages: Iterable[Mapping[str, str]]) -> DayWords:
    """The words of all languages in one value. Their data holds DAY_KEYS; the loader has checked it."""
    known = list(languages)
    plain = ("the", "of", "in", "next", "end", "month", "week", "vague")
    phrases = {key: frozenset(_phrases(known, key)) for key in plain}
    ahead = {
        phrase: days
        for key, days in (("today", 0), ("tomorrow", 1), ("day_after", 2))
        for phrase in _phrases(known, key)
    }
    units = {word: days for key, days in (("days", 1), ("weeks", 7)) for (word,) in _phrases(known, key)}
    return DayWords(
        months=dict(_numbered(known, "months", 1)),
        weekdays=dict(_numbered(known, "weekdays", 0)),
        numbers=dict(_numbered(known, "numbers", 1)),
        units=units,
        ahead=ahead,
        phrases=phrases,
        first={key: frozenset(one[0] for one in own) for key, own in phrases.items()},
        things=frozenset(word for phrase in _phrases(known, "things") for word in phrase),
        suffixes=frozenset(word for phrase in _phrases(known, "suffixes") for word in phrase),
    )


def _phrases(languages: Sequence[Mapping[str, str]], key: str) -> Iterator[Words]:
    for language in languages:
        yield from (words for phrase in listed(language.get(key, "")) if (words := words_of(phrase)))


def _numbered(languages: Sequence[Mapping[str, str]], key: str, first: int) -> Iterator[tuple[str, int]]:
    """Each word of a list that stands in order, counted from `first`."""
    for language in languages:
        for value, forms in enumerate(listed(language.get(key, "")), start=first):
            yield from ((word, value) for form in forms.split("/") for word in words_of(form))


def days_in(tokens: Sequence[Token], words: DayWords, since: date, language: str = "") -> list[Said]:
    """Every day that a line speaks of, in order. `since` is the day on which it was written."""
    reader = _Reader(tokens, words, since, day_first=language != "en")
    found: list[Said] = []
    at = 0
    while at < len(tokens):
        said = reader.at(at)
        if said is not None:
            found.append(said)
        at = said.end if said else at + 1
    return found


_Found = tuple[date | None, int]
"""A day, and behind which token it ends."""


@dataclass(slots=True)
class _Reader:
    """Reads one line; each way of saying a day is a method that takes a place, and says where it ends."""

    tokens: Sequence[Token]
    words: DayWords
    since: date
    day_first: bool
    ways: tuple[Callable[[int], _Found | None], ...] = field(init=False)
    passed: dict[tuple[int, str], int] = field(default_factory=dict)  # by place and heading

    def __post_init__(self) -> None:
        self.ways = (
            self._iso,
            self._with_dots,
            self._with_slashes,
            self._day_and_month,
            self._month_and_day,
            self._weekday_and_day,
            self._day_alone,
            self._some_time_ahead,
            self._end_of_something,
            self._weekday,
            self._ahead,
            self._vague,
        )

    def at(self, at: int) -> Said | None:
        """The day that is said from this place on."""
        token = self.tokens[at]
        if not (token.is_word or token.is_number):
            return None
        for way in self.ways:
            found = way(at)
            if found is not None:
                day, end = found
                in_time = day is not None and self.since <= day <= self.since + FURTHEST
                return Said(day if in_time else None, at, end)
        return None

    # -- figures ---------------------------------------------------------------------------------

    def _iso(self, at: int) -> _Found | None:
        at = self._past_weekday(at)
        year, month, day = self._number(at), self._number(at + 2), self._number(at + 4)
        if year and month and day and year > 1000 and self._signs(at, "-", 2):
            return _date(year, month, day), at + 5
        return None

    def _with_dots(self, at: int) -> _Found | None:
        at = self._past_weekday(at)
        day, month = self._number(at), self._number(at + 2)
        if not (day and month) or not self._is(at + 1, ".") or month > 12 or not self._glued(at + 1):
            return None
        end = at + 3
        if not self._is(end, "."):
            # "12.10" is a day, "2.1" may be anything.
            return (self._next(day, month), end) if len(self.tokens[at + 2].text) == 2 else None
        year, glued = self._number(end + 1), self._glued(end + 1)
        if year and (glued or year > 1000):
            return _date(_century(year), month, day), end + 2
        return self._next(day, month), end + 1

    def _with_slashes(self, at: int) -> _Found | None:
        at = self._past_weekday(at)
        first, second = self._number(at), self._number(at + 2)
        if not (first and second) or not self._is(at + 1, "/") or not self._glued(at + 1):
            return None
        year, end = 0, at + 3
        if self._is(end, "/") and (said := self._number(end + 1)):
            year, end = _century(said), end + 2
        if max(first, second) <= 12 and first != second and not self.day_first:
            return None, end
        day, month = (first, second) if self.day_first or first > 12 else (second, first)
        return (_date(year, month, day) if year else self._next(day, month)), end

    # -- months by their names -------------------------------------------------------------------

    def _day_and_month(self, at: int) -> _Found | None:
        place = self._past_weekday(at)
        day = self._number(place)
        if not day or day > 31:
            return None
        place = self._past(self._past_suffix(place + 1), "of")
        month = self._month(place)
        if not month:
            return None
        found, end = self._with_year(day, month, place + 1)
        return (found if self._fits(at, found) else None), end

    def _month_and_day(self, at: int) -> _Found | None:
        month, place = self._month(at), self._past(at + 1, "the")
        day = self._number(place)
        if not month or not day or day > 31:
            return None
        return self._with_year(day, month, self._past_suffix(place + 1))

    def _with_year(self, day: int, month: int, end: int) -> _Found:
        place = end + 1 if self._is(end, ",") else end
        year = self._number(place)
        if year and year > 1000:
            return _date(year, month, day), place + 1
        return self._next(day, month), end

    # -- days of this month or the next ----------------------------------------------------------

    def _weekday_and_day(self, at: int) -> _Found | None:
        """ "Monday the 12th"; None where that is no Monday."""
        weekday = self._weekday_of(at)
        place = self._past_weekday(at)
        day = self._number(place)
        if weekday is None or not day or day > 31 or self._counts(place):
            return None
        found = self._next(day)
        return (found if self._fits(at, found) else None), self._past_suffix(place + 1)

    def _fits(self, at: int, day: date | None) -> bool:
        """Whether a day is that of the week which is named before it, if one is."""
        weekday = self._weekday_of(at)
        return day is not None and weekday in (None, day.weekday())

    def _day_alone(self, at: int) -> _Found | None:
        """ "the 14th", "le 14", "am 14."; "the 14 letters" is none, nor is "the 2nd letter"."""
        place = self._past(at, "the")
        day = self._number(place)
        if not day or day > 31:
            return None
        end = self._past_suffix(place + 1)
        if end == place + 1 and (place == at or self._counts(place)):
            return None
        if end < len(self.tokens) and self.tokens[end].folded in self.words.things:
            return None
        if place == at and self._is(end - 1, "."):
            return None  # "14." may number a point, or end a sentence
        return self._next(day), end

    def _counts(self, place: int) -> bool:
        """Whether a number counts what follows: "the 14 letters"."""
        return place + 1 < len(self.tokens) and self.tokens[place + 1].is_word and not self._suffix(place + 1)

    # -- words -----------------------------------------------------------------------------------

    def _some_time_ahead(self, at: int) -> _Found | None:
        place = self._past(at, "in")
        if place == at or place + 1 >= len(self.tokens):
            return None
        token = self.tokens[place]
        count = self._number(place) or self.words.numbers.get(token.folded, 0)
        unit = self.words.units.get(self.tokens[place + 1].folded)
        if not count or count > 400 or unit is None:
            return None
        return self.since + timedelta(days=count * unit), place + 2

    def _end_of_something(self, at: int) -> _Found | None:
        place = self._past(at, "end")
        if place == at:
            return None
        place = self._past(self._past(place, "of"), "the")
        if month := self._month(place):
            year = self.since.year + (month < self.since.month)
            return _last(year, month), place + 1
        if (end := self._past(place, "month")) > place:
            return _last(self.since.year, self.since.month), end
        if (end := self._past(place, "week")) > place:
            return self._coming(_FRIDAY), end
        return None

    def _weekday(self, at: int) -> _Found | None:
        """The coming one; "next Friday", said on a Monday, is one of two, and the later one is waited for."""
        place = self._past(at, "next")
        weekday = self._weekday_of(place)
        if weekday is None:
            return None
        end = self._past(place + 1, "next")
        day = self._coming(weekday)
        if (place > at or end > place + 1) and day.isocalendar()[1] == self.since.isocalendar()[1]:
            day += timedelta(days=7)
        return day, end

    def _ahead(self, at: int) -> _Found | None:
        for length in (4, 3, 2, 1):
            if (days := self.words.ahead.get(self._words(at, length))) is not None:
                return self.since + timedelta(days=days), at + length
        return None

    def _vague(self, at: int) -> _Found | None:
        end = self._past(at, "vague")
        return (None, end) if end > at else None

    # -- places ----------------------------------------------------------------------------------

    def _words(self, at: int, count: int) -> Words:
        return tuple(token.folded for token in self.tokens[at : at + count])

    def _past(self, at: int, key: str) -> int:
        """The place behind a phrase of this heading; `at` where none stands there."""
        if at >= len(self.tokens) or self.tokens[at].folded not in self.words.first[key]:
            return at
        if (at, key) not in self.passed:
            own = self.words.phrases[key]
            lengths = (length for length in (4, 3, 2, 1) if self._words(at, length) in own)
            self.passed[at, key] = min(at + next(lengths, 0), len(self.tokens))
        return self.passed[at, key]

    def _past_weekday(self, at: int) -> int:
        if self._weekday_of(at) is None:
            return self._past(at, "the")
        place = at + 1
        place += self._is(place, ".")  # "Mo. 12.10."
        place += self._is(place, ",")
        return self._past(place, "the")

    def _past_suffix(self, at: int) -> int:
        return at + 1 if self._suffix(at) or (self._is(at, ".") and self._glued(at)) else at

    def _suffix(self, at: int) -> bool:
        return at < len(self.tokens) and self._glued(at) and self.tokens[at].folded in self.words.suffixes

    def _number(self, at: int) -> int:
        token = self.tokens[at] if 0 <= at < len(self.tokens) else None
        return int(token.folded) if token and token.is_number and len(token.folded) <= 4 else 0

    def _month(self, at: int) -> int:
        return self.words.months.get(self.tokens[at].folded, 0) if at < len(self.tokens) else 0

    def _weekday_of(self, at: int) -> int | None:
        """A short one ("so", "man", "mer") is another word, too, unless a number comes behind it."""
        if at >= len(self.tokens):
            return None
        place = at + 1 + self._is(at + 1, ".")
        place = self._past(place + self._is(place, ","), "the")
        short = len(self.tokens[at].folded) <= _SHORT and not self._number(place)
        return None if short else self.words.weekdays.get(self.tokens[at].folded)

    def _is(self, at: int, sign: str) -> bool:
        return at < len(self.tokens) and self.tokens[at].folded == sign

    def _signs(self, at: int, sign: str, count: int) -> bool:
        return all(self._is(at + 1 + 2 * number, sign) for number in range(count))

    def _glued(self, at: int) -> bool:
        return at < len(self.tokens) and self.tokens[at].glued

    # -- days ------------------------------------------------------------------------------------

    def _next(self, day: int, month: int = 0) -> date | None:
        """The next such day: of that month, or of whichever has it; None for one that has just gone by."""
        months = (divmod(self.since.year * 12 + self.since.month - 1 + ahead, 12) for ahead in range(13))
        days = (_date(year, zero + 1, day) for year, zero in months if month in (0, zero + 1))
        coming = next((found for found in days if found and found >= self.since), None)
        return coming if coming and coming <= self.since + NEXT_YEAR else None

    def _coming(self, weekday: int) -> date:
        """The next one; today's own name is the one in a week."""
        return self.since + timedelta(days=(weekday - self.since.weekday() - 1) % 7 + 1)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _century(year: int) -> int:
    return year if year > 1000 else 2000 + year % 100


def _last(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
