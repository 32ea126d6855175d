"""Reading a marked file key by key: every problem is noted with its place, none is raised.

A reader of a value takes what the file holds and gives the value, or raises `Unfit` (what would fit) or
`Odd` (a sentence of its own). What is wrong is noted and replaced, so that the checks that follow see
everything else.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from twinpost.edges.marked import Marked, Path_
from twinpost.errors import Problem

T = TypeVar("T")
Read = Callable[[Any], T]

LONGEST_SHOWN = 40
"""Characters of a wrong value that a problem repeats."""


class Unfit(ValueError):
    """The value is not what the key needs: `expected` finishes the sentence "`port` must be …"."""

    def __init__(self, expected: str, suggestion: str = "") -> None:
        self.expected = expected
        self.suggestion = suggestion
        super().__init__(expected)


class Odd(ValueError):
    """The value has the right form but cannot be right, and this sentence says why."""


def did_you_mean(written: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """The known word that somebody who wrote this may have meant, or ""."""
    by_fold = {word.casefold(): word for word in known}
    asked = written.strip().casefold()
    for candidate in (asked, asked.replace("_", "-"), asked.replace("-", "_")):
        if candidate in by_fold:
            return by_fold[candidate]
    near = difflib.get_close_matches(asked[:LONGEST_SHOWN], by_fold, n=1, cutoff=likeness)
    return by_fold[near[0]] if near else ""


def asking(suggestion: str) -> str:
    """ " (did you mean `tls`?)", or nothing."""
    return f" (did you mean `{suggestion}`?)" if suggestion else ""


def shown(value: Any) -> str:
    """A value as a problem repeats it: short, on one line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "keys of its own"
    text = str(value)
    text = "".join(char if char.isprintable() else "�" for char in text)
    text = text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
    return f'"{text}"' if isinstance(value, str) else text


@dataclass(slots=True)
class Section:
    """One mapping of a file. `finish` names the keys that nobody asked for."""

    marked: Marked
    problems: list[Problem]
    path: Path_ = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    known: list[str] = field(default_factory=list)
    lost: bool = False  # something else stood in its place: that is told, what it lacks need not be

    @classmethod
    def top(cls, marked: Marked, problems: list[Problem]) -> Section:
        """The file itself."""
        section = cls(marked, problems)
        if isinstance(marked.data, dict):
            section.data = marked.data
        else:
            section.lost = True
            section.note("the file must be made of lines `key: value`")
        return section

    def note(self, text: str, *path: str | int) -> None:
        """Note a problem of this section, or of what lies at `path` within it."""
        self.problems.append(self.marked.problem((*self.path, *path), text))

    def name(self, key: str) -> str:
        """The key as a problem names it: `imap.host`, but plain `email` within a list."""
        return ".".join((*map(str, self.path), key)) if all(isinstance(p, str) for p in self.path) else key

    def has(self, key: str) -> bool:
        """Whether the file says anything about this key; an empty value is none."""
        return self.data.get(key) is not None

    def take(self, key: str, read: Read[T], instead: T) -> T:
        """The value of a key that may be missing; `instead` where it is, or is wrong."""
        self.known.append(key)
        return self._read((key,), key, self.data[key], read, instead) if self.has(key) else instead

    def need(self, key: str, read: Read[T], instead: T, what: str) -> T:
        """The value of a key that must be there; `what` says what it is for."""
        if not self.has(key):
            self.known.append(key)
            if not self.lost:
                self.note(f"`{self.name(key)}` is missing: {what}")
            return instead
        return self.take(key, read, instead)

    def several(self, key: str, read: Read[T], what: str) -> tuple[T, ...]:
        """A list of values, the wrong ones left out; one value counts as a list of one."""
        self.known.append(key)
        held = self.data.get(key)
        if held is None:
            return ()
        if isinstance(held, Mapping):
            self.note(f"`{key}` must be a list of {what}, not {shown(held)}", key)
            return ()
        if not isinstance(held, list):
            held, ways = [held], [(key,)]
        else:
            ways = [(key, number) for number in range(len(held))]  # type: ignore[misc]
        missing: Any = object()
        values = [self._read(way, key, value, read, missing) for way, value in zip(ways, held, strict=True)]
        return tuple(value for value in values if value is not missing)

    def section(self, key: str) -> Section:
        """The mapping under a key; an empty one where it is missing or wrong."""
        self.known.append(key)
        held = {} if self.data.get(key) is None else self.data[key]
        if isinstance(held, Mapping):
            return Section(self.marked, self.problems, (*self.path, key), held)
        self.note(f"`{self.name(key)}` must be a section with keys of its own, not {shown(held)}", key)
        return Section(self.marked, self.problems, (*self.path, key), lost=True)

    def sections(self, key: str, what: str) -> list[Section]:
        """The mappings of a list, the wrong ones left out."""
        found = []
        for number, item in self.rows(key, what):
            if isinstance(item, Mapping):
                found.append(Section(self.marked, self.problems, (*self.path, key, number), item))
            else:
                self.note(f"each entry of `{key}` must be {what}, not {shown(item)}", key, number)
        return found

    def rows(self, key: str, what: str) -> list[tuple[int, Any]]:
        """The items of a list, with their positions."""
        self.known.append(key)
        held = self.data.get(key)
        if held is None:
            return []
        if isinstance(held, list):
            return list(enumerate(held))
        self.note(f"`{key}` must be a list, each entry {what}, not {shown(held)}", key)
        return []

    def finish(self, hints: Mapping[str, str] | None = None) -> None:
        """Note every key that was not asked for. `hints` has sentences for keys that people try."""
        for key in self.data:
            if key in self.known:
                continue
            if hints and key in hints:
                self.note(hints[key], key)
                continue
            suggestion = did_you_mean(key, self.known)
            other = asking(suggestion) or f": known here are {', '.join(self.known)}"
            self.note(f"unknown key `{key}`{other}", key)

    def _read(self, way: Path_, key: str, value: Any, read: Read[T], instead: T) -> T:
        try:
            return read(value)
        except Unfit as unfit:
            ask = asking(unfit.suggestion)
            self.note(f"`{self.name(key)}` must be {unfit.expected}, not {shown(value)}{ask}", *way)
        except Odd as odd:
            self.note(f"`{self.name(key)}`: {odd}", *way)
        return instead
