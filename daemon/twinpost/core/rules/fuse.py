"""The fuse: a rule that would write too often is held before its first mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from twinpost.core.model.plan import Planned

MOST_A_WEEK = 3
"""Mails of one rule to one person within seven days."""

MOST_IN_ALL = 60
"""Mails of one rule in one exchange, those about agreed dates left out: their number was agreed."""

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class TooMany:
    """A rule to be held, and the sentence that tells its admin why."""

    rule: str
    text: str


def too_many(planned: Iterable[Planned]) -> tuple[TooMany, ...]:
    """The rules that write too often in this plan of one exchange, each once, by their ids.

    What goes to one person at one moment is one mail; lines of the digest are none. The steps about one
    thing are counted together, and so are the first mails about all things; what only follows if nobody
    ever answers is not added up over all letters of a year.
    """
    by_rule: dict[str, list[Planned]] = defaultdict(list)
    for one in planned:
        if not one.digest:
            by_rule[one.rule].append(one)
    found = ((rule, _in_a_week(mails) or _in_all(mails)) for rule, mails in sorted(by_rule.items()))
    return tuple(TooMany(rule, text) for rule, text in found if text)


def _in_a_week(mails: Sequence[Planned]) -> str:
    for name, moments in _series(mails):
        for first in moments:
            count = sum(first <= moment < first + _WEEK for moment in moments)
            if count > MOST_A_WEEK:
                return (
                    f"{count} mails to {name} within seven days, from {_told(first.date())} on; "
                    f"{MOST_A_WEEK} at most"
                )
    return ""


def _series(mails: Sequence[Planned]) -> Iterator[tuple[str, list[datetime]]]:
    """The moments of each person's mails about one thing, and of all first ones, in order."""
    found: dict[tuple[int, str], set[datetime]] = defaultdict(set)
    names = {mail.to.id: mail.to.name for mail in mails}
    for mail in mails:
        thing = mail.key.rsplit("/", 2)[0]
        for series in (thing,) if mail.after_step else (thing, ""):
            found[mail.to.id, series].add(mail.at.astimezone(UTC))
    for (person, _), moments in found.items():
        yield names[person], sorted(moments)


def _in_all(mails: Sequence[Planned]) -> str:
    count = len({(mail.to.id, mail.at) for mail in mails if not _agreed(mail)})
    return f"{count} mails in one exchange; {MOST_IN_ALL} at most" if count > MOST_IN_ALL else ""


def _agreed(mail: Planned) -> bool:
    about = mail.about
    return bool(about.due or about.session or about.meeting_at)


def _told(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
