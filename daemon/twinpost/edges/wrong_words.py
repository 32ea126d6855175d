"""What is wrong in a file of words, each problem with its line and the remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from twinpost.core.model.subject import ClassNames
from twinpost.core.reading.subject import print_subject, read_subject
from twinpost.core.reading.tokens import fold
from twinpost.core.reading.vocabulary import ENDING_KEYS, NUMBER_KEYS, PLAIN_KEYS
from twinpost.core.reading.words import Vocabulary, listed
from twinpost.edges.marked import Marked
from twinpost.errors import Problem

_WORDS = frozenset((*PLAIN_KEYS, *NUMBER_KEYS, *ENDING_KEYS))
_NEEDED = ("language", "products", "print")
_PRINT = {"subject": ("{product}", "{numbers}", "{from}", "{to}"), "part": ("{k}", "{n}"), "and": ()}
"""The places that each pattern of `print` must have."""

_ENDINGS = frozenset(ENDING_KEYS) - {"suffixes"}
_CLASSES = (ClassNames(1, 1, ("7B Oslo",)), ClassNames(2, 1, ("CM2 Lyon",)))
"""A try at reading back what a language prints."""


def wrong_words(file: Marked, keys: frozenset[str]) -> Iterator[Problem]:
    """What is wrong in a file of headings, each with a string of words."""
    if not isinstance(file.data, dict):
        yield file.problem((), "the file must hold headings with words behind them")
        return
    yield from _unknown_keys(file, (), file.data, keys)
    for key in keys & file.data.keys():
        yield from _wrong_list(file, (key,), file.data[key])


def wrong_language(file: Marked, products: tuple[str, ...]) -> Iterator[Problem]:
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
    yield from _wrong_endings(file)
    yield from _two_meanings(file)
    yield from _wrong_products(file, file.data.get("products", {}), products)
    yield from _wrong_print(file, file.data.get("print", {}))


def _wrong_endings(file: Marked) -> Iterator[Problem]:
    for key in _ENDINGS & file.data.keys():
        for entry in listed(str(file.data[key])):
            if entry.count(">") > 1 or " " in entry or entry == ">":
                yield file.problem(
                    (key,),
                    f"`{entry}` is no ending: `dan` is added to a name, `o>a` takes the place of its end",
                )


def _two_meanings(file: Marked) -> Iterator[Problem]:
    """Words that would say two things which exclude each other, after a slip in copying."""
    for one, other in (("from", "to"), ("from_after", "to_after"), ("from_endings", "to_endings")):
        both = _folded(file.data.get(one)) & _folded(file.data.get(other))
        for word in sorted(both):
            yield file.problem((other,), f"`{word}` stands under `{one}`, too: a word can say one of them")
    named = file.data.get("products", {})
    owners: dict[str, str] = {}
    for product, words in named.items() if isinstance(named, dict) else ():
        for word in sorted(_folded(words)):
            if owners.setdefault(word, product) != product:
                text = f"`{word}` stands under `{owners[word]}`, too: a word can name one product"
                yield file.problem(("products", product), text)


def _folded(words: Any) -> set[str]:
    return {fold(word) for word in listed(words)} if isinstance(words, str) else set()


def _wrong_products(file: Marked, named: Any, products: tuple[str, ...]) -> Iterator[Problem]:
    """Not every language needs words for every product: those of another language are understood."""
    if not isinstance(named, dict):
        yield file.problem(("products",), "this must name each product with its words")
        return
    yield from _unknown_keys(file, ("products",), named, frozenset(products))
    for product in named.keys() & set(products):
        yield from _wrong_list(file, ("products", product), named[product])


def unnamed_products(
    file: Marked, products: tuple[str, ...], languages: Sequence[Marked]
) -> Iterator[Problem]:
    """The products of the list that no language has a word for."""
    for product in products:
        if not any(product in language.data["products"] for language in languages):
            text = f"no language has words for `{product}`: add some under `products` in subjects/en.yaml"
            yield file.problem(("products",), text)


def misread(file: Marked, words: Vocabulary, code: str) -> Iterator[Problem]:
    """Subjects that are not read as this language writes them, each form once."""
    language = words.language(code)
    for product in language.pattern.names:
        for numbers, part in (((1,), None), ((2, 4), (2, 3))):
            written = print_subject(product, numbers, "7B Oslo", ["CM2 Lyon"], part, language)
            read = read_subject(written, _CLASSES, words)
            if (read.product, read.numbers, read.part) != (product, numbers, part) or not read.exact:
                text = f"a subject that is written so is not read back as the same letter: {written}"
                yield file.problem(("print", "part" if read.part != part else "subject"), text)
                return


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
