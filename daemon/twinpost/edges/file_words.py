"""Loads what people wrote about files: nicknames of pupils, and words for the end of a link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from twinpost.core.model.spellings import Nicknames, nicknames_of, words_of
from twinpost.core.reading.expiry import EXPIRY_KEYS, ExpiryWords, expiry_words
from twinpost.edges.marked import Marked, load_yaml
from twinpost.edges.words import topmost
from twinpost.errors import ConfigError, Problem

_MONTHS = 12


def load_nicknames(*rules: Path) -> Nicknames:
    """The nicknames of all languages. Raises ConfigError with every problem, by line."""
    file = _checked(topmost(rules, "nicknames.yaml"), _wrong_names)
    return nicknames_of(
        (name, *_listed(others)) for language in file.data.values() for name, others in language.items()
    )


def load_expiry(*rules: Path) -> ExpiryWords:
    """The words for the end of a link. Raises ConfigError with every problem, by line."""
    return expiry_words(_checked(topmost(rules, "expiry.yaml"), _wrong_expiry).data.values())


def _checked(path: Path, wrong: Callable[[Marked, str, dict[str, object]], Iterator[Problem]]) -> Marked:
    file = load_yaml(path)
    if not isinstance(file.data, dict) or not file.data:
        raise ConfigError([file.problem((), "the file must hold languages with headings below them")])
    problems: list[Problem] = []
    for language, data in file.data.items():
        if isinstance(data, dict):
            problems += wrong(file, language, data)
        else:
            problems.append(file.problem((language,), "a language must have headings below it"))
    if problems:
        raise ConfigError(problems)
    return file


def _wrong_names(file: Marked, language: str, names: dict[str, object]) -> Iterator[Problem]:
    for name, others in names.items():
        if len(words_of(str(name))) != 1:
            yield file.problem((language, name), "a name must be one word")
        if not isinstance(others, str) or not _listed(others):
            yield file.problem((language, name), "this must be names, parted by commas")
        elif any(len(words_of(other)) != 1 for other in _listed(others)):
            yield file.problem((language, name), "each nickname must be one word; commas part them")


def _wrong_expiry(file: Marked, language: str, words: dict[str, object]) -> Iterator[Problem]:
    for key in EXPIRY_KEYS:
        if not isinstance(words.get(key), str):
            yield file.problem((language, key), f"`{key}` is missing, or no words parted by commas")
    for key in words.keys() - set(EXPIRY_KEYS):
        yield file.problem((language, key), f"`{key}` is no heading of this file")
    months = words.get("months")
    if isinstance(months, str) and len(_listed(months)) != _MONTHS:
        yield file.problem((language, "months"), "these must be twelve months, parted by commas")


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(","))))
