"""Entries whose dates stand elsewhere."""

from __future__ import annotations

import pytest
from tests.school_years import AUTUMN, d, feed

from twinpost.core.calendars.looked_up import as_written, is_stale, new_dates, window
from twinpost.core.calendars.school import CalendarEntry, Closure

FRIDAY = Closure(d("2027-03-26"), d("2027-03-26"), "Good Friday")
LABOUR = Closure(d("2027-05-01"), d("2027-05-01"), "Labour Day")
ONE = feed("holidays", ("2027-03-26", "Good Friday"))
BOTH = feed("holidays", ("2027-03-26", "Good Friday"), ("2027-05-01", "Labour Day"))


def test_dates_are_known_for_a_year_and_a_half_at_least() -> None:
    today = d("2026-09-02")
    assert not is_stale(ONE, today)
    assert is_stale(ONE, d("2028-09-02"))
    assert is_stale(as_written(ONE), today)
    assert not is_stale(AUTUMN, today)
    assert window(today) == (d("2025-09-02"), d("2029-09-01"))


@pytest.mark.parametrize(
    ("old", "new", "added", "removed"),
    [
        (ONE, ONE, [], []),
        (ONE, BOTH, [LABOUR], []),
        (BOTH, ONE, [], [LABOUR]),
        (as_written(ONE), BOTH, [FRIDAY, LABOUR], []),
        (BOTH, as_written(ONE), [], []),
    ],
)
def test_what_changed_is_told(
    old: CalendarEntry, new: CalendarEntry, added: list[Closure], removed: list[Closure]
) -> None:
    assert new_dates(old, new) == (added, removed)


def test_a_year_that_only_one_of_them_knows_is_no_change() -> None:
    old = feed("holidays", ("2025-12-25", "Christmas"), ("2026-12-25", "Christmas"), until="2029-09-01")
    new = feed("holidays", ("2026-12-25", "Christmas"), ("2029-12-25", "Christmas"), until="2030-09-01")
    assert new_dates(old, new) == ([], [])


def test_a_holiday_at_the_end_of_what_was_known_is_no_change() -> None:
    old = feed("school_holidays", ("2029-07-04..2029-09-01", "Summer"), until="2029-09-01")
    new = feed("school_holidays", ("2029-07-04..2029-09-09", "Summer"), until="2029-10-01")
    assert new_dates(old, new) == ([], [])
