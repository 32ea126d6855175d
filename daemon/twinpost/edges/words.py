"""Loads the words of subjects, answers and orders: one file per language in a folder each.

The admin's own folder lies over the shipped one, file by file: of each name the first file counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from twinpost.core.reading.answer_words import ANSWER_KEYS, AnswerWords, answer_words
from twinpost.core.reading.orders import ORDERS, OrderWords, order_words
from twinpost.core.reading.vocabulary import ENDING_KEYS, NUMBER_KEYS, PLAIN_KEYS, vocabulary
from twinpost.core.reading.words import Vocabulary, listed
from twinpost.edges.marked import Marked, load_yaml
from twinpost.errors import ConfigError, Problem

_FIRST = "en"
"""English comes first where two languages say equally much; the others follow by their code."""

_WORDS = frozenset((*PLAIN_KEYS, *NUMBER_KEYS, *ENDING_KEYS))
_NEEDED = ("language", "products", "print")
_PRINT = {"subject": ("{product}", "{numbers}", "{from}", "{to}"), "part": ("{k}", "{n}"), "and": ()}
"""The places that each pattern of `print` must have."""


def load_vocabulary(*rules: Path) -> Vocabulary:
    """The subject words of all languages under `rules`. Raises ConfigError with every problem, by line."""
    products = load_products(*rules)
    shared = load_yaml(topmost(rules, "subjects/prefixes.yaml"))
    languages = _languages(rules, "subjects")
    problems = list(_wrong_words(shared, frozenset({"reply", "forward", "gateway"})))
    for file in languages.values():
        problems += _wrong_language(file, products)
    _refuse(problems)
    return vocabulary(products, {code: file.data for code, file in languages.items()}, shared.data)


def load_products(*rules: Path) -> tuple[str, ...]:
    """The keys of what classes send each other. Raises ConfigError with every problem, by line."""
    file = load_yaml(topmost(rules, "products.yaml"))
    _refuse(list(_wrong_words(file, frozenset({"products"}))))
    return tuple(listed(file.data.get("products", "")))


def load_answers(*rules: Path) -> AnswerWords:
    """The words of answers in all languages. Raises ConfigError with every problem, by line."""
    return answer_words(_plain_languages(rules, "answers", frozenset(ANSWER_KEYS)))


def load_orders(*rules: Path) -> OrderWords:
    """The words of orders in all languages. Raises ConfigError with every problem, by line."""
    return order_words(_plain_languages(rules, "orders", frozenset((*ORDERS, "courtesy"))))


def topmost(folders: Sequence[Path], name: str) -> Path:
    """The first file of this name; where there is none, the place in the last folder, to be complained of."""
    return next((path for folder in folders if (path := folder / name).is_file()), folders[-1] / name)


def _languages(folders: Sequence[Path], kind: str) -> dict[str, Marked]:
    """The language files of a kind by code, in order of preference."""
    paths = {path.stem: path for folder in reversed(folders) for path in (folder / kind).glob("*.yaml")}
    paths.pop("prefixes", None)
    if not paths:
        raise ConfigError([Problem(str(folders[-1] / kind), 0, "there is no language file here (en.yaml …)")])
    return {code: load_yaml(paths[code]) for code in sorted(paths, key=lambda code: (code != _FIRST, code))}


def _plain_languages(folders: Sequence[Path], kind: str, keys: frozenset[str]) -> dict[str, dict[str, str]]:
    files = _languages(folders, kind)
    _refuse([problem for file in files.values() for problem in _wrong_words(file, keys)])
    return {code: file.data for code, file in files.items()}


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise ConfigError(problems)


def _wrong_words(file: Marked, keys: frozenset[str]) -> Iterator[Problem]:
    """What is wrong in a file of headings, each with a string of words."""
    if not isinstance(file.data, dict):
        yield file.problem((), "the file must hold headings with words behind them")
        return
    yield from _unknown_keys(file, (), file.data, keys)
    for key in keys & file.data.keys():
        yield from _wrong_list(file, (key,), file.data[key])


def _wrong_language(file: Marked, products: tuple[str, ...]) -> Iterator[Problem]:
    if not isinstance(file.data, dict):
        yield file.problem((), "the file must hold headings with words behind them")
        return
    yield from _unknown_keys(file, (), file.data, _WORDS | set(_NEEDED))
    for key in _NEEDED:
        if key not in file.data:
            yield file.problem((), f"`{key}` is missing")
    if file.data.get("language", Path(file.file).stem) != Path(file.file).stem:
        yield file.problem(("language",), "the language is not the one that the file is named after")
    for key in _WORDS & file.data.keys():
        yield from _wrong_list(file, (key,), file.data[key])
    yield from _wrong_products(file, file.data.get("products", {}), products)
    yield from _wrong_print(file, file.data.get("print", {}))


def _wrong_products(file: Marked, named: Any, products: tuple[str, ...]) -> Iterator[Problem]:
    if not isinstance(named, dict):
        yield file.problem(("products",), "this must name each product with its words")
        return
    yield from _unknown_keys(file, ("products",), named, frozenset(products))
    for product in products:
        if product not in named:
            yield file.problem(("products",), f"words for `{product}` are missing")
        else:
            yield from _wrong_list(file, ("products", product), named[product])


def _wrong_print(file: Marked, patterns: Any) -> Iterator[Problem]:
    if not isinstance(patterns, dict):
        yield file.problem(("print",), "this must hold `subject`, `part` and `and`")
        return
    yield from _unknown_keys(file, ("print",), patterns, frozenset(_PRINT))
    for key, places in _PRINT.items():
        pattern = patterns.get(key)
        if not isinstance(pattern, str) or not pattern:
            yield file.problem(("print", key), f"`{key}` is missing")
        elif any(pattern.count(place) != 1 for place in places) or pattern.count("{") != len(places):
            shown = ", ".join(places) or "no braces"
            yield file.problem(("print", key), f"this must hold {shown}, each once, and no other braces")


def _wrong_list(file: Marked, path: tuple[str, ...], words: Any) -> Iterator[Problem]:
    if not isinstance(words, str) or not listed(words):
        yield file.problem(
            path, "this must be words, parted by commas; put it in quotes if it begins with a sign"
        )


def _unknown_keys(
    file: Marked, path: tuple[str, ...], found: dict[str, Any], known: frozenset[str]
) -> Iterator[Problem]:
    for key in found.keys() - known:
        near = get_close_matches(str(key), known, 1)
        hint = f": did you mean `{near[0]}`?" if near else ""
        yield file.problem((*path, key), f"`{key}` is no heading of this file{hint}")
