from __future__ import annotations

from datetime import date

import pytest

from twinpost.core.calendars.counted import Counted, LeftOut
from twinpost.core.calendars.school import DayKind
from twinpost.core.model.rule import Event, Offset, Rule, Unit
from twinpost.core.rules.parse import rhythm
from twinpost.core.rules.worded import worded_count, worded_event, worded_offset


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


def test_how_a_day_was_counted_is_said_with_what_was_left_out() -> None:
    start, day = date(2026, 10, 9), date(2026, 10, 13)
    assert worded_count(Counted(start, 2, "school days", day)) == "2 school days after 2026-10-09"
    off = (
        LeftOut("Easter", date(2027, 3, 22), date(2027, 3, 29)),
        LeftOut("", date(2027, 5, 3), date(2027, 5, 4), kind=DayKind.EXAMS),
    )
    assert worded_count(Counted(start, -1, "school days", day, (1,), off)) == (
        "1 school day before 2026-10-09; "
        "left out: Easter 2027-03-22..2027-03-29, exams 2027-05-03..2027-05-04"
    )
