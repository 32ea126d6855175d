"""Loads the words of automatic mail: rules/automatic.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from twinpost.core.sorting.phrases import AutomaticWords, prepared
from twinpost.edges.marked import Marked, load_yaml
from twinpost.errors import ConfigError, Problem

BY_LANGUAGE = (
    *("away", "calendar", "read", "was_read", "notices"),
    *("undelivered", "delayed", "delivered", "texts", "failures"),
    *("unknown", "full", "our_fault", "passing"),
)
LISTS = ("daemons", "robots")
HEADINGS = (*BY_LANGUAGE, *LISTS)

SHORTEST = 3
"""Letters of a phrase in Latin letters: "Re:" or "Fw" would take all answers of people for a machine's."""

MAY_BE_SHORT = frozenset({"read", *LISTS})
"""Headings whose words count only beside other signs ("Lu :"), or are no phrases."""


def load_phrases(path: Path) -> AutomaticWords:
    """The words of automatic mail. Raises ConfigError with every problem of the file, by line."""
    file = load_yaml(path)
    problems = list(_wrong(file))
    if problems:
        raise ConfigError(problems)
    return AutomaticWords(**{heading: _phrases(value) for heading, value in file.data.items()})


def _phrases(value: Any) -> tuple[str, ...]:
    """Every phrase once, ready to compare, whatever its language."""
    lists = value.values() if isinstance(value, dict) else [value]
    return tuple(dict.fromkeys(prepared(phrase) for phrases in lists for phrase in phrases))


def _wrong(file: Marked) -> Iterator[Problem]:
    if not isinstance(file.data, dict):
        yield file.problem((), f"headings are expected here: {', '.join(HEADINGS)}")
        return
    for heading, value in file.data.items():
        if heading not in HEADINGS:
            near = get_close_matches(str(heading), HEADINGS, n=1)
            guess = f" (did you mean `{near[0]}`?)" if near else ""
            yield file.problem((heading,), f"`{heading}` is no heading of this file{guess}")
        elif heading in LISTS:
            yield from _wrong_list(file, (heading,), value)
        elif not isinstance(value, dict):
            yield file.problem((heading,), "languages are expected here, each with a list of phrases")
        else:
            for language, phrases in value.items():
                yield from _wrong_list(file, (heading, language), phrases)


def _wrong_list(file: Marked, place: tuple[str, ...], phrases: Any) -> Iterator[Problem]:
    """An empty phrase would begin every subject there is."""
    if not isinstance(phrases, list):
        yield file.problem(place, "a list of phrases is expected here")
        return
    for index, phrase in enumerate(phrases):
        if not isinstance(phrase, str) or not prepared(phrase).strip("*"):
            yield file.problem((*place, index), "a phrase is expected here: text, not empty")
        elif place[0] not in MAY_BE_SHORT and _too_short(phrase):
            yield file.problem((*place, index), f"`{phrase}` is too short: people's subjects begin so, too")


def _too_short(phrase: str) -> bool:
    letters = [sign for sign in prepared(phrase) if sign.isalnum()]
    return len(letters) < SHORTEST and all(sign.isascii() for sign in letters)
