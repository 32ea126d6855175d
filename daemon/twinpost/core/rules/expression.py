"""What stands behind `if`: a small language of comparisons, read and typed once, then run as closures.

    or      letter.number >= 2 or letter.product == "video"
    and     letter.number > 1 and mode != "direct"
    not     not letter.product in ["video", "poster"]
    values  whole numbers with + and -, texts in quotes, lists, words of the language

Nothing else exists in it: no calls, no attributes, no way to anything outside of its words. Texts are
compared without regard to capitals.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from twinpost.core.model.rule import Condition
from twinpost.core.rules.language import WORDS, Type, Word
from twinpost.core.rules.tokens import Token, WrongExpression, tokens

LONGEST = 300
"""Characters; what is longer belongs into two rules."""

DEEPEST = 20
"""Brackets, minus signs and `not`s within each other."""

Values = Mapping[str, object]
Run = Callable[[Values], Any]


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece that has been read. `literal` is the value of what is written out."""

    type: Type
    column: int
    run: Run
    literal: Any = None
    word: Word | None = None


def compile_condition(text: str, words: Mapping[str, Word] = WORDS) -> Condition:
    """The condition that `text` states, which may use `words`. Raises WrongExpression.

    `Condition.holds` needs the values of all words of `Condition.words`: whole numbers and texts.
    """
    if len(text) > LONGEST:
        raise WrongExpression(LONGEST + 1, f"{len(text)} characters are too many: {LONGEST} at most")
    reader = _Reader(tokens(text), words)
    whole = reader.whole()
    if not reader.used:
        raise WrongExpression(1, "this is the same for every event: name a word of the event")
    return Condition(text, frozenset(reader.used), lambda values: bool(whole.run(values)))


_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_EQUAL: dict[str, Callable[[Any, Any], bool]] = {"==": operator.eq, "!=": operator.ne}
_COMPARISONS = {*_ORDERED, *_EQUAL, "in", "not"}
_RESERVED = {"and", "or", "not", "in"}
_LISTS = {Type.NUMBER: Type.NUMBERS, Type.TEXT: Type.TEXTS}


class _Reader:
    """Reads tokens from left to right; each method takes what its name says and gives it typed."""

    def __init__(self, found: list[Token], words: Mapping[str, Word]) -> None:
        self._tokens = found
        self._place = 0
        self._depth = 0
        self._words = words
        self.used: set[str] = set()

    def whole(self) -> _Part:
        if self._next.kind == "end":
            raise WrongExpression(1, "there is nothing to compare")
        found = _truth(self._any_of())
        if self._next.kind != "end":
            raise WrongExpression(self._next.column, f"`{self._next.text}` is too much here")
        return found

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self, *texts: str) -> Token | None:
        """The next token, if it is one of these."""
        token = self._next
        if token.kind in ("sign", "word") and token.text in texts:
            self._place += 1
            return token
        return None

    def _any_of(self) -> _Part:
        first = self._all_of()
        parts = [first]
        while self._take("or"):
            parts.append(self._all_of())
        return first if len(parts) == 1 else _joined(parts, any)

    def _all_of(self) -> _Part:
        first = self._negated()
        parts = [first]
        while self._take("and"):
            parts.append(self._negated())
        return first if len(parts) == 1 else _joined(parts, all)

    def _negated(self) -> _Part:
        token = self._take("not")
        if token is None:
            return self._compared()
        inner = self._deeper(self._negated, token)
        run = _truth(inner).run
        return _Part(Type.TRUTH, token.column, lambda values: not run(values))

    def _compared(self) -> _Part:
        """A sum, or sums with comparisons between them: `1 <= letter.number <= 3`."""
        left = first = self._sum()
        tests: list[Run] = []
        while self._next.kind != "text" and self._next.text in _COMPARISONS:
            token = self._next
            self._place += 1
            sign = token.text
            if sign == "not":
                if not self._take("in"):
                    raise WrongExpression(token.column, "`not` stands before a comparison, or as `not in`")
                sign = "not in"
            right = self._sum()
            tests.append(_test(sign, token.column, left, right))
            left = right
        if not tests:
            return first
        return _Part(Type.TRUTH, first.column, lambda values: all(test(values) for test in tests))

    def _sum(self) -> _Part:
        first = self._value()
        terms: list[tuple[int, Run]] = []
        while token := self._take("+", "-"):
            term = self._value()
            for part in (first, term):
                if part.type is not Type.NUMBER:
                    raise WrongExpression(
                        token.column, f"`{token.text}` needs numbers, and this is {part.type}"
                    )
            terms.append((1 if token.text == "+" else -1, term.run))
        if not terms:
            return first
        start = first.run
        return _Part(
            Type.NUMBER, first.column, lambda values: start(values) + sum(f * run(values) for f, run in terms)
        )

    def _value(self) -> _Part:
        token = self._next
        self._place += 1
        if token.kind == "number":
            return self._number(token, token.text)
        if token.kind == "text":
            return _literal(Type.TEXT, token.column, token.text[1:-1])
        if token.kind == "word":
            return self._word(token)
        if token.text == "-":
            run = _number(self._deeper(self._value, token)).run
            return _Part(Type.NUMBER, token.column, lambda values: -run(values))
        if token.text == "(":
            inner = self._deeper(self._any_of, token)
            self._close(")", token)
            return inner
        if token.text == "[":
            return self._list(token)
        what = f"`{token.text}`" if token.text else "the end"
        raise WrongExpression(token.column, f"a value is missing before {what}")

    def _number(self, token: Token, digits: str) -> _Part:
        if not digits.isascii() or len(digits) > 9:
            raise WrongExpression(token.column, "this is no number that a rule could need")
        return _literal(Type.NUMBER, token.column, int(digits))

    def _word(self, token: Token) -> _Part:
        name = token.text
        if name in _RESERVED:
            raise WrongExpression(token.column, f"a value is missing before `{name}`")
        if self._next.text == "(" and self._next.kind == "sign":
            raise WrongExpression(token.column, f"`{name}(…)`: nothing can be called here")
        word = self._words.get(name)
        if word is None:
            raise WrongExpression(token.column, self._unknown(name))
        self.used.add(name)
        if word.type is Type.NUMBER:
            return _Part(word.type, token.column, lambda values: values[name], word=word)
        return _Part(word.type, token.column, lambda values: str(values[name]).casefold(), word=word)

    def _unknown(self, name: str) -> str:
        if name in WORDS:
            return f"`{name}` has no value for this event: it has {', '.join(self._words)}"
        if name.casefold() in ("true", "false", "none", "null"):
            return f"`{name}` is not needed: compare with a number or a text"
        near = get_close_matches(name[:40], self._words, n=1)
        other = f" (did you mean `{near[0]}`?)" if near else f": known here are {', '.join(self._words)}"
        return f"unknown word `{name}`{other}; texts stand in quotes"

    def _list(self, opening: Token) -> _Part:
        items: list[_Part] = []
        while not self._take("]"):
            if items and not self._take(","):
                raise WrongExpression(self._next.column, "a `,` or `]` is missing in the list")
            items.append(self._value())
            if items[-1].literal is None or items[-1].type is not items[0].type:
                raise WrongExpression(
                    items[-1].column, "a list holds numbers, or texts in quotes, and nothing else"
                )
        if not items:
            raise WrongExpression(opening.column, "this list is empty")
        return _literal(_LISTS[items[0].type], opening.column, [item.literal for item in items])

    def _close(self, sign: str, opening: Token) -> None:
        if not self._take(sign):
            raise WrongExpression(opening.column, f"this `{opening.text}` has no `{sign}`")

    def _deeper(self, read: Callable[[], _Part], token: Token) -> _Part:
        self._depth += 1
        if self._depth > DEEPEST:
            raise WrongExpression(token.column, f"more than {DEEPEST} brackets and signs within each other")
        found = read()
        self._depth -= 1
        return found


