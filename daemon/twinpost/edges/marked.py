"""Files that admins write, as plain data with the place of every key: YAML 1.2 and TOML.

What comes out is made of dicts, lists, text, whole numbers, fractions, truth values, None and (TOML
only) dates. Everything that could surprise is refused: aliases, anchors, tags, several documents, keys
written twice, files above a size.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from twinpost.errors import ConfigError, Problem

if TYPE_CHECKING:
    from ruamel.yaml.events import Event, ScalarEvent

LARGEST_FILE = 2_000_000
"""Octets; a file of 10,000 pupils has half of that."""

DEEPEST = 12
"""Levels of lists within lists; the exchange file has five."""

Path_ = tuple[str | int, ...]
"""The way to a value: keys and positions from the top."""


@dataclass(frozen=True, slots=True)
class Marked:
    """The content of a file. `marks` leads from the way of a key or an item to its (line, column)."""

    file: str
    data: Any
    marks: dict[Path_, tuple[int, int]] = field(default_factory=dict)

    def problem(self, path: Path_, text: str) -> Problem:
        """A problem at the nearest place that is known."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.marks:
                line, column = self.marks[path[:length]]
                return Problem(self.file, line, text, column)
        return Problem(self.file, 1, text, 1)


def load_yaml(path: Path) -> Marked:
    """The file's content. Raises ConfigError with every problem that keeps it from being read."""
    return read_yaml(read_text(path), str(path))


def load_toml(path: Path) -> Marked:
    """The file's content. Raises ConfigError."""
    return read_toml(read_text(path), str(path))


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, with or without a byte order mark. Raises ConfigError with the remedy."""
    octets = read_octets(path)
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        text = "this is not UTF-8: save the file again as UTF-8 in your editor"
        raise ConfigError([Problem(str(path), line, text)]) from error


def read_octets(path: Path) -> bytes:
    """A small file's octets. Raises ConfigError with the remedy."""
    try:
        with path.open("rb") as file:
            octets = file.read(LARGEST_FILE + 1)
    except FileNotFoundError as error:
        raise _whole_file(path, "there is no such file: check the name, or make the file") from error
    except IsADirectoryError as error:
        raise _whole_file(path, "this is a folder: name a file in it") from error
    except PermissionError as error:
        text = "may not be read by this user: check its owner and mode (`ls -l`)"
        raise _whole_file(path, text) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise _whole_file(path, f"cannot be read: {error}") from error
    if len(octets) > LARGEST_FILE:
        raise _whole_file(path, f"is larger than {LARGEST_FILE // 1_000_000} MB: is this the right file?")
    return octets


def _whole_file(path: Path, text: str) -> ConfigError:
    return ConfigError([Problem(str(path), 0, text)])


# -- YAML ----------------------------------------------------------------------------------------

_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_FRACTION = re.compile(r"-?\d{1,9}\.\d{1,9}")


_NOT_FOR_LIBYAML = re.compile("[\t\x85\u2028\u2029]|[|>][-+0-9]*[ ]*\n?[ ]*#")
"""Tabs, line ends of YAML 1.1, and comments where a block begins: YAML 1.2 reads them otherwise."""


def read_yaml(text: str, file: str) -> Marked:
    """YAML 1.2 (YAML 1.1's `NO`, `on` and `18:30` stay text) as plain data. Raises ConfigError."""
    return _read_quickly(text, file) or _read_thoroughly(text, file)


def _read_quickly(text: str, file: str) -> Marked | None:
    """By LibYAML, in a sixtieth of the time: a second of every start. Whatever it refuses or might read
    otherwise is left to the parser of YAML 1.2; what plain words mean is decided here for both.
    """
    import yaml

    if _NOT_FOR_LIBYAML.search(text) or not yaml.__with_libyaml__:
        return None
    reader = _YamlReader(file)
    try:
        events = yaml.parse(text, Loader=yaml.CSafeLoader)
        data = reader.document(cast("Iterable[Event]", events))  # ruamel's grew out of these
    except (yaml.YAMLError, ConfigError):
        return None
    return None if reader.problems else Marked(file, data, reader.marks)


