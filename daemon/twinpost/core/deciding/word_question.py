"""The question that a word needs before it counts: which letter, by when, or was it her."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from twinpost.core.deciding.case import letter_names, where_for
from twinpost.core.model.kind import Choice
from twinpost.core.model.mail import Kept
from twinpost.core.model.notice import WordQuestion
from twinpost.core.model.people import Exchange, Person
from twinpost.core.model.saying import Word

ME = "Yes, it was me"
"""The choice that proves a word."""


def word_question(
    choices: Sequence[Choice], exchange: Exchange, subject: str, kept: Kept, to: Person, again: int = 1
) -> WordQuestion:
    """The mail that asks for one of `choices`, the last of which is "no"; `kept` said the word."""
    meant = choices[:-1]
    first = meant[0]
    letter = first.letter if len(meant) == 1 else None
    return WordQuestion(
        why=missing(choices),
        word=first.words,
        exchange=exchange.title,
        subject=subject,
        arrived_at=kept.arrived_at,
        where=where_for(to, exchange),
        letter=letter_names(letter, exchange) if letter else None,
        until=date.fromisoformat(first.until) if first.until else None,
        choices=tuple(choice.text for choice in meant) if len(meant) > 1 else (),
        again=again,
    )


def missing(choices: Sequence[Choice]) -> str:
    """What is asked: "which" of several, the "day" of a promise, yes to the "date" of others, or "proof"."""
    if len(choices) > 2:
        return "which"
    if choices[0].words == Word.AGREE and choices[0].text != ME:
        return "date"
    return "day" if choices[0].words == Word.LATER and not choices[0].until else "proof"
