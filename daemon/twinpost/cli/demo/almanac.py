"""The year in tables: what is planned, and what has happened, by date and with both local times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, takewhile
from typing import Any

from twinpost.app.rehearsal import Rehearsal, rehearse
from twinpost.cli.demo.mailbox import Received
from twinpost.cli.demo.people import Someone
from twinpost.cli.demo.town import Town
from twinpost.cli.demo.year_school import OSLO, PLACES, TITLE

COLUMNS = ("date", *(city for city, _ in PLACES), "to", "mail")
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A mail of the plan."""

    at: datetime
    to: str
    subject: str
    notices: tuple[str, ...]


async def rehearsed(town: Town) -> Rehearsal:
    """What `twinpost plan` would say now: the same code, with the office's own ledger and rules."""
    house, processing, now = town.parts.house, town.parts.processing, town.parts.clock.now()

    def work(connection: Any) -> Rehearsal:
        directory = processing.directory(connection)
        exchange = next(one for one in directory.exchanges if one.code == town.schools.code)
        return rehearse(connection, house, directory, exchange, house.rules, now)

    return await town.parts.desk.do(work)


def foreseen(rehearsal: Rehearsal) -> list[Foreseen]:
    """Its mails with their subjects; lines of digests are left out."""
    return [
        Foreseen(items[0].at, items[0].to.name, mail.subject, tuple(one.notice for one in items))
        for items, mail in rehearsal.written()
    ]


def plan_rows(mails: Iterable[Foreseen]) -> list[Row]:
    return [(*_when(mail.at), _first(mail.to), _short(mail.subject)) for mail in mails]


def _when(moment: datetime) -> Iterator[str]:
    """The day, which school hours share, and the time in each place."""
    yield day_in_short(moment.astimezone(OSLO).date())
    for _, zone in PLACES:
        yield f"{moment.astimezone(zone):%H:%M}"


def _first(name: str) -> str:
    return name.partition(" ")[0]


def _short(subject: str) -> str:
    """Without the exchange's title, for there is no other."""
    return subject.replace(f" ({TITLE})", "")


# -- what has happened ---------------------------------------------------------------------------


def year_rows(boxes: Sequence[tuple[Someone, Sequence[Received]]]) -> list[Row]:
    """Letters and reminders as they lie in the mailboxes; the office's answers to letters are left out.

    `boxes` are in the order of PLACES. What the office writes to both on one day is one line, in which the
    time in each place is that at which it came there.
    """
    mails = sorted(
        ((mail, owner) for owner, box in boxes for mail in box if not mail.answers),
        key=lambda pair: pair[0].at,
    )
    owners = [owner for owner, _ in boxes]
    return [_row(list(group), owners) for _, group in groupby(mails, key=_line)]


def _line(pair: tuple[Received, Someone]) -> tuple[date, str]:
    """What mails of one line share: the day and who wrote."""
    mail, _ = pair
    return mail.at.astimezone(OSLO).date(), mail.sender


def _row(mails: Sequence[tuple[Received, Someone]], owners: Sequence[Someone]) -> Row:
    (first, to), *others = mails
    if not others:
        return (*_when(first.at), to.first_name, _short(first.subject))
    came = {owner: mail.at for mail, owner in mails}
    times = (f"{came[owner].astimezone(zone):%H:%M}" for owner, (_, zone) in zip(owners, PLACES, strict=True))
    subjects = [_short(mail.subject) for mail, _ in mails]
    return (day_in_short(first.at.astimezone(OSLO).date()), *times, "both", _shared(subjects))


def _shared(subjects: Sequence[str]) -> str:
    """ "A few words with …": the words with which all of them begin."""
    if len(set(subjects)) == 1:
        return subjects[0]
    words = zip(*(subject.split() for subject in subjects), strict=False)
    return " ".join([*(same[0] for same in takewhile(lambda each: len(set(each)) == 1, words)), "…"])


# -- days and times ------------------------------------------------------------------------------


def day_in_short(day: date) -> str:
    """ "Thu 12 Nov 2026" """
    return f"{day:%a} {day.day:2} {day:%b %Y}"


def day_in_words(day: date) -> str:
    """ "Thursday 12 November 2026" """
    return f"{day:%A} {day.day} {day:%B %Y}"


def in_words(moment: datetime) -> str:
    """ "Thursday 12 November 2026, 03:30 in Oslo, 08:00 in Delhi" """
    times = ", ".join(f"{moment.astimezone(zone):%H:%M} in {city}" for city, zone in PLACES)
    return f"{day_in_words(moment.astimezone(OSLO).date())}, {times}"
