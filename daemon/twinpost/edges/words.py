"""Loads the words of subjects, answers and orders: one file per language in a folder each.

The admin's own folder lies over the shipped one, file by file: of each name the first file counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from twinpost.core.reading.absences import AbsenceWords, absence_words
from twinpost.core.reading.answer_words import ANSWER_KEYS, AnswerWords, answer_words
from twinpost.core.reading.orders import ORDERS, OrderWords, order_words
from twinpost.core.reading.sayings import SAYING_KEYS, SayingWords, saying_words
from twinpost.core.reading.vocabulary import vocabulary
from twinpost.core.reading.words import Vocabulary, listed
from twinpost.edges.marked import Marked, load_yaml
from twinpost.edges.wrong_words import misread, unnamed_products, wrong_language, wrong_words
from twinpost.errors import ConfigError, Problem

_FIRST = "en"
"""English comes first where two languages say equally much; the others follow by their code."""


def load_vocabulary(*rules: Path) -> Vocabulary:
    """The subject words of all languages under `rules`. Raises ConfigError with every problem, by line."""
    products_file = load_yaml(topmost(rules, "products.yaml"))
    products = load_products(*rules)
    shared = load_yaml(topmost(rules, "subjects/prefixes.yaml"))
    languages = _languages(rules, "subjects")
    problems = list(wrong_words(shared, frozenset({"reply", "forward", "gateway"})))
    for file in languages.values():
        problems += wrong_language(file, products)
    if not problems:
        problems += unnamed_products(products_file, products, list(languages.values()))
    _refuse(problems)
    return vocabulary(products, {code: file.data for code, file in languages.items()}, shared.data)


def refuse_what_does_not_read_back(words: Vocabulary, *rules: Path) -> None:
    """Try how each language writes a subject. Raises ConfigError where that is read as something else."""
    files = _languages(rules, "subjects")
    _refuse([problem for code, file in files.items() for problem in misread(file, words, code)])


def load_products(*rules: Path) -> tuple[str, ...]:
    """The keys of what classes send each other. Raises ConfigError with every problem, by line."""
    file = load_yaml(topmost(rules, "products.yaml"))
    _refuse(list(wrong_words(file, frozenset({"products"}))))
    return tuple(listed(file.data.get("products", "")))


def load_answers(*rules: Path) -> AnswerWords:
    """The words of answers in all languages. Raises ConfigError with every problem, by line."""
    return answer_words(_plain_languages(rules, "answers", frozenset(ANSWER_KEYS)))


def load_orders(*rules: Path) -> OrderWords:
    """The words of orders in all languages. Raises ConfigError with every problem, by line."""
    return order_words(_plain_languages(rules, "orders", frozenset((*ORDERS, "courtesy"))))


def load_sayings(*rules: Path, answers: AnswerWords) -> tuple[SayingWords, AbsenceWords]:
    """The words of what is said to reminders, and of absences. Raises ConfigError with every problem."""
    languages = _plain_languages(rules, "sayings", frozenset(SAYING_KEYS))
    return saying_words(languages, answers), absence_words(languages)


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
    _refuse([problem for file in files.values() for problem in wrong_words(file, keys)])
    return {code: file.data for code, file in files.items()}


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise ConfigError(problems)
