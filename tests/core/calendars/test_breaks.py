from __future__ import annotations

from tests.school_years import AUTUMN, a_calendar, d, entry

from twinpost.core.calendars.breaks import breaks
from twinpost.core.calendars.school import CalendarEntry, DayKind


def told(*entries: CalendarEntry, first: str = "2026-08-01", last: str = "2027-06-30") -> list[str]:
    found = breaks(a_calendar(*entries), d(first), d(last), 3)
    return [f"{off.first} {off.last} {off.name}" for off in found]


def test_a_week_off_is_a_break_with_its_name() -> None:
    assert told(AUTUMN) == ["2026-09-28 2026-10-02 Autumn holiday"]


def test_two_days_off_are_no_break_however_long_the_weekend() -> None:
    assert told(entry("closed", "2026-10-09..2026-10-12", "Bridge days")) == []


def test_closures_around_a_weekend_are_one_break_named_by_the_longest() -> None:
    easter = entry("closed", "2027-03-22..2027-03-26", "Easter holidays")
    assert told(easter, entry("closed", "2027-03-29", "Easter Monday")) == [
        "2027-03-22 2027-03-29 Easter holidays"
    ]


def test_a_break_that_has_begun_is_not_told_as_if_it_began_now() -> None:
    assert told(AUTUMN, first="2026-09-29") == []
    assert told(AUTUMN, first="2026-09-28", last="2026-09-28") == ["2026-09-28 2026-10-02 Autumn holiday"]


def test_exams_are_no_break_and_end_one() -> None:
    assert told(entry("exams", "2026-11-02..2026-11-06")) == []
    assert told(entry("closed", "2026-11-02..2026-11-04"), entry("exams", "2026-11-05..2026-11-06")) == [
        "2026-11-02 2026-11-04 "
    ]


def test_time_between_two_terms_is_a_break_and_time_after_the_last_is_none() -> None:
    terms = entry("term", "2026-08-17..2026-12-18"), entry("term", "2027-01-04..2027-06-18")
    assert told(*terms, last="2027-08-01") == ["2026-12-21 2027-01-01 "]
    calendar = a_calendar(*terms)
    (off,) = breaks(calendar, d("2026-12-01"), d("2026-12-31"), 3)
    assert off.kind is DayKind.BETWEEN_TERMS


def test_a_make_up_day_parts_a_break() -> None:
    parted = told(AUTUMN, entry("open", "2026-09-30"))
    assert parted == []
