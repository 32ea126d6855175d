from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinpost.core.model.rule import Offset, Rhythm, Unit
from twinpost.core.rules.parse import WrongWording, is_rhythm, offset, rhythm


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2 school days", Offset(2, Unit.SCHOOL_DAYS)),
        ("1 school day", Offset(1, Unit.SCHOOL_DAYS)),
        ("a week", Offset(1, Unit.WEEKS)),
        ("an hour", Offset(1, Unit.HOURS)),
        ("one day", Offset(1, Unit.DAYS)),
        ("0 days", Offset(0, Unit.DAYS)),
        ("  90   Minutes ", Offset(90, Unit.MINUTES)),
    ],
)
def test_a_length_of_time_is_read(text: str, meant: Offset) -> None:
    assert offset(text) == meant


@pytest.mark.parametrize("unit", Unit)
def test_every_unit_has_its_singular_and_its_plural(unit: Unit) -> None:
    assert offset(f"2 {unit}") == Offset(2, unit)
    assert offset(f"1 {unit.removesuffix('s')}") == Offset(1, unit)


@pytest.mark.parametrize("text", ["", "2", "days", "2days", "2 5 days", "-2 days", "1.5 days", "² days"])
def test_what_is_no_length_is_told_how_one_is_written(text: str) -> None:
    with pytest.raises(WrongWording, match="write a number and a unit"):
        offset(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("every week", Rhythm(0)),
        ("every month", Rhythm(0, monthly=True)),
        ("every month 8:00", Rhythm(0, monthly=True, at=time(8))),
        ("every monday 07:30", Rhythm(0, at=time(7, 30))),
        ("Every Fri", Rhythm(4)),
        ("every first tuesday", Rhythm(1, monthly=True)),
        ("every 3rd tuesday of the month 14:30", Rhythm(1, monthly=True, week=3, at=time(14, 30))),
        ("every last friday", Rhythm(4, monthly=True, week=-1)),
    ],
)
def test_a_rhythm_is_read(text: str, meant: Rhythm) -> None:
    assert is_rhythm(text)
    assert rhythm(text) == meant


@pytest.mark.parametrize(
    "text", ["every", "every 07:30", "every fifth monday", "every monday 25:00", "every monday tuesday"]
)
def test_what_is_no_rhythm_is_told_how_one_is_written(text: str) -> None:
    with pytest.raises(WrongWording, match="write `every monday`"):
        rhythm(text)


def test_nothing_comes_every_day() -> None:
    with pytest.raises(WrongWording, match="more often than once a week"):
        rhythm("every day")


@given(st.text(max_size=40), st.sampled_from(["", "every ", "2 ", "every last "]))
def test_whatever_is_written_is_read_or_refused_with_a_sentence(text: str, before: str) -> None:
    for read in (offset, rhythm):
        try:
            read(before + text)  # type: ignore[operator]
        except WrongWording as wrong:
            sentence = str(wrong)
            assert sentence
