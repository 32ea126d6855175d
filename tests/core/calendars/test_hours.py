"""School hours as instants."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.school_years import AUTUMN, a_calendar, d, entry

from twinpost.core.calendars.hours import closing, next_hours, opening, school_morning
from twinpost.core.calendars.school import SchoolCalendar


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "instant"),
    [
        ("Europe/Oslo", "2026-10-23", "2026-10-23T06:00"),  # the last school day of summer time
        ("Europe/Oslo", "2026-10-26", "2026-10-26T07:00"),
        ("Europe/Oslo", "2027-03-29", "2027-03-29T06:00"),
        ("Australia/Sydney", "2026-10-02", "2026-10-01T22:00"),  # south of the equator the other way round
        ("Australia/Sydney", "2026-10-05", "2026-10-04T21:00"),
        ("Pacific/Apia", "2026-10-09", "2026-10-08T19:00"),
        ("Pacific/Kiritimati", "2026-10-09", "2026-10-08T18:00"),
        ("Pacific/Pago_Pago", "2026-10-09", "2026-10-09T19:00"),
        ("Asia/Kathmandu", "2026-10-09", "2026-10-09T02:15"),
    ],
)
def test_school_opens_by_the_clock_on_its_own_wall(zone: str, day: str, instant: str) -> None:
    assert opening(a_calendar(zone=zone), d(day)) == utc(instant)


def test_an_hour_that_the_clocks_leave_out_or_repeat_is_one_instant() -> None:
    night = replace(a_calendar(), opens_at=time(2, 30), closes_at=time(2, 45))
    assert opening(night, d("2027-03-28")) == utc("2027-03-28T01:30")
    assert closing(night, d("2026-10-25")).astimezone(UTC) == utc("2026-10-25T00:45")


def test_a_moment_within_school_hours_stays_as_it_is() -> None:
    moment = utc("2026-10-09T09:15")
    assert next_hours(a_calendar(), moment) == moment
    assert next_hours(a_calendar(), moment).tzinfo == ZoneInfo("Europe/Oslo")


@pytest.mark.parametrize(
    ("moment", "then"),
    [
        ("2026-10-09T05:59", "2026-10-09T06:00"),  # before school
        ("2026-10-09T13:00", "2026-10-12T06:00"),  # school has just closed, on a Friday
        ("2026-09-26T09:00", "2026-10-05T06:00"),  # the holidays in between
        ("2026-10-04T22:30", "2026-10-05T06:00"),  # Sunday in UTC, Monday in Oslo
    ],
)
def test_whatever_can_wait_waits_for_the_next_opening(moment: str, then: str) -> None:
    assert next_hours(a_calendar(AUTUMN), utc(moment)) == utc(then)


def test_exams_are_school_hours_for_mail() -> None:
    moment = utc("2027-05-11T09:00")
    assert next_hours(a_calendar(entry("exams", "2027-05-10..2027-05-21")), moment) == moment


def test_on_a_half_day_the_afternoon_waits() -> None:
    half = SchoolCalendar.at(
        "Europe/Oslo", range(5), None, [(2, (time(8), time(12))), (3, (time(9), time(14)))]
    )
    assert next_hours(half, utc("2026-10-07T10:00")) == utc("2026-10-08T07:00")


def test_where_a_calendar_ends_mail_is_late_and_not_lost() -> None:
    over = a_calendar(entry("term", "2025-08-18..2026-06-19"))
    assert next_hours(over, utc("2026-10-10T09:00")) == utc("2026-10-12T06:00")


def test_a_school_morning_counts_school_days_and_exams() -> None:
    calendar = a_calendar(AUTUMN, entry("exams", "2026-10-05"))
    assert school_morning(calendar, utc("2026-09-25T20:00"), 1) == utc("2026-10-05T06:00")
    assert school_morning(calendar, utc("2026-09-25T20:00"), 2) == utc("2026-10-06T06:00")


ZONES = ("Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Tehran", "UTC")


@given(
    zone=st.sampled_from(ZONES),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
)
def test_the_next_hours_are_within_school_hours_and_never_in_the_past(zone: str, moment: datetime) -> None:
    calendar = a_calendar(AUTUMN, zone=zone)
    then = next_hours(calendar, moment)
    assert moment <= then <= moment + timedelta(days=10)
    assert calendar.is_school_day(then.date())
    assert opening(calendar, then.date()) <= then < closing(calendar, then.date())
    assert next_hours(calendar, then) == then