def _read_thoroughly(text: str, file: str) -> Marked:
    from ruamel.yaml import YAML  # 50 ms: only for what has to be read so
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    reader = _YamlReader(file)
    try:
        data = reader.document(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        raise ConfigError([*reader.problems, _syntax(file, error)]) from error
    except YAMLError as error:  # characters that no YAML file may hold
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position) + 1
        sign = "there is a control character that YAML forbids: delete it"
        raise ConfigError([*reader.problems, Problem(file, line, sign)]) from error
    if reader.problems:
        raise ConfigError(reader.problems)
    return Marked(file, data, reader.marks)


_HINTS = (
    ("found character '\\t'", "a tab: indent with blanks"),
    ("mapping values are not allowed", "a `:` where none can be: quote the text, or check the indentation"),
    ("could not find expected ':'", "a key without its `:`"),
    ("did not find expected ',' or '}'", "a `{` without its `}`, or a `,` is missing"),
    ("expected ',' or '}'", "a `{` without its `}`, or a `,` is missing"),
    ("expected ',' or ']'", "a `[` without its `]`, or a `,` is missing"),
    ("did not find expected '-' indicator", "a line that is not indented like the list around it"),
    ("expected <block end>", "a line that is not indented like the lines around it"),
    ("unexpected end of stream", "a quote without its end"),
    ("found undefined alias", "an alias (`*…`): quote the text if it begins with `*`"),
    ("that cannot start any token", "a character that needs quotes around the text"),
    ("did not find expected alphabetic", "a `*` or `&` at the beginning of a text: put it in quotes"),
    ("expected alphabetic or numeric", "a `*` or `&` at the beginning of a text: put it in quotes"),
)


def _syntax(file: str, error: Any) -> Problem:
    said = f"{error.problem or ''} {error.context or ''}".strip()
    hint = next((hint for sign, hint in _HINTS if sign in said), said or "this cannot be read")
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(file, line, f"this is not YAML: {hint}", column)


