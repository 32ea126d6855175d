"""Orders: a single word in the subject or in the first line, never part of an ordinary sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twinpost.core.reading.tokens import Token, clean, tokens_of, words_of
from twinpost.core.reading.words import listed

ORDERS = (
    "STATUS",
    "LOG",
    "HOLIDAYS",
    "MEETING",
    "ARRIVED",
    "WHY",
    "HELP",
    "PAUSE",
    "RESUME",
    "LATER",
    "PAIRS",
    "START",
    "HANDOVER",
    "PARTNER",
    "BOARD",
    "BOOK",
    "REFLECT",
    "AWAY",
    "EXAMS",
    "AGREE",
    "TIME",
)

_CHANGE = frozenset({"ARRIVED", "LATER", "PAUSE", "RESUME"})
_ARGUMENTS = 5  # words behind an order: a code, a class, a date

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderWords:
    """The words of orders in all languages: folded phrase to order; and polite words around them."""

    orders: Mapping[Words, str]
    courtesy: frozenset[str]


def order_words(languages: Mapping[str, Mapping[str, str]]) -> OrderWords:
    """The words of all languages in one value; the first language that owns a word decides. The data has
    one entry per order, and `courtesy`; the loader has checked it."""
    orders: dict[Words, str] = {}
    courtesy: set[str] = set()
    for data in languages.values():
        courtesy.update(word for phrase in listed(data.get("courtesy", "")) for word in words_of(phrase))
        for order in ORDERS:
            for phrase in listed(data.get(order, "")):
                orders.setdefault(words_of(phrase), order)
    return OrderWords(orders, frozenset(courtesy))


def read_order(subject: str, written: str, words: OrderWords, *, of_letter: bool = False) -> str:
    """The order in a subject without prefixes, else in the first written line; "" where there is none.
    Under a subject that speaks of a letter (`of_letter`) a line is one only in capitals: it may be the
    reason why "letter 2 is late": "Exams." What would change something is a question with its mark: "Pause?"

    An order stands alone, with at most "please" about it. Words may follow it where it is written in
    capitals and they are not ("LATER 12 October"), or where one is a code ("status oslo-lyon", "log 7B").
    """
    first_line = next((line for line in written[:4000].splitlines() if line.strip()), "")
    counts = first_line.isupper() or not of_letter
    return _order(subject, words) or (_order(first_line, words) if counts else "")


def _order(text: str, words: OrderWords) -> str:
    line = clean(text)
    tokens = [token for token in tokens_of(line) if token.is_word or token.is_number]
    while tokens and tokens[0].folded in words.courtesy:
        tokens = tokens[1:]
    while tokens and tokens[-1].folded in words.courtesy:
        tokens = tokens[:-1]
    for length in range(min(4, len(tokens)), 0, -1):
        order = words.orders.get(tuple(token.folded for token in tokens[:length]), "")
        if order:
            if order in _CHANGE and line.endswith("?"):
                return ""
            return order if _may_follow(tokens[:length], tokens[length:], line) else ""
    return ""


def _may_follow(order: list[Token], rest: list[Token], line: str) -> bool:
    """Whether the words behind an order are its arguments and not a sentence that begins alike."""
    if not rest:
        return True
    if len(rest) > _ARGUMENTS or rest[0].glued:
        return False  # "time-out"
    shouted = all(token.text.isupper() for token in order) and not all(token.text.isupper() for token in rest)
    return shouted or _is_code(line[rest[0].start :].strip(" .!?"))


def _is_code(argument: str) -> bool:
    """Whether an argument is one word that no sentence has: "oslo-lyon", "7B"."""
    word = argument.replace("-", "")
    mixed = any(char.isdecimal() for char in word) and not word.isdecimal()
    return word.isalnum() and (mixed or "-" in argument)
