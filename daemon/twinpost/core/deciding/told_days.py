"""How a day was found, as one reader is told: her own class needs no name."""

from __future__ import annotations

from twinpost.core.calendars.counted import Counted, LeftOut
from twinpost.core.model.notice import CountedDays, DaysOff
from twinpost.core.model.people import Exchange, SchoolClass


def counted_days(counted: Counted, exchange: Exchange, own: SchoolClass | None) -> CountedDays:
    """The count in the names of classes; `own` is the reader's, None where she has none."""
    return CountedDays(
        counted.start,
        counted.count,
        counted.unit,
        counted.day,
        tuple(_whose(class_id, exchange, own) for class_id in counted.whose),
        tuple(days_off(off, exchange, own) for off in counted.left_out),
    )


def days_off(off: LeftOut, exchange: Exchange, own: SchoolClass | None) -> DaysOff:
    """Days without school, and whose."""
    return DaysOff(off.name, off.first, off.last, _whose(off.school_class, exchange, own), off.kind)


def _whose(class_id: int, exchange: Exchange, own: SchoolClass | None) -> str:
    """A class by its name, the reader's own by none; one that has left has no name any more."""
    if own and own.id == class_id:
        return ""
    return next((one.name for one in exchange.classes if one.id == class_id), "")
