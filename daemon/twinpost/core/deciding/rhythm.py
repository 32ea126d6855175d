"""Dates that come again and again: each week or month on a weekday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta


def rhythm(weekday: int, week: int | None, first: date, last: date) -> Iterator[date]:
    """Every `weekday` (0 is Monday) from `first` to `last`; with `week` only that one of each month.

    `week` is 1 to 4, or -1 for the last of the month.
    """
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    while day <= last:
        if week is None or _week_of_month(day, week):
            yield day
        day += timedelta(days=7)


def _week_of_month(day: date, week: int) -> bool:
    if week == -1:
        return (day + timedelta(days=7)).month != day.month
    return (day.day - 1) // 7 + 1 == week
