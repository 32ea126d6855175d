"""School-day arithmetic, compared with counting on one's fingers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.school_years import AUTUMN, EASTER, a_calendar, d, entry, feed

from twinpost.core.calendars.counted import Counted, LeftOut
from twinpost.core.calendars.days import NoSchoolDays, add_school_days, shift
from twinpost.core.calendars.school import CalendarEntry, DayKind, EntryKind, SchoolCalendar
from twinpost.core.model.rule import Offset, Unit


def test_the_holidays_of_a_school_are_left_out_and_told() -> None:
    assert add_school_days([a_calendar(EASTER, school_class=7)], d("2026-03-25"), 10) == Counted(
        d("2026-03-25"),
        10,
        "school days",
        d("2026-04-16"),
        (7,),
        (LeftOut("Easter holidays", d("2026-03-28"), d("2026-04-06"), 7),),
    )


def test_counting_back_leaves_the_same_days_out() -> None:
    counted = add_school_days([a_calendar(EASTER)], d("2026-04-16"), -10)
    assert counted.day == d("2026-03-25")
    assert [out.name for out in counted.left_out] == ["Easter holidays"]


def test_the_day_of_the_event_is_never_counted() -> None:
    assert add_school_days([a_calendar()], d("2026-10-09"), 1).day == d("2026-10-12")
    assert add_school_days([a_calendar()], d("2026-10-12"), -1).day == d("2026-10-09")


def test_no_days_after_a_day_is_the_day_itself_or_the_next_at_school() -> None:
    assert add_school_days([a_calendar()], d("2026-10-09"), 0).day == d("2026-10-09")
    assert add_school_days([a_calendar()], d("2026-10-10"), 0).day == d("2026-10-12")


def test_a_closure_that_lies_on_a_weekend_is_not_worth_a_word() -> None:
    calendar = a_calendar(entry("closed", "2026-10-10..2026-10-11", "Open doors"))
    assert add_school_days([calendar], d("2026-10-09"), 1).left_out == ()


def test_a_day_counts_for_both_only_when_both_are_at_school() -> None:
    oslo = a_calendar(AUTUMN, school_class=1)
    lyon = a_calendar(entry("closed", "2026-10-05", "Fair"), zone="Europe/Paris", school_class=2)
    counted = add_school_days([oslo, lyon], d("2026-09-25"), 1)
    assert (counted.day, counted.whose) == (d("2026-10-06"), (1, 2))
    assert [(out.name, out.school_class) for out in counted.left_out] == [("Autumn holiday", 1), ("Fair", 2)]


def test_schools_of_different_weekends_meet_on_four_days() -> None:
    cairo = a_calendar(school_days=[6, 0, 1, 2, 3], zone="Africa/Cairo")
    counted = add_school_days([a_calendar(), cairo], d("2026-10-01"), 4)
    assert (counted.day, counted.left_out) == (d("2026-10-08"), ())


def test_a_make_up_day_of_one_school_is_no_closure_of_the_other() -> None:
    oslo = a_calendar(entry("open", "2026-10-10", "Saturday school"), school_class=1)
    counted = add_school_days([oslo, a_calendar(school_class=2)], d("2026-10-09"), 1)
    assert (counted.day, counted.left_out) == (d("2026-10-12"), ())


def test_exams_and_the_time_between_terms_are_told_as_what_they_are() -> None:
    terms = entry("term", "2026-08-17..2026-12-18"), entry("term", "2027-01-04..2027-06-18")
    calendar = a_calendar(*terms, entry("exams", "2026-12-16..2026-12-17", "Mock exams"))
    counted = add_school_days([calendar], d("2026-12-15"), 2)
    assert counted.day == d("2027-01-04")
    assert [(out.kind, out.first, out.last) for out in counted.left_out] == [
        (DayKind.EXAMS, d("2026-12-16"), d("2026-12-17")),
        (DayKind.BETWEEN_TERMS, d("2026-12-21"), d("2027-01-01")),
    ]


def test_single_holidays_are_told_one_by_one() -> None:
    holidays = feed("holidays", ("2027-03-25", "Maundy Thursday"), ("2027-03-26", "Good Friday"))
    counted = add_school_days([a_calendar(holidays)], d("2027-03-24"), 1)
    assert [out.name for out in counted.left_out] == ["Maundy Thursday", "Good Friday"]


@pytest.mark.parametrize("count", [1, -1, 0])
def test_a_class_that_never_has_school_is_an_error_that_can_be_caught(count: int) -> None:
    never = a_calendar(entry("closed", "2020-01-01..2035-01-01"))
    with pytest.raises(NoSchoolDays):
        add_school_days([never], d("2026-10-09"), count)
    with pytest.raises(NoSchoolDays):
        add_school_days([], d("2026-10-09"), count)


def test_two_schools_that_never_meet_are_an_error_too() -> None:
    weekend = a_calendar(school_days=[5, 6])
    with pytest.raises(NoSchoolDays):
        add_school_days([a_calendar(), weekend], d("2026-10-09"), 1)


@pytest.mark.parametrize(
    ("offset", "day"),
    [
        (Offset(3, Unit.DAYS), "2026-10-04"),
        (Offset(-2, Unit.WEEKS), "2026-09-17"),
        (Offset(1, Unit.SCHOOL_DAYS), "2026-10-05"),
        (Offset(-1, Unit.SCHOOL_DAYS), "2026-09-25"),
    ],
)
def test_days_and_weeks_are_those_of_the_wall_and_school_days_those_of_the_school(
    offset: Offset, day: str
) -> None:
    counted = shift(d("2026-10-01"), offset, [a_calendar(AUTUMN)])
    assert (counted.day, counted.count, counted.unit) == (d(day), offset.count, offset.unit)


def test_hours_are_no_days() -> None:
    with pytest.raises(ValueError, match="hours are no days"):
        shift(d("2026-10-01"), Offset(1, Unit.HOURS), [])


# -- against a naive counter ---------------------------------------------------------------------

YEAR = st.dates(date(2026, 7, 1), date(2027, 7, 31))


@st.composite
def entries(draw: st.DrawFn) -> CalendarEntry:
    first = draw(YEAR)
    last = first + timedelta(days=draw(st.integers(0, 20)))
    kind = draw(st.sampled_from([EntryKind.CLOSED, EntryKind.OPEN, EntryKind.EXAMS]))
    return CalendarEntry(kind, first, last, draw(st.sampled_from(["", "Easter", "Fair"])))


@st.composite
def calendars(draw: st.DrawFn) -> SchoolCalendar:
    school_days = draw(st.sets(st.integers(0, 6), min_size=1))
    return a_calendar(*draw(st.lists(entries(), max_size=6)), school_days=school_days)


@dataclass
class OnFingers:
    """What a teacher does with a wall calendar and a pencil."""

    calendar: SchoolCalendar

    def strikes(self, day: date) -> bool:
        at_school = day.weekday() in self.calendar.school_days
        exams = False
        for written in self.calendar.entries:  # each later entry is written over the ones before
            assert written.first
            assert written.last
            if written.first <= day <= written.last:
                if written.kind is EntryKind.CLOSED:
                    at_school, exams = False, False
                elif written.kind is EntryKind.OPEN:
                    at_school, exams = True, False
                else:
                    exams = at_school
        return not at_school or exams


@given(several=st.lists(calendars(), min_size=1, max_size=2), start=YEAR, count=st.integers(-30, 30))
def test_counting_agrees_with_fingers_on_a_wall_calendar(
    several: list[SchoolCalendar], start: date, count: int
) -> None:
    fingers = [OnFingers(calendar) for calendar in several]
    step = timedelta(days=-1 if count < 0 else 1)
    day, left = (start - step, 1) if count == 0 else (start, abs(count))
    try:
        counted = add_school_days(several, start, count)
    except NoSchoolDays:
        assert not any(
            all(not finger.strikes(start + timedelta(days=number)) for finger in fingers)
            for number in range(500, 520)
        )
        return
    while left:
        day += step
        left -= not any(finger.strikes(day) for finger in fingers)
    assert counted.day == day


@given(calendar=calendars(), start=YEAR, count=st.integers(1, 30))
def test_counting_there_and_back_comes_home_on_a_school_day(
    calendar: SchoolCalendar, start: date, count: int
) -> None:
    home = add_school_days([calendar], start, 0).day
    there = add_school_days([calendar], home, count).day
    assert add_school_days([calendar], there, -count).day == home


@given(calendar=calendars(), start=YEAR, count=st.integers(1, 30))
def test_what_is_left_out_was_really_passed(calendar: SchoolCalendar, start: date, count: int) -> None:
    counted = add_school_days([calendar], start, count)
    for out in counted.left_out:
        assert out.first <= counted.day
        assert start < out.last
