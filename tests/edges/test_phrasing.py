"""How a counted day is explained."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from twinpost.core.calendars.school import DayKind
from twinpost.core.model.notice import CountedDays, DaysOff
from twinpost.edges.phrasing import Phrasing

WORDS = Path(__file__).parents[2] / "templates" / "en" / "words.yaml"
ENGLISH = Phrasing(YAML(typ="safe", pure=True).load(WORDS))
START, DAY = date(2026, 3, 25), date(2026, 4, 16)
EASTER = DaysOff("Easter holidays", date(2026, 3, 28), date(2026, 4, 6))
ONE_DAY = DaysOff("Ascension Day", date(2026, 5, 14), date(2026, 5, 14))


def said(count: int, *whose: str, unit: str = "school days", left_out: tuple[DaysOff, ...] = ()) -> str:
    return ENGLISH.counted(CountedDays(START, count, unit, DAY, whose, left_out), START)


@pytest.mark.parametrize(
    ("counted", "sentence"),
    [
        (said(10, ""), "10 of your school days after Wednesday 25 March"),
        (said(-5, ""), "5 of your school days before Wednesday 25 March"),
        (said(2, "7B Oslo"), "2 of the school days of 7B Oslo after Wednesday 25 March"),
        (said(1, "", "7B Oslo"), "1 day on which both classes have school after Wednesday 25 March"),
        (said(3, "", "b", "c"), "3 days on which all classes have school after Wednesday 25 March"),
        (said(1, unit="days"), "1 day after Wednesday 25 March"),
        (said(-3, unit="weeks"), "3 weeks before Wednesday 25 March"),
        (said(-2, unit="hours"), "2 hours before Wednesday 25 March"),
    ],
)
def test_a_day_is_counted_on_somebodys_school_days_or_on_the_calendar(counted: str, sentence: str) -> None:
    assert counted == sentence


def test_the_holidays_that_were_left_out_are_named_with_their_days() -> None:
    assert said(10, "", left_out=(EASTER,)) == (
        "10 of your school days after Wednesday 25 March; your Easter holidays, 28 March to 6 April, left out"
    )


def test_a_single_day_is_nobodys_own() -> None:
    assert said(10, "", left_out=(ONE_DAY,)).endswith("; Ascension Day, 14 May, left out")


def test_with_two_classes_it_is_said_whose_holidays_they_are() -> None:
    theirs = DaysOff("Påske", date(2026, 3, 30), date(2026, 4, 3), "7B Oslo")
    assert said(4, "", "7B Oslo", left_out=(EASTER, theirs)).endswith(
        "; your Easter holidays, 28 March to 6 April; Påske (7B Oslo), 30 March to 3 April, left out"
    )
    assert "; Påske, 30 March to 3 April, left out" in said(4, "7B Oslo", left_out=(theirs,))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (DayKind.CLOSED, "your days without school"),
        (DayKind.EXAMS, "your exams"),
        (DayKind.BETWEEN_TERMS, "your time between terms"),
    ],
)
def test_days_without_a_name_are_called_what_they_are(kind: DayKind, name: str) -> None:
    unnamed = DaysOff("", EASTER.first, EASTER.last, kind=kind)
    assert f"; {name}, 28 March to 6 April, left out" in said(1, "", left_out=(unnamed,))
