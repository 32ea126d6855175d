from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import time

import pytest
import sqlalchemy as sa
from tests.filed import FILED, OSLO, with_oslo
from tests.office import START
from tests.school_years import AUTUMN, d, entry, feed

from twinpost.core.calendars.school import CalendarEntry
from twinpost.ledger.calendars import kept_calendars, put_dates
from twinpost.ledger.engine import transaction
from twinpost.ledger.filing import apply_exchange
from twinpost.ledger.people import load_directory, revision
from twinpost.ledger.stored import stored_exchange

HOLIDAYS = feed("holidays", ("2026-12-25", "Christmas Day"), ("2027-03-26", "Good Friday"))
ALL_KINDS = (
    HOLIDAYS,
    feed("file", ("2026-10-12..2026-10-13", "")),
    CalendarEntry(HOLIDAYS.kind, source="FR", region="57"),
    AUTUMN,
    entry("exams", "2027-05-10..2027-05-21", "Exams"),
    entry("open", "2027-03-06"),
    entry("term", "2026-08-17..2027-06-18"),
)
BY_DAY = tuple((day, (time(8, 15), time(12 if day == 2 else 14))) for day in range(5))


@pytest.fixture
def connection(ledger: sa.Engine) -> Iterator[sa.Connection]:
    with transaction(ledger) as connection:
        yield connection


@pytest.mark.parametrize("by_day", [(), BY_DAY])
def test_a_calendar_is_kept_as_it_was_understood(connection: sa.Connection, by_day: tuple[()]) -> None:
    filed = with_oslo(calendar=ALL_KINDS, school_hours=None, day_hours=by_day)
    apply_exchange(connection, filed, START)
    assert stored_exchange(connection, "oslo-lyon") == filed
    oslo = load_directory(connection).exchanges[0].classes[0]
    assert (oslo.calendar, oslo.day_hours) == (ALL_KINDS, by_day)
    calendar = oslo.school_calendar()
    assert calendar.hours(d("2026-10-07"))[1] == (time(12) if by_day else time(15))
    assert next(iter(kept_calendars(connection))) == calendar
    assert calendar.school_class == oslo.id


def test_new_dates_of_an_entry_are_kept_and_everybody_learns_of_them(connection: sa.Connection) -> None:
    apply_exchange(connection, with_oslo(calendar=(HOLIDAYS, AUTUMN), day_hours=BY_DAY), START)
    before = revision(connection)
    (calendar, _) = kept_calendars(connection)
    later = feed("holidays", ("2027-12-25", "Christmas Day"), until="2030-09-01")
    put_dates(connection, calendar, [later, AUTUMN])
    (calendar, lyon) = kept_calendars(connection)
    assert (calendar.entries, calendar.day_hours) == ((later, AUTUMN), BY_DAY)
    assert lyon.entries == ()
    assert revision(connection) != before


def test_a_class_that_left_has_no_calendar_to_keep(connection: sa.Connection) -> None:
    apply_exchange(connection, FILED, START)
    alone = replace(FILED, classes=FILED.classes[:1], schedule=(), pairs=(), meeting=None)
    apply_exchange(connection, alone, START)
    assert [calendar.timezone for calendar in kept_calendars(connection)] == [OSLO.timezone]
