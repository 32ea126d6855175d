"""Loads rules/automatic.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError

from twinpost.core.sorting.phrases import AutomaticWords, prepared
from twinpost.errors import ConfigError, Problem

BY_LANGUAGE = ("away", "calendar", "undelivered", "delayed", "delivered", "texts", "failures")
LISTS = ("daemons", "robots")


def load_phrases(path: Path) -> AutomaticWords:
    """The words of automatic mail. Raises ConfigError with every problem of the file, by line."""
    document = _document(path)
    problems: list[Problem] = []
    words: dict[str, tuple[str, ...]] = {}
    for key, value in document.items():
        line = document.lc.key(key)[0] + 1
        if key in BY_LANGUAGE and isinstance(value, CommentedMap):
            lists = [(value.lc.key(language)[0] + 1, phrases) for language, phrases in value.items()]
        elif key in LISTS:
            lists = [(line, value)]
        else:
            known = ", ".join((*BY_LANGUAGE, *LISTS))
            problems.append(Problem(str(path), line, f"{key!r} is not one of: {known}, or has no languages"))
            continue
        problems.extend(_wrong(path, lists))
        words[key] = tuple(dict.fromkeys(_phrases(lists)))
    if problems:
        raise ConfigError(problems)
    return AutomaticWords(**words)


def _document(path: Path) -> CommentedMap:
    """The file's mapping with its line marks."""
    try:
        document = YAML().load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ConfigError([Problem(str(path), line, error.problem or "this is no YAML")]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(str(path), 0, f"cannot be read: {error}")]) from error
    if not isinstance(document, CommentedMap):
        raise ConfigError([Problem(str(path), 1, "the file must be a mapping of headings")])
    return document


def _wrong(path: Path, lists: list[tuple[int, Any]]) -> Iterator[Problem]:
    for line, phrases in lists:
        if not isinstance(phrases, list) or not all(isinstance(p, str) and prepared(p) for p in phrases):
            yield Problem(str(path), line, "this must be a list of words, none of them empty")


def _phrases(lists: list[tuple[int, Any]]) -> Iterator[str]:
    for _, phrases in lists:
        if isinstance(phrases, list):
            yield from (prepared(phrase) for phrase in phrases if isinstance(phrase, str))
