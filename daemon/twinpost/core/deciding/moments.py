"""When a step goes to a reader: counted in days or hours, on a school day of hers, in her school hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from twinpost.core.calendars.counted import Counted
from twinpost.core.calendars.days import NoSchoolDays, shift
from twinpost.core.calendars.hours import next_hours, opening
from twinpost.core.calendars.school import SchoolCalendar, days_from
from twinpost.core.model.rule import Offset, Unit

_HOURS = {Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1)}


@dataclass(frozen=True, slots=True)
class Base:
    """From what a step is counted: a day, and the moment on it if it has one."""

    day: date
    moment: datetime | None = None
    clock: time | None = None  # the hour on the day that was counted, by the reader's clock


@dataclass(frozen=True, slots=True)
class Found:
    """A moment, and how its day was found. `exact`: at once, whatever the hour."""

    at: datetime
    because: Counted
    exact: bool = False


def after(
    base: Base, offset: Offset, calendars: Sequence[SchoolCalendar], reader: SchoolCalendar
) -> Found | None:
    """The first opening of the reader's school on or after the counted day.

    `calendars` are those whose school days count. None where there is no such day.
    """
    if offset.unit in _HOURS:
        start = base.moment or opening(calendars[0], base.day)
        at = next_hours(reader, start + offset.count * _HOURS[offset.unit])
        return Found(at, Counted(base.day, offset.count, offset.unit, at.date()))
    because = _shifted(base.day, offset, calendars)
    if because is None:
        return None
    hour = datetime.combine(because.day, base.clock or time(), ZoneInfo(reader.timezone))
    return Found(next_hours(reader, hour), because)


def before(
    base: Base, offset: Offset, calendars: Sequence[SchoolCalendar], reader: SchoolCalendar
) -> Found | None:
    """The last opening of the reader's school on or before the counted day.

    Hours and minutes before a moment are exact: what is about to begin does not wait for school hours.
    """
    if offset.unit in _HOURS:
        start = base.moment or opening(calendars[0], base.day)
        at = (start.astimezone(UTC) + offset.count * _HOURS[offset.unit]).astimezone(
            ZoneInfo(reader.timezone)
        )
        because = Counted(base.day, offset.count, offset.unit, at.date())
        return Found(at, because, exact=True) if base.moment else Found(next_hours(reader, at), because)
    day = base.moment.astimezone(ZoneInfo(reader.timezone)).date() if base.moment else base.day
    because_ = _shifted(day, offset, calendars)
    if because_ is None:
        return None
    days = chain([because_.day], days_from(because_.day, -1))
    sent = next((one for one in days if reader.is_school_day(one)), None)
    return Found(opening(reader, sent), because_) if sent else None


def _shifted(start: date, offset: Offset, calendars: Sequence[SchoolCalendar]) -> Counted | None:
    try:
        return shift(start, offset, calendars)
    except NoSchoolDays:
        return None
