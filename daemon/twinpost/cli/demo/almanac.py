"""The year in tables: what is planned, and what has happened, by date and with both local times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from twinpost.app.rehearsal import Rehearsal, rehearse
from twinpost.cli.demo.mailbox import Received
from twinpost.cli.demo.people import OFFICE, Someone
from twinpost.cli.demo.town import Town
from twinpost.cli.demo.year_school import DELHI, OSLO, PLACES

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
    return [(*_when(mail.at), _first(mail.to), mail.subject) for mail in mails]


def year_rows(boxes: Sequence[tuple[Someone, Sequence[Received]]]) -> list[Row]:
    """Letters and reminders as they lie in the mailboxes; the office's answers to letters are left out."""
    found = [
        (mail.at, (*_when(mail.at), _way(mail, owner), mail.subject))
        for owner, box in boxes
        for mail in box
        if not mail.answers
    ]
    return [row for _, row in sorted(found)]


def _way(mail: Received, owner: Someone) -> str:
    """ "Kari", or of a letter "Kari → Meera" """
    return owner.first_name if mail.sender == OFFICE.address else f"{_first(mail.name)} → {owner.first_name}"


def _when(moment: datetime) -> Iterator[str]:
    """The day where it is later, and the time in each place."""
    yield day_in_short(moment.astimezone(DELHI).date())
    for _, zone in PLACES:
        local = moment.astimezone(zone)
        yield f"{local:%H:%M}"


def _first(name: str) -> str:
    return name.partition(" ")[0]


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
