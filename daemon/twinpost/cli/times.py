"""When a planned mail goes, by the clocks of everybody concerned."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twinpost.core.model.people import Exchange
    from twinpost.core.model.plan import Planned


def when(one: Planned, exchange: Exchange) -> str:
    """ "Tue 13 Oct 2026, 08:00 Oslo, 09:00 Kyiv": the reader's own time first, the same time once.

    "~" before an estimate.
    """
    from zoneinfo import ZoneInfo

    from twinpost.core.deciding.case import where_for

    clocks: dict[str, list[str]] = {}
    for place in where_for(one.to, exchange):
        local = one.at.astimezone(ZoneInfo(place.zone))
        day = "" if local.date() == one.at.date() else f"{local:%a} "
        clocks.setdefault(f"{day}{local:%H:%M}", []).append(place.city)
    times = ", ".join(f"{time} {' and '.join(cities)}" for time, cities in clocks.items())
    return f"{'~ ' if one.after_step else ''}{one.at:%a} {one.at.day} {one.at:%b %Y}, {times}"
