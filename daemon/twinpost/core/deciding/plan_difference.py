"""Two plans of one exchange side by side: what other rules would add, leave out or move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from twinpost.core.deciding.plan import in_order
from twinpost.core.model.plan import Planned


class Change(StrEnum):
    """What becomes of a mail or a line of the digest."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Changed:
    """A follow-up that is not what it was; `was` is the one that is moved."""

    change: Change
    planned: Planned
    was: Planned | None = None


def plan_difference(old: Iterable[Planned], new: Iterable[Planned]) -> tuple[Changed, ...]:
    """Every change by time; a moved one by its new time. None where the same goes at the same times.

    The same step with another text, or as a line of the digest in place of a mail, is another one.
    """
    before, after = ({one.key: one for one in planned} for planned in (old, new))
    pairs = ((before.get(key), after.get(key)) for key in before | after)
    found = (changed for was, planned in pairs for changed in _changed(was, planned))
    return tuple(sorted(found, key=lambda one: (*in_order(one.planned), one.change != Change.REMOVED)))


def _changed(was: Planned | None, planned: Planned | None) -> Iterator[Changed]:
    if was and planned and (was.notice, was.digest) == (planned.notice, planned.digest):
        if was.at != planned.at:
            yield Changed(Change.MOVED, planned, was)
        return
    if was:
        yield Changed(Change.REMOVED, was)
    if planned:
        yield Changed(Change.ADDED, planned)
