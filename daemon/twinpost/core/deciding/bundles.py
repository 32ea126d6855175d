"""Single mails made of what is planned: one at a time for each person, and no more than two a week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from twinpost.core.deciding.plan import in_order
from twinpost.core.model.plan import Planned
from twinpost.core.model.rule import Event

MOST_A_WEEK = 2
"""Mails to a person that she did not cause, in any seven days, besides the digest."""

WEEK = timedelta(days=7)

Mail = tuple[int, datetime]
"""To whom (a person's id) and when, in UTC."""

Bundle = tuple[Planned, ...]
"""One mail, or lines of one digest: to one person, at one moment, what matters most first."""


def bundles(
    planned: Iterable[Planned], uncaused: Mapping[int, Sequence[datetime]] | None = None
) -> tuple[Bundle, ...]:
    """The mails and the lines that the plans of all exchanges lead to, by time.

    `uncaused` are the moments at which such mails went to a person (id) already. Late letters and sessions
    are served first; whatever is too much for her week becomes a line of the digest (`digest`).
    """
    lines: dict[Mail, list[Planned]] = defaultdict(list)
    mails: dict[Mail, list[Planned]] = defaultdict(list)
    for one in planned:
        (lines if one.digest else mails)[one.to.id, one.at.astimezone(UTC)].append(one)
    for key in _too_many(mails, uncaused or {}):
        lines[key] += (replace(one, digest=True) for one in mails.pop(key))
    found = [tuple(sorted(items, key=_matters)) for group in (mails, lines) for items in group.values()]
    return tuple(sorted(found, key=lambda bundle: in_order(bundle[0])))


def _too_many(
    mails: Mapping[Mail, Sequence[Planned]], uncaused: Mapping[int, Sequence[datetime]]
) -> list[Mail]:
    """What her week has no room for, pressing mails served first."""
    weeks: dict[int, Weeks] = {}
    over = []
    for mail, items in sorted(mails.items(), key=lambda pair: min(map(_matters, pair[1]))):
        (person, _), at = mail, items[0].at
        if person not in weeks:  # by the days of her own place: a morning in Sydney is UTC's day before
            went = [moment.astimezone(at.tzinfo).date() for moment in uncaused.get(person, ())]
            weeks[person] = Weeks(sorted(went))
        if not weeks[person].take(at.date()):
            over.append(mail)
    return over


def is_pressing(one: Planned) -> bool:
    """Whether it goes before others: a letter that is late, or a session that is near."""
    late = one.when is Event.LETTER_DUE and one.about.due is not None and one.at.date() > one.about.due.due
    return late or one.when is Event.SESSION_START


def _matters(one: Planned) -> tuple[bool, datetime, str]:
    return not is_pressing(one), *in_order(one)


@dataclass(slots=True)
class Weeks:
    """The days on which a person gets mails that she did not cause."""

    days: list[date] = field(default_factory=list)

    def take(self, day: date) -> bool:
        """Add a mail on `day`, unless some seven days would then hold too many."""
        days = sorted([*self.days, day])
        around = zip(days, days[MOST_A_WEEK:], strict=False)
        if any(first <= day <= last and last - first < WEEK for first, last in around):
            return False
        self.days = days
        return True
