"""Calendars as they are shown back."""

from __future__ import annotations

from tests.school_years import AUTUMN, a_calendar, d, entry, feed

from twinpost.core.calendars.school import DayKind
from twinpost.core.calendars.shown import lines, span_of, weeks


def test_a_holiday_over_a_weekend_is_one_line() -> None:
    fair = entry("closed", "2026-10-08..2026-10-13", "Fair")
    (line,) = lines(a_calendar(fair), d("2026-10-01"), d("2026-10-31"))
    assert (line.first, line.last, line.name, line.entry) == (d("2026-10-08"), d("2026-10-13"), "Fair", fair)


def test_a_make_up_day_splits_a_holiday_and_has_a_line_of_its_own() -> None:
    back = entry("open", "2026-09-30", "Trip")
    found = list(lines(a_calendar(AUTUMN, back), d("2026-09-01"), d("2026-10-31")))
    assert [(line.first.day, line.last.day, line.kind, line.name) for line in found] == [
        (28, 29, DayKind.CLOSED, "Autumn holiday"),
        (30, 30, DayKind.SCHOOL, "Trip"),
        (1, 2, DayKind.CLOSED, "Autumn holiday"),
    ]


def test_a_holiday_that_lasts_beyond_the_end_is_shown_up_to_it() -> None:
    (line,) = lines(a_calendar(AUTUMN), d("2026-09-01"), d("2026-09-29"))
    assert line.last == d("2026-09-29")


def test_a_feed_on_weekends_has_no_line() -> None:
    assert (
        list(lines(a_calendar(feed("holidays", ("2026-10-10", "X"))), d("2026-10-01"), d("2026-10-31"))) == []
    )


def test_weeks_tell_on_how_many_days_each_class_and_all_of_them_can_work() -> None:
    lyon = a_calendar(entry("closed", "2026-10-05", "Fair"), school_days=[0, 1, 3, 4])
    first, second = weeks([a_calendar(AUTUMN), lyon], d("2026-09-30"), d("2026-10-09"))
    assert (first.monday, first.days, first.common) == (d("2026-09-28"), (0, 4), 0)
    assert first.closures == (("Autumn holiday",), ())
    assert (second.days, second.closures, second.common) == ((5, 3), ((), ("Fair",)), 3)


def test_an_exchange_lasts_from_today_or_its_first_date_to_its_last() -> None:
    span = span_of([d("2026-10-09"), d("2027-01-22")], d("2026-11-01"))
    assert (span.first, span.last) == (d("2026-10-09"), d("2027-01-22"))
    assert span_of([], d("2026-11-01")).last == d("2027-05-02")
