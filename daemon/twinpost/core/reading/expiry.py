"""Until when the links of a mail work, where the mail says so ("Available until 5 Nov 2026")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from twinpost.core.model.folding import fold

EXPIRY_KEYS = ("until", "days", "months")
"""The headings of a language in the file of words."""

_FURTHEST = 400  # days ahead: no service keeps a file for longer
_MOST_LINES = 2000
_LONGEST_LINE = 300
_TOKEN = re.compile(r"\d{1,4}|[^\W\d_]{1,30}")
_NUMERIC = re.compile(
    r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)|(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)"
)
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_NEAR = 2  # words between a month and its day: "5 de noviembre"


@dataclass(frozen=True, slots=True)
class ExpiryWords:
    """All languages together, folded: words for an end, for days, and each month's number."""

    until: re.Pattern[str]
    days: frozenset[str]
    months: Mapping[str, int]


def expiry_words(languages: Iterable[Mapping[str, str]]) -> ExpiryWords:
    """The words of every language, each with the headings of EXPIRY_KEYS."""
    until: dict[str, None] = {}
    days: set[str] = set()
    months: dict[str, int] = {}
    for language in languages:
        until.update(dict.fromkeys(fold(phrase) for phrase in language["until"].split(",")))
        days.update(fold(word) for word in language["days"].split(","))
        for number, spellings in enumerate(language["months"].split(","), start=1):
            months.update(dict.fromkeys(map(fold, spellings.split()), number))
    phrases = "|".join(map(re.escape, sorted(until, key=len, reverse=True)))
    return ExpiryWords(re.compile(rf"(?<!\w)(?:{phrases})(?!\w)"), frozenset(days), months)


def expiry(text: str, since: date, words: ExpiryWords) -> date | None:
    """The earliest day that a line names together with a word for an end; None where none does.

    `since` is the day on which the mail came. A day written with figures alone that may be read in two
    ways is not guessed.
    """
    found: list[date] = []
    for line in text.split("\n", _MOST_LINES)[:_MOST_LINES]:
        folded = fold(line[:_LONGEST_LINE])
        if "://" not in folded and words.until.search(folded):
            found += _days(folded, since, words)
    ahead = [day for day in found if since <= day <= since + timedelta(days=_FURTHEST)]
    return min(ahead, default=None)


def _days(line: str, since: date, words: ExpiryWords) -> Iterable[date]:
    """Every day that a folded line names."""
    for year, month, day in _ISO.findall(line):
        yield from _day(int(year), int(month), int(day))
    for one in _NUMERIC.finditer(line):
        yield from _in_figures(one)
    tokens = _TOKEN.findall(line)
    for at, token in enumerate(tokens):
        if token in words.months:
            yield from _named(tokens, at, words.months[token], since)
        elif token in words.days and at and tokens[at - 1].isdigit() and 0 < int(tokens[at - 1]) <= _FURTHEST:
            yield since + timedelta(days=int(tokens[at - 1]))


def _in_figures(match: re.Match[str]) -> Iterable[date]:
    """ "5.11.2026"; "13/11/2026" or "11/13/2026", but "5/11/2026" only where both readings are one."""
    if match[1]:
        return _day(int(match[3]), int(match[2]), int(match[1]))
    one, other, year = int(match[4]), int(match[5]), int(match[6])
    readings = {day for pair in ((one, other), (other, one)) for day in _day(year, pair[1], pair[0])}
    return readings if len(readings) == 1 else ()


def _named(tokens: list[str], at: int, month: int, since: date) -> Iterable[date]:
    """The day with a month's name: its number beside it, its year near it, or the next such day."""
    before, behind = tokens[max(0, at - _NEAR) : at][::-1], tokens[at + 1 : at + 2 + _NEAR]
    near = (*before, *behind) if before and before[0].isdigit() else (*behind[:1], *before, *behind)
    day = next((int(token) for token in near if token.isdigit() and 1 <= int(token) <= 31), 0)
    years = [int(token) for token in (*behind, *before) if token.isdigit() and len(token) == 4]
    if not day:
        return ()
    if years:
        return _day(years[0], month, day)
    return [
        found for year in (since.year, since.year + 1) for found in _day(year, month, day) if found >= since
    ][:1]


def _day(year: int, month: int, day: int) -> Iterable[date]:
    try:
        return (date(year, month, day),)
    except ValueError:
        return ()
