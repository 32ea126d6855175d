"""Foreign text made harmless: nothing in it can end a line, hide, or turn the reading direction."""

from __future__ import annotations

import re

_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

# Bidi controls, zero-width characters, tags and lone surrogates. The joiners U+200C and U+200D stay:
# Persian words and emoji families are written with them.
_HIDDEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]+"
)


def one_line(text: str, limit: int = 0) -> str:
    """`text` in one line, blanks joined, without control and bidi characters.

    With a `limit` it has at most so many characters, the last an ellipsis where it was cut.
    """
    line = " ".join(_harmless(text).split())
    if not limit or len(line) <= limit:
        return line
    return line[: limit - 1].rstrip() + "…"


def lines(text: str) -> list[str]:
    """The lines of `text`, whatever ends them, each without control and bidi characters."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    return [_harmless(line) for line in joined.split("\n")]


def _harmless(line: str) -> str:
    # Most lines are printable throughout, and to ask that is many times faster than to search them.
    return line if line.isprintable() else _HIDDEN.sub("", _BREAKS.sub(" ", line))