class _YamlReader:
    """Builds plain data from the parser's events, noting places and refusing what could surprise."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.marks: dict[Path_, tuple[int, int]] = {}

    def document(self, events: Iterable[Event]) -> Any:
        stream = iter(events)
        data: Any = None
        documents = 0
        for event in stream:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    self._refuse(event, "a second document (`---`): write one file for each")
                    return data
                data = self._value(next(stream), stream, ())
        return data

    def _value(self, event: Event, stream: Iterator[Event], path: Path_) -> Any:
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self._refuse(event, "aliases (`*…`) are not understood: write the value out")
        if getattr(event, "anchor", None):
            self._refuse(event, "anchors (`&…`) are not understood: leave it out")
        if getattr(event, "tag", None):
            self._refuse(event, "tags (`!…`) are not understood: put text that begins with `!` in quotes")
        if kind == "ScalarEvent":
            return _scalar(event)  # type: ignore[arg-type]
        if len(path) >= DEEPEST:
            # The rest of the file is no use once this deep: nothing of ours nests so far.
            place = event.start_mark
            text = f"lists within lists, more than {DEEPEST} deep"
            raise ConfigError([*self.problems, Problem(self.file, place.line + 1, text, place.column + 1)])
        return self._list(stream, path) if kind == "SequenceStartEvent" else self._mapping(stream, path)

    def _list(self, stream: Iterator[Event], path: Path_) -> list[Any]:
        values: list[Any] = []
        for event in stream:
            if type(event).__name__ == "SequenceEndEvent":
                break
            here = (*path, len(values))
            self._mark(event, here)
            values.append(self._value(event, stream, here))
        return values

    def _mapping(self, stream: Iterator[Event], path: Path_) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for event in stream:
            if type(event).__name__ == "MappingEndEvent":
                break
            key = self._key(event, stream, path)
            if key in values:
                first = self.marks[(*path, key)][0]
                self._refuse(event, f"`{key}` is written twice: see line {first}")
            else:
                self._mark(event, (*path, key))
            values[key] = self._value(next(stream), stream, (*path, key))
        return values

    def _key(self, event: Event, stream: Iterator[Event], path: Path_) -> str:
        if type(event).__name__ == "ScalarEvent":
            self._value(event, stream, path)
            return str(event.value)  # type: ignore[attr-defined]
        self._refuse(event, "a key must be one word")
        self._value(event, stream, path)
        return ""

    def _mark(self, event: Event, path: Path_) -> None:
        self.marks[path] = (event.start_mark.line + 1, event.start_mark.column + 1)

    def _refuse(self, event: Event, text: str) -> None:
        mark = event.start_mark
        self.problems.append(Problem(self.file, mark.line + 1, text, mark.column + 1))


def _scalar(event: ScalarEvent) -> Any:
    """A plain scalar is a number only when the number prints as it is written: 007 stays text."""
    text: str = event.value
    if event.style == ">":
        return text.replace("\a", "")  # the parser marks with it where a line was folded
    if event.style:
        return text
    if text in _NOTHING:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if len(text) <= 18 and text.lstrip("-").isdecimal() and text.isascii() and str(int(text)) == text:
        return int(text)
    if _FRACTION.fullmatch(text) and str(float(text)) == text:
        return float(text)
    return text


# -- TOML ----------------------------------------------------------------------------------------

_TOML_HINTS = (
    ("Cannot overwrite a value", "this key is written twice"),
    ("Cannot declare", "this section is written twice"),
    ("Cannot mutate immutable", "this section is written twice"),
    (
        "Invalid value",
        'a value that TOML does not know: text needs quotes, as in name = "…"; true and false need none',
    ),
    ("Expected '=' after a key", "a key without its `=`"),
    ("Invalid initial character for a key", "a `[` without its `]`, or a key that needs quotes"),
    ("Invalid statement", "neither a key nor a [section]"),
    ("Expected ']'", "a `[` without its `]`"),
    ("Unclosed array", "a `[` without its `]`"),
    ("Unclosed inline table", "a `{` without its `}`"),
    ("Unterminated string", "a quote without its end"),
    ("Illegal character", "a line break or control character within quotes, or a quote without its end"),
    ("Expected newline or end of document", "something left over after the value: is a quote missing?"),
    ("Unescaped '\\' in a string", "a `\\` within quotes: write `\\\\` or use single quotes"),
    ("Invalid date or datetime", "there is no such day"),
)
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_TOML_LINE = re.compile(
    r"""^\s*(?:(?P<opens>\[\[?)\s*(?P<section>[\w."' -]+?)\s*\]\]?|(?P<key>[\w."'-][\w."' -]*?)\s*=)"""
)


def read_toml(text: str, file: str) -> Marked:
    """TOML 1.0 as plain data. Raises ConfigError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_toml_syntax(text, file, str(error))]) from error
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, nesting without end
        raise ConfigError([Problem(file, 1, f"this is not TOML: {error}")]) from error
    return Marked(file, data, _toml_marks(text))


def _toml_syntax(text: str, file: str, said: str) -> Problem:
    hint = next((hint for sign, hint in _TOML_HINTS if sign in said), said)
    place = _TOML_PLACE.search(said)
    line, column = (int(place[1]), int(place[2])) if place else (text.count("\n") + 1, 1)
    return Problem(file, line, f"this is not TOML: {hint}", column)


def _toml_marks(text: str) -> dict[Path_, tuple[int, int]]:
    """Where each section and each key that begins a line stands. The text is known to be valid."""
    marks: dict[Path_, tuple[int, int]] = {}
    section: Path_ = ()
    depth = 0
    for number, line in enumerate(text.split("\n"), 1):
        found = _TOML_LINE.match(line) if depth == 0 else None
        if found:
            column = len(line) - len(line.lstrip()) + 1
            keys = _toml_keys(found["section"] or found["key"])
            if found["section"]:
                section = keys
            marks.setdefault(keys if found["section"] else (*section, *keys), (number, column))
        if not (found and found["section"]):
            depth += _open_brackets(line)
    return marks


def _toml_keys(written: str) -> Path_:
    return tuple(part.strip().strip("\"'") for part in written.split("."))


def _open_brackets(line: str) -> int:
    """How many more brackets a line opens than it closes, texts and comments left out."""
    bare = re.sub(r'"[^"]*"|\'[^\']*\'', "", line).split("#", 1)[0]
    return bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
