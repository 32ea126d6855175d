"""What a class does on a day."""

from __future__ import annotations

from datetime import date, time

import pytest
from tests.school_years import AUTUMN, a_calendar, d, entry, feed

from twinpost.core.calendars.school import Closure, DayKind, SchoolCalendar, known_until

SATURDAY_SCHOOL = entry("open", "2026-10-03", "Saturday school")


def kinds(calendar: SchoolCalendar, *days: str) -> list[str]:
    return [calendar.on(d(day)).kind.value for day in days]


def test_a_class_teaches_on_its_weekdays() -> None:
    assert kinds(a_calendar(), "2026-10-09", "2026-10-10") == ["school", "weekend"]
    assert kinds(a_calendar(school_days=[6, 0, 1, 2, 3]), "2026-10-09", "2026-10-11") == ["weekend", "school"]


@pytest.mark.parametrize(
    ("entries", "then"),
    [
        ((AUTUMN, entry("open", "2026-09-30")), "school"),
        ((entry("open", "2026-09-30"), AUTUMN), "closed"),
        ((AUTUMN, entry("open", "2026-09-28..2026-10-02"), entry("closed", "2026-09-30")), "closed"),
        ((feed("holidays", ("2026-09-30", "Michael")), entry("open", "2026-09-30")), "school"),
    ],
)
def test_the_entry_made_last_wins(entries: tuple[object, ...], then: str) -> None:
    assert kinds(a_calendar(*entries), "2026-09-30") == [then]  # type: ignore[arg-type]


def test_a_make_up_day_is_a_school_day_on_a_weekend() -> None:
    calendar = a_calendar(SATURDAY_SCHOOL)
    assert calendar.counts(d("2026-10-03"))
    assert calendar.on(d("2026-10-03")).entry == SATURDAY_SCHOOL


def test_of_several_closures_the_longest_gives_its_name() -> None:
    holidays = feed("holidays", ("2026-04-03", "Good Friday"), ("2026-04-06", "Easter Monday"))
    for entries in (
        (holidays, entry("closed", "2026-03-28..2026-04-06", "Easter holidays")),
        (entry("closed", "2026-03-28..2026-04-06", "Easter holidays"), holidays),
    ):
        day = a_calendar(*entries).on(d("2026-04-03"))
        assert day.closure == Closure(d("2026-03-28"), d("2026-04-06"), "Easter holidays")


def test_a_closure_before_a_make_up_day_names_nothing() -> None:
    calendar = a_calendar(AUTUMN, entry("open", "2026-09-30"), entry("closed", "2026-09-30", "Strike"))
    assert calendar.on(d("2026-09-30")).closure == Closure(d("2026-09-30"), d("2026-09-30"), "Strike")


def test_exams_are_school_days_on_which_no_letter_counts() -> None:
    calendar = a_calendar(entry("exams", "2027-05-10..2027-05-21", "Exams"))
    assert calendar.is_school_day(d("2027-05-11"))
    assert not calendar.counts(d("2027-05-11"))


def test_exams_open_neither_a_weekend_nor_a_holiday() -> None:
    holidays = feed("holidays", ("2027-05-17", "Constitution Day"))
    calendar = a_calendar(holidays, entry("exams", "2027-05-10..2027-05-21", "Exams"))
    assert kinds(calendar, "2027-05-14", "2027-05-15", "2027-05-17") == ["exams", "weekend", "closed"]


def test_days_outside_every_term_are_closed_unless_opened() -> None:
    calendar = a_calendar(
        entry("term", "2026-08-17..2026-12-18"),
        entry("term", "2027-01-04..2027-06-18"),
        entry("open", "2026-12-21"),
    )
    assert kinds(calendar, "2026-08-17", "2026-12-18", "2026-12-21", "2026-12-22", "2027-06-21") == [
        "school", "school", "school", "between terms", "between terms",
    ]  # fmt: skip


def test_a_term_opens_no_holiday_whatever_the_order() -> None:
    term = entry("term", "2026-08-17..2026-12-18")
    assert kinds(a_calendar(AUTUMN, term), "2026-09-30") == ["closed"]
    assert kinds(a_calendar(term, AUTUMN), "2026-09-30") == ["closed"]


def test_half_days_have_their_own_hours_and_a_make_up_day_those_of_the_longest() -> None:
    half = (time(8, 15), time(12))
    whole = (time(8, 15), time(14))
    calendar = SchoolCalendar.at("Europe/Oslo", range(5), None, [(0, whole), (2, half)])
    assert calendar.hours(d("2026-10-07")) == half
    assert calendar.hours(d("2026-10-10")) == whole
    assert a_calendar().hours(d("2026-10-07")) == (time(8), time(15))


def test_a_class_without_any_school_day_ahead_has_no_next_one() -> None:
    assert a_calendar(entry("term", "2026-08-17..2026-12-18")).next_school_day(d("2026-12-18")) is None
    assert a_calendar(AUTUMN).next_school_day(d("2026-09-25")) == date(2026, 10, 5)


@pytest.mark.parametrize(
    ("entries", "until"),
    [
        ((), None),
        ((feed("holidays", ("2026-12-25", "Christmas Day")),), None),
        ((SATURDAY_SCHOOL,), None),
        ((feed("file"),), None),
        ((AUTUMN,), "2027-04-02"),
        ((feed("school_holidays", ("2026-12-19..2027-01-03", "Christmas")),), "2027-07-04"),
        ((entry("exams", "2027-05-10..2027-05-21"),), "2027-11-19"),
        ((entry("term", "2026-08-17..2027-06-18"), entry("closed", "2027-12-20..2028-01-02")), "2027-06-18"),
    ],
)
def test_a_calendar_is_known_to_the_end_of_its_terms_or_half_a_year_behind_its_last_closure(
    entries: tuple[object, ...], until: str | None
) -> None:
    assert known_until(a_calendar(*entries)) == (until and d(until))  # type: ignore[arg-type]


def test_every_kind_of_day_says_whether_there_are_lessons() -> None:
    calendar = a_calendar(AUTUMN, entry("exams", "2026-10-05"), entry("term", "2026-08-17..2026-12-18"))
    days = ("2026-09-21", "2026-10-05", "2026-09-30", "2026-12-21", "2026-09-26")
    assert [calendar.on(d(day)).kind for day in days] == list(DayKind)
    assert [calendar.is_school_day(d(day)) for day in days] == [True, True, False, False, False]
