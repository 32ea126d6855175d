from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from twinpost.core.deciding.purging import Original, due_for_purge, kept_until

LAST_DAY = date(2027, 6, 18)
LETTER = Original(1, "ab" * 32, datetime(2026, 10, 8, 7, 15, tzinfo=UTC), LAST_DAY)


def test_an_original_leaves_whole_days_after_the_last_day_of_its_exchange() -> None:
    over = datetime(2027, 9, 17, tzinfo=UTC)  # 19 June and 90 days
    assert kept_until(LETTER, 90) == over
    assert due_for_purge([LETTER], 90, over - timedelta(seconds=1)) == ()
    assert due_for_purge([LETTER], 90, over) == (LETTER,)


def test_what_belongs_to_no_exchange_is_kept_from_its_arrival() -> None:
    strangers = replace(LETTER, ends=None)
    assert kept_until(strangers, 90) == LETTER.arrived_at + timedelta(days=90)


def test_a_letter_that_came_after_the_end_is_kept_as_long_as_others_are() -> None:
    late = replace(LETTER, arrived_at=datetime(2027, 8, 20, tzinfo=UTC))
    assert kept_until(late, 90) == datetime(2027, 11, 18, tzinfo=UTC)


@pytest.mark.parametrize("days", [0, 30, 36_500])
def test_what_somebody_still_needs_never_leaves(days: int) -> None:
    assert due_for_purge([replace(LETTER, needed=True)], days, datetime(2999, 1, 1, tzinfo=UTC)) == ()


def test_with_no_days_an_original_leaves_when_its_exchange_is_over() -> None:
    assert due_for_purge([LETTER], 0, datetime(2027, 6, 18, 23, 59, tzinfo=UTC)) == ()
    assert due_for_purge([LETTER], 0, datetime(2027, 6, 19, tzinfo=UTC)) == (LETTER,)
