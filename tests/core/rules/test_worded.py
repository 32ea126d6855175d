from __future__ import annotations

import pytest

from twinpost.core.model.rule import Event, Offset, Rule, Unit
from twinpost.core.rules.parse import rhythm
from twinpost.core.rules.worded import worded_event, worded_offset


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (Offset(1, Unit.SCHOOL_DAYS), "1 school day after"),
        (Offset(-2, Unit.DAYS), "2 days before"),
        (Offset(0, Unit.DAYS), "0 days after"),
    ],
)
def test_a_length_is_said_as_it_is_written(offset: Offset, words: str) -> None:
    assert worded_offset(offset) == words


@pytest.mark.parametrize("text", ["every monday", "every first tuesday 14:30", "every last friday 07:05"])
def test_a_rhythm_is_said_as_it_is_written(text: str) -> None:
    assert worded_event(Rule("weekly", Event.EVERY, (), rhythm=rhythm(text))) == text


def test_an_event_is_said_by_its_name() -> None:
    assert worded_event(Rule("late", Event.LETTER_DUE, ())) == "letter.due"
