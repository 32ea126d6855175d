"""Loads what junk folders are called: rules/junk.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twinpost.core.sorting.junk import JunkNames, plain
from twinpost.edges.marked import Marked, load_yaml
from twinpost.errors import ConfigError, Problem

HEADINGS = ("providers", "languages")


def load_junk_names(path: Path) -> JunkNames:
    """The names in all languages. Raises ConfigError with every problem of the file, by line."""
    file = load_yaml(path)
    problems = list(_wrong(file))
    if problems:
        raise ConfigError(problems)
    lists = [file.data.get("providers", []), *file.data.get("languages", {}).values()]
    return JunkNames(frozenset(plain(name) for names in lists for name in names))


def _wrong(file: Marked) -> Iterator[Problem]:
    if not isinstance(file.data, dict):
        yield file.problem((), f"headings are expected here: {', '.join(HEADINGS)}")
        return
    for heading, value in file.data.items():
        if heading not in HEADINGS:
            yield file.problem((heading,), f"`{heading}` is no heading of this file: {', '.join(HEADINGS)}")
        elif heading == "providers":
            yield from _wrong_names(file, (heading,), value)
        elif not isinstance(value, dict):
            yield file.problem((heading,), "languages are expected here, each with a list of names")
        else:
            for language, names in value.items():
                yield from _wrong_names(file, (heading, language), names)


def _wrong_names(file: Marked, place: tuple[str, ...], names: Any) -> Iterator[Problem]:
    if not isinstance(names, list):
        yield file.problem(place, "a list of names is expected here")
        return
    for index, name in enumerate(names):
        if not isinstance(name, str) or not plain(name):
            yield file.problem((*place, index), "the name of a folder is expected here")
        elif plain(name) == "inbox":
            yield file.problem((*place, index), "the inbox is no junk folder")