def _literal(type_: Type, column: int, value: Any) -> _Part:
    folded = _folded(value)
    return _Part(type_, column, lambda _: folded, literal=value)


def _folded(value: Any) -> Any:
    if isinstance(value, list):
        return [_folded(item) for item in value]
    return value.casefold() if isinstance(value, str) else value


def _joined(parts: list[_Part], join: Callable[[Any], bool]) -> _Part:
    runs = [_truth(part).run for part in parts]
    return _Part(Type.TRUTH, parts[0].column, lambda values: join(run(values) for run in runs))


def _truth(part: _Part) -> _Part:
    if part.type is not Type.TRUTH:
        raise WrongExpression(part.column, f"this is {part.type}, and neither true nor false: compare it")
    return part


def _number(part: _Part) -> _Part:
    if part.type is not Type.NUMBER:
        raise WrongExpression(part.column, f"this is {part.type}, where a number is needed")
    return part


def _test(sign: str, column: int, left: _Part, right: _Part) -> Run:
    """One comparison. Raises WrongExpression where it could never make sense."""
    one, other = left.run, right.run
    if sign in ("in", "not in"):
        _require_list(sign, column, left, right)
        wanted = sign == "in"
        return lambda values: (one(values) in other(values)) is wanted
    if left.type is not right.type or left.type not in (Type.NUMBER, Type.TEXT):
        raise WrongExpression(column, f"{left.type} cannot be compared with {right.type}")
    if sign in _ORDERED and left.type is not Type.NUMBER:
        raise WrongExpression(column, f"`{sign}` compares numbers; texts have == and !=")
    for word, said in ((left, right), (right, left)):
        _require_possible(word, [said.literal], said.column)
    compare = (_ORDERED | _EQUAL)[sign]
    return lambda values: compare(one(values), other(values))


def _require_list(sign: str, column: int, left: _Part, right: _Part) -> None:
    if _LISTS.get(left.type) is right.type:
        _require_possible(left, right.literal, right.column)
    elif not left.type is right.type is Type.TEXT:
        raise WrongExpression(
            column,
            f"`{sign}` looks for a value in a list, or for a text in a text, not {left.type} in {right.type}",
        )


def _require_possible(part: _Part, said: list[Any], column: int) -> None:
    """Refuse texts that the word on the other side can never be."""
    known = part.word.values if part.word else ()
    for text in said if known else ():
        if isinstance(text, str) and text.casefold() not in known:
            near = get_close_matches(text.casefold()[:40], known, n=1)
            other = f" (did you mean `{near[0]}`?)" if near else ""
            raise WrongExpression(column, f"it is one of {', '.join(known)}, never `{text}`{other}")
