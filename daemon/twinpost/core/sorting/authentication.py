"""What a receiving server says about a sender: Authentication-Results (RFC 8601, 2.2), read strictly.

Whatever does not fit the grammar yields nothing at all: half a verdict is no verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from twinpost.core.model.mailbox import ascii_domain

Token = tuple[str, str]
"""("word" or "quoted", its text), or (";" or "=", the same)."""

SYMBOLS = frozenset(";=")
ENDS_WORD = frozenset('();="')
BARE_KEYS = frozenset({"action", "reason"})
"""Property names without a type: `reason` of the RFC, `action` of Microsoft 365."""


class _OddError(ValueError):
    """The text does not fit the grammar."""


@dataclass(frozen=True, slots=True)
class Result:
    """One method's verdict: `dkim=pass header.d=…`; everything lower-case."""

    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)

    def domain(self, name: str) -> str:
        """The domain, in ASCII, of a property that holds a domain or an address; "" where it is missing."""
        return ascii_domain(self.properties.get(name, "").rpartition("@")[2].strip("<>").rstrip("."))


@dataclass(frozen=True, slots=True)
class Results:
    """One header: who says it, and what. `authserv_id` is "" in Microsoft 365's form, which has none."""

    authserv_id: str
    results: tuple[Result, ...] = ()


def read_results(value: str, *, with_id: bool = True) -> Results | None:
    """The verdicts of one unfolded header value, or None when it does not fit the grammar."""
    try:
        clauses = list(_clauses(list(_tokens(value))))
        authserv_id = _authserv_id(clauses[:1]) if with_id else ""
        stated = clauses[1:] if with_id else clauses
        return Results(authserv_id, tuple(_result(clause) for clause in stated if not _says_none(clause)))
    except _OddError:
        return None


def _tokens(value: str) -> Iterator[Token]:
    at = 0
    while at < len(value):
        char = value[at]
        if char.isspace():
            at += 1
        elif char == "(":
            at = _after_comment(value, at)
        elif char == '"':
            text, at = _quoted(value, at)
            yield "quoted", text
        elif char in SYMBOLS:
            yield char, char
            at += 1
        elif char == ")" or not char.isprintable():
            raise _OddError
        else:
            start = at
            while (
                at < len(value)
                and value[at].isprintable()
                and value[at] not in ENDS_WORD
                and value[at] != " "
            ):
                at += 1
            yield "word", value[start:at].casefold()


def _after_comment(value: str, at: int) -> int:
    """The place behind a comment, which may hold further ones and escaped brackets (RFC 5322, 3.2.2)."""
    depth = 0
    while at < len(value):
        if value[at] == "\\":
            at += 1
        elif value[at] == "(":
            depth += 1
        elif value[at] == ")":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    raise _OddError


def _quoted(value: str, at: int) -> tuple[str, int]:
    text: list[str] = []
    at += 1
    while at < len(value):
        if value[at] == '"':
            return "".join(text).casefold(), at + 1
        if value[at] == "\\":
            at += 1
        text.append(value[at : at + 1])
        at += 1
    raise _OddError


def _clauses(tokens: list[Token]) -> Iterator[list[Token]]:
    """The tokens between semicolons; the empty end that many servers leave is dropped."""
    clause: list[Token] = []
    for token in tokens:
        if token[0] == ";":
            yield clause
            clause = []
        else:
            clause.append(token)
    if clause:
        yield clause


def _authserv_id(clauses: list[list[Token]]) -> str:
    """The server's name, which is the first clause, with an optional version number behind it."""
    clause = clauses[0] if clauses else []
    kinds = [kind for kind, _ in clause]
    if kinds not in (["word"], ["quoted"], ["word", "word"]) or (len(clause) == 2 and clause[1][1] != "1"):
        raise _OddError
    return clause[0][1]


def _says_none(clause: list[Token]) -> bool:
    return clause == [("word", "none")]


def _result(clause: list[Token]) -> Result:
    """method=result, then property=value pairs, each named once."""
    if not clause or len(clause) % 3 or any(clause[at][0] != "=" for at in range(1, len(clause), 3)):
        raise _OddError
    pairs = [_pair(clause[at], clause[at + 2]) for at in range(0, len(clause), 3)]
    (method, result), properties = pairs[0], pairs[1:]
    if len({name for name, _ in properties}) != len(properties):
        raise _OddError
    if any("." not in name and name not in BARE_KEYS for name, _ in properties):
        raise _OddError
    return Result(method.partition("/")[0], result, dict(properties))


def _pair(name: Token, value: Token) -> tuple[str, str]:
    if name[0] != "word" or value[0] not in {"word", "quoted"}:
        raise _OddError
    return name[1], value[1]
