"""IMAP's syntax (RFC 3501, 9): commands into tokens, sets of numbers, search keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from email.parser import BytesHeaderParser
from email.policy import compat32

from twinpost.edges.mailserver.store import Message

Token = str | bytes | list["Token"]  # atom, string, parenthesised list

_TOKEN = re.compile(
    rb'[ ]*(?:(?P<open>\()|(?P<close>\))|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<literal>\{\d+\+?\})\Z'
    rb"|(?P<atom>(?:[^ ()\"{\[\]]|\[[^\]]*\])+))"
)


class BadCommand(Exception):
    """What the client said is no IMAP; the answer is BAD."""


def tokens(pieces: list[bytes]) -> list[Token]:
    """Read a command's arguments. `pieces` alternate between lines and the literals that end them."""
    stack: list[list[Token]] = [[]]
    for line, literal in zip(pieces[::2], [*pieces[1::2], b""], strict=True):
        for found in _scan(line):
            match found.lastgroup:
                case "open":
                    stack.append([])
                case "close":
                    _close(stack)
                case "quoted":
                    stack[-1].append(re.sub(rb"\\(.)", rb"\1", found["quoted"]))
                case "literal":
                    stack[-1].append(literal)
                case _:
                    stack[-1].append(found["atom"].decode("latin-1"))
    if len(stack) != 1:
        raise BadCommand("unbalanced parentheses")
    return stack[0]


def _scan(line: bytes) -> Iterator[re.Match[bytes]]:
    position = 0
    while position < len(line):
        found = _TOKEN.match(line, position)
        if not found:
            raise BadCommand("syntax")
        yield found
        position = found.end()


def _close(stack: list[list[Token]]) -> None:
    if len(stack) < 2:
        raise BadCommand("unbalanced parentheses")
    inner = stack.pop()
    stack[-1].append(inner)


def text(token: Token) -> str:
    """An atom or a string as text."""
    if isinstance(token, list):
        raise BadCommand("a word was expected")
    return token if isinstance(token, str) else token.decode("utf-8", "replace")


def number_set(spec: str, highest: int) -> Callable[[int], bool]:
    """`1,4:6,9:*` as a test. `*` is the highest number in use, and ranges may run backwards."""
    ranges = []
    for part in spec.split(","):
        ends = [highest if end == "*" else _number(end) for end in part.split(":")]
        ranges.append((min(ends), max(ends)))
    return lambda number: any(low <= number <= high for low, high in ranges)


def _number(word: str) -> int:
    if not word.isdecimal():
        raise BadCommand(f"no number: {word}")
    return int(word)


Test = Callable[[int, Message], bool]  # sequence number, message

_FLAG_KEYS = {"SEEN": "\\Seen", "DELETED": "\\Deleted", "FLAGGED": "\\Flagged", "ANSWERED": "\\Answered"}


def search(keys: list[Token], count: int, highest_uid: int) -> Test:
    """One test out of search keys, which are joined by AND (RFC 3501, 6.4.4)."""
    rest = list(keys)
    tests = []
    while rest:
        tests.append(_search_key(rest, count, highest_uid))
    return lambda number, message: all(test(number, message) for test in tests)


def _search_key(rest: list[Token], count: int, highest_uid: int) -> Test:
    if not rest:
        raise BadCommand("a search key is missing")
    key = rest.pop(0)
    if isinstance(key, list):
        return search(key, count, highest_uid)
    word = text(key).upper()
    if word == "NOT":
        denied = _search_key(rest, count, highest_uid)
        return lambda n, m: not denied(n, m)
    if word == "OR":
        one, other = (_search_key(rest, count, highest_uid) for _ in range(2))
        return lambda n, m: one(n, m) or other(n, m)
    if word == "UID":
        chosen = number_set(_argument(rest), highest_uid)
        return lambda _, m: chosen(m.uid)
    if word[0].isdecimal() or word[0] == "*":
        among = number_set(word, count)
        return lambda n, _: among(n)
    return _message_key(word, rest)


def _message_key(word: str, rest: list[Token]) -> Test:
    """The keys that look at one message alone."""
    plain = word.removeprefix("UN")
    if plain in _FLAG_KEYS:
        return _flag_test(_FLAG_KEYS[plain], wanted=plain == word)
    match word:
        case "ALL":
            return lambda _n, _m: True
        case "KEYWORD" | "UNKEYWORD":
            return _flag_test(_argument(rest), wanted=word == "KEYWORD")
        case "HEADER":
            return _header_test(_argument(rest), _argument(rest))
        case "SUBJECT" | "FROM" | "TO" | "CC":
            return _header_test(word, _argument(rest))
        case "LARGER" | "SMALLER":
            size, sign = _number(_argument(rest)), 1 if word == "LARGER" else -1
            return lambda _, m: sign * len(m.octets) > sign * size
        case "SINCE" | "BEFORE" | "ON":
            return _date_test(word, _argument(rest))
    raise BadCommand(f"unknown search key {word}")


def _argument(rest: list[Token]) -> str:
    if not rest:
        raise BadCommand("an argument is missing")
    return text(rest.pop(0))


def _flag_test(flag: str, *, wanted: bool) -> Test:
    return lambda _, m: (flag.lower() in {each.lower() for each in m.flags}) is wanted


def _header_test(name: str, part: str) -> Test:
    parser = BytesHeaderParser(policy=compat32)

    def test(_: int, message: Message) -> bool:
        values = parser.parsebytes(header_block(message.octets)).get_all(name, [])
        return any(part.lower() in str(value).lower() for value in values)

    return test


def _date_test(word: str, written: str) -> Test:
    day = _date(written)
    return {
        "SINCE": lambda _, m: m.arrived_at.date() >= day,
        "BEFORE": lambda _, m: m.arrived_at.date() < day,
        "ON": lambda _, m: m.arrived_at.date() == day,
    }[word]


def _date(written: str) -> date:
    try:
        return datetime.strptime(written, "%d-%b-%Y").date()  # noqa: DTZ007  # a day, not a moment
    except ValueError:
        raise BadCommand(f"no date: {written}") from None


def header_block(octets: bytes) -> bytes:
    """The header with the empty line that ends it."""
    end = octets.find(b"\r\n\r\n")
    return octets if end < 0 else octets[: end + 4]
