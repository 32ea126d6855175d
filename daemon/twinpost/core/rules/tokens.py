"""The words and signs of an expression, each with its column."""

from __future__ import annotations

import re
from dataclasses import dataclass


class WrongExpression(ValueError):
    """The sentence says what is wrong; `column` counts the characters of the expression from 1."""

    def __init__(self, column: int, sentence: str) -> None:
        self.column = column
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is number, text, word, sign or end; columns count from 1."""

    kind: str
    text: str
    column: int


_TOKEN = re.compile(
    r"""(?P<number>\d+)|(?P<text>"[^"]*"|'[^']*')|(?P<word>[^\W\d]\w*(?:\.\w+)*)
      |(?P<sign>==|!=|<=|>=|<|>|\(|\)|\[|\]|,|\+|-)""",
    re.VERBOSE,
)
_SIGN_HINTS = {
    "=": "write `==` to compare",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, or `!=` to compare",
    '"': "this quote has no end",
    "'": "this quote has no end",
    ".": "numbers are whole",
}


def tokens(text: str) -> list[Token]:
    """The words and signs of an expression, an end after them. Raises WrongExpression."""
    found: list[Token] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        match = _TOKEN.match(text, place)
        if match is None or (match[0] == ">" and found and found[-1].text == "<"):
            char = text[place]
            shown = char if char.isprintable() else "an invisible character"
            raise WrongExpression(place + 1, f"`{shown}` is not understood: {_hint_of(char)}")
        found.append(Token(str(match.lastgroup), match[0], place + 1))
        place = match.end()
    return [*found, Token("end", "", len(text) + 1)]


def _hint_of(char: str) -> str:
    known = "there are comparisons, `and`, `or`, `not`, `in`, + and -"
    return "write `!=`" if char == ">" else _SIGN_HINTS.get(char, known)
