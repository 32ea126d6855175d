"""Where somebody is named: by a whole name in any case, order and spelling of accents, or by an address.

A name of one word is looked for as it is written, and only in names, subjects and file names: "Grace" and
"Will" are words of many texts.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from twinpost.core.model.folding import fold
from twinpost.core.model.mail import Reading

REMOVED = "(removed)"
"""Stands where a name stood."""

SHORTEST = 6
"""Letters of a file's name that tell it from other words: "a.pdf" stands in many texts."""

_BETWEEN = r"[\s._,;+&-]{1,3}"
_BEFORE, _AFTER = r"(?<![^\W_])", r"(?![^\W_])"


@dataclass(frozen=True, slots=True)
class Mentions:
    """Finds people in texts, and takes them out."""

    whole: re.Pattern[str] | None  # names of several words, and addresses, in folded text
    single: re.Pattern[str] | None  # names of one word, as written
    written: re.Pattern[str] | None  # both, as they stand in a text

    def named(self, text: str) -> bool:
        """Whether a whole name or an address stands in it."""
        return bool(self.whole and self.whole.search(_comparable(text)))

    def named_here(self, text: str) -> bool:
        """The same for a name, a subject or the name of a file, where a single word is enough."""
        return self.named(text) or bool(self.single and self.single.search(_composed(text)))

    def without(self, text: str) -> str:
        """The text without them; nothing of it where a spelling cannot be taken out alone."""
        if not self.named_here(text):
            return text
        rest = self.written.sub(REMOVED, _composed(text)) if self.written else text
        return REMOVED if self.named_here(rest) else rest

    def cleaned(self, value: Any) -> Any:
        """JSON data without them, keys included."""
        if isinstance(value, str):
            return self.without(value)
        if isinstance(value, dict):
            return {self.without(key): self.cleaned(own) for key, own in value.items()}
        return [self.cleaned(own) for own in value] if isinstance(value, list) else value

    def in_reading(self, reading: Reading) -> bool:
        """Whether a message names them: in its header, its text, or the names of its files."""
        people = (*reading.from_, *reading.sender, *reading.reply_to, *reading.to, *reading.cc)
        short = [text for one in people for text in (one.name, one.address)]
        short += [reading.subject, *(name for file in reading.files for name in (file.name, *file.inside))]
        long = [reading.text, *reading.links, *(value for _, value in reading.headers)]
        return any(map(self.named_here, short)) or any(map(self.named, long))


def mentions(names: Iterable[str], addresses: Iterable[str], files: Iterable[str] = ()) -> Mentions:
    """Looks for these; `files` are names of files, looked for just so."""
    words = [tuple(_composed(name).replace(",", " ").split()) for name in names]
    several = [variant for name in words if len(name) > 1 for variant in _variants(name)]
    alone = [re.escape(name[0]) for name in words if len(name) == 1]
    mailboxes = [rf"(?<![\w.+-]){re.escape(address.casefold())}(?![\w-])" for address in addresses]
    several += [(name,) for name in dict.fromkeys(files) if len(name) >= SHORTEST]
    folded = [_pattern(tuple(map(fold, name))) for name in several]
    as_written = [_pattern(form) for name in several for form in _escaped(name)]
    bare = [rf"{_BEFORE}(?:{'|'.join(alone)}){_AFTER}"] if alone else []
    return Mentions(
        _compiled([*folded, *mailboxes]),
        _compiled(bare),
        _compiled([f"(?i:{form})" for form in (*as_written, *mailboxes)] + bare),
    )


def _variants(name: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """ "Ana Maria Berg", "Berg Ana Maria", "Ana Berg", "Berg Ana"."""
    ends = (name[0], name[-1])
    return dict.fromkeys((name, (name[-1], *name[:-1]), ends, ends[::-1]))


def _escaped(name: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """As in a text, and as in HTML by either way of writing an apostrophe."""
    hexadecimal = tuple(map(html.escape, name))
    decimal = tuple(word.replace("&#x27;", "&#39;").replace("&quot;", "&#34;") for word in hexadecimal)
    return dict.fromkeys((name, hexadecimal, decimal))


def _pattern(words: Sequence[str]) -> str:
    return _BEFORE + _BETWEEN.join(map(re.escape, words)) + _AFTER


def _compiled(patterns: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns)) if patterns else None


def _comparable(text: str) -> str:
    return fold(html.unescape(text) if "&" in text else text)


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)
