"""What a teacher says to a reminder, in a word or a plain sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Word(StrEnum):
    """What can be said. WHY_NOT asks why nothing was written."""

    ARRIVED = "arrived"
    LATER = "later"
    PAUSE = "pause"
    RESUME = "resume"
    AGREE = "agree"  # YES, or another day, where we asked for a new date
    WHY = "why"
    WHY_NOT = "why_not"
    HELP = "help"


ASKING = frozenset({Word.WHY, Word.WHY_NOT, Word.HELP})
"""They change nothing."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What was said; without `word` nothing was.

    `until` is the day that goes with LATER or PAUSE. `unclear`: a day was meant, and it is not certain which.
    `words`: the sentence. `numbers`: the letters that it names.
    """

    word: Word | None = None
    until: date | None = None
    unclear: bool = False
    words: str = ""
    numbers: tuple[int, ...] = ()


NOTHING = Saying()
