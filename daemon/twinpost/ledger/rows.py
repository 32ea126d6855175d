"""Values as columns keep them, where a column is text or JSON; small steps that several modules take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from twinpost.core.calendars.school import CalendarEntry, EntryKind
from twinpost.core.model.people import Meeting, Session


def session_of(row: Any) -> Session:
    """A session as its row says it."""
    return Session(row.title, datetime.fromisoformat(row.start), row.zone, row.minutes, row.link)


def hours_of(text: str) -> tuple[time, time] | None:
    """School hours as they are kept: "08:15-14:00", or "" for none."""
    if not text:
        return None
    opens, closes = text.split("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def hours_text(hours: tuple[time, time] | None) -> str:
    """School hours as they are kept."""
    return f"{hours[0]:%H:%M}-{hours[1]:%H:%M}" if hours else ""


def entry_of(row: Mapping[str, Any]) -> CalendarEntry:
    """A calendar's line as it is kept."""
    first, last = (date.fromisoformat(row[end]) if row.get(end) else None for end in ("first", "last"))
    return CalendarEntry(
        EntryKind(row["kind"]), first, last, row.get("name", ""), row.get("source", ""), row.get("region", "")
    )


def entry_row(entry: CalendarEntry) -> dict[str, str]:
    """The same as JSON, without what it does not say."""
    row = {
        "kind": entry.kind.value,
        "first": entry.first.isoformat() if entry.first else "",
        "last": entry.last.isoformat() if entry.last else "",
        "name": entry.name,
        "source": entry.source,
        "region": entry.region,
    }
    return {key: value for key, value in row.items() if value}


def meeting_of(row: Mapping[str, Any] | None) -> Meeting | None:
    """The regular meeting as it is kept; `host` is a class id."""
    if row is None:
        return None
    at = time.fromisoformat(row["at"])
    return Meeting(row["every"], row["weekday"], at, row["host"], row["week"], row["minutes"])


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
