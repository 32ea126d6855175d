"""Text as it is compared: without case, accents and needless blanks."""

from __future__ import annotations

import unicodedata

LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
"""Letters that Unicode does not take apart, as people type them on a keyboard without them."""


def fold(text: str) -> str:
    """`text` without case, accents, format characters and needless blanks: " École" is "ecole"."""
    if text.isascii():  # as most text is, and then there is nothing to take apart
        return " ".join(text.casefold().split())
    apart = unicodedata.normalize("NFKD", text).casefold()
    kept = (char for char in apart if char.isascii() or unicodedata.category(char) not in {"Mn", "Cf"})
    return " ".join("".join(kept).translate(LETTERS).split())
