"""Values as columns keep them, where a column is text or JSON; small steps that several modules take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from twinpost.core.calendars.school import CalendarEntry, Closure, EntryKind, Hours
from twinpost.core.model.people import Meeting, Session


def session_of(row: Any) -> Session:
    """A session as its row says it."""
    return Session(row.title, datetime.fromisoformat(row.start), row.zone, row.minutes, row.link)


def hours_of(text: str) -> Hours | None:
    """School hours as they are kept: "08:15-14:00", or "" for none."""
    if not text:
        return None
    opens, closes = text.split("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def hours_text(hours: Hours | None) -> str:
    """School hours as they are kept."""
    return f"{hours[0]:%H:%M}-{hours[1]:%H:%M}" if hours else ""


DayHours = tuple[tuple[int, Hours], ...]
"""School hours by weekday, where the days differ."""


def calendar_of(rows: Iterable[Mapping[str, Any]]) -> tuple[CalendarEntry, ...]:
    """A calendar's entries as they are kept."""
    return tuple(_entry_of(row) for row in rows if "kind" in row)


def day_hours_of(rows: Iterable[Mapping[str, Any]]) -> DayHours:
    """The hours of each weekday, which are kept with the calendar: `classes.school_hours` holds one pair."""
    by_day = {int(day): hours_of(text) for row in rows for day, text in row.get("hours", {}).items()}
    return tuple(sorted((day, hours) for day, hours in by_day.items() if hours))


def calendar_rows(entries: Iterable[CalendarEntry], day_hours: DayHours = ()) -> list[dict[str, Any]]:
    """Both as JSON, without what they do not say."""
    hours = {str(day): hours_text(own) for day, own in day_hours}
    return [*map(_entry_row, entries), *([{"hours": hours}] if hours else ())]


def _entry_of(row: Mapping[str, Any]) -> CalendarEntry:
    first, last, until = (_date(row.get(key)) for key in ("first", "last", "until"))
    return CalendarEntry(
        EntryKind(row["kind"]),
        first,
        last,
        row.get("name", ""),
        row.get("source", ""),
        row.get("region", ""),
        _closures(tuple(map(tuple, row.get("days", ())))),
        until,
    )


@lru_cache(maxsize=256)
def _closures(days: tuple[tuple[str, str, str], ...]) -> tuple[Closure, ...]:
    """The dates of a feed: the classes of a country or region have the same, and share them."""
    return tuple(
        Closure(date.fromisoformat(first), date.fromisoformat(last), name) for first, last, name in days
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _entry_row(entry: CalendarEntry) -> dict[str, Any]:
    row = {
        "kind": entry.kind.value,
        "first": entry.first.isoformat() if entry.first else "",
        "last": entry.last.isoformat() if entry.last else "",
        "name": entry.name,
        "source": entry.source,
        "region": entry.region,
        "days": [[span.first.isoformat(), span.last.isoformat(), span.name] for span in entry.days],
        "until": entry.until.isoformat() if entry.until else "",
    }
    return {key: value for key, value in row.items() if value}


def meeting_of(row: Mapping[str, Any] | None) -> Meeting | None:
    """The regular meeting as it is kept; `host` is a class id."""
    if row is None:
        return None
    at = time.fromisoformat(row["at"])
    return Meeting(row["every"], row["weekday"], at, row["host"], row["week"], row["minutes"])


_PLAIN = frozenset({str, int, bool, float})


def plain(value: Any) -> Any:
    """Values as JSON holds them: dates and moments in ISO 8601, tuples as lists, mappings by text.

    Dataclasses become mappings; `asdict` would copy each date first.
    """
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, (date, time)):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(own) for key, own in value.items()}
    return [plain(own) for own in value] if isinstance(value, (list, tuple, set, frozenset)) else value


def in_pieces(values: Iterable[Any], size: int = 500) -> Iterable[list[Any]]:
    """Lists short enough for one `IN (…)`."""
    rest = list(values)
    return (rest[start : start + size] for start in range(0, len(rest), size))


def put_row(connection: sa.Connection, table: sa.Table, id_: int | None, values: Mapping[str, Any]) -> int:
    """Insert a row, or bring the one with this id up to date. Returns its id."""
    if id_ is None:
        result = connection.execute(sa.insert(table).values(**values).returning(table.c.id))
        return int(result.scalar_one())
    connection.execute(sa.update(table).where(table.c.id == id_).values(**values))
    return id_
