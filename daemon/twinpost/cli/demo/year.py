"""The second act: a whole school year, on a clock that is turned.

Each scene raises NotAsExpected where twinpost does something else than the story says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from twinpost.cli.demo import papers
from twinpost.cli.demo.album import Mail
from twinpost.cli.demo.almanac import (
    COLUMNS,
    Foreseen,
    day_in_words,
    foreseen,
    in_words,
    plan_rows,
    rehearsed,
    year_rows,
)
from twinpost.cli.demo.mailbox import read_mailbox
from twinpost.cli.demo.passing import Passing
from twinpost.cli.demo.people import ADMIN, KARI, MEERA, OFFICE, Someone
from twinpost.cli.demo.story import READ, Play, expect
from twinpost.cli.demo.year_school import DELHI, OSLO
from twinpost.core.model.kind import Kind
from twinpost.ledger import outbox, views

MOST_PLANNED, NEXT_PLANNED = 12, 5
"""Mails of a plan that are shown: one screen at first, later a few."""

TEACHERS = (KARI, MEERA)
WAYS = {KARI: (MEERA, "7B Oslo", "6A Delhi"), MEERA: (KARI, "6A Delhi", "7B Oslo")}

Letter = tuple[Someone, int, datetime]
"""Whose, which, and when it is sent."""


def _at(zone: ZoneInfo, year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=zone)


IN_SPRING: tuple[Letter, ...] = (
    (MEERA, 2, _at(DELHI, 2027, 1, 19, 11, 20)),
    (KARI, 3, _at(OSLO, 2027, 2, 17, 12, 40)),
    (MEERA, 3, _at(DELHI, 2027, 3, 8, 10, 5)),
    (KARI, 4, _at(OSLO, 2027, 4, 7, 9, 30)),
    (MEERA, 4, _at(DELHI, 2027, 4, 26, 13, 15)),
)
"""All of them in time."""

LAST_DAY = _at(OSLO, 2027, 5, 14, 12)

SENT = 45
"""Mails that twinpost has sent in the end: each exactly once."""

RECEIPTS = 16
"""Those of them that answer the eight letters."""


@dataclass(frozen=True, slots=True)
class Year(Play):
    """A story whose time passes as it is told to."""

    passing: Passing
    plans: list[int] = field(default_factory=list)  # how many mails each had that was shown

    async def until(self, moment: datetime) -> None:
        """Let the time pass, and say when we are."""
        await self.passing.until(moment)
        self.stage.moment(in_words(moment))

    async def writes(self, who: Someone, number: int, *, told: bool = True) -> Mail:
        """Somebody sends a letter; receipts of it are on their way."""
        to, from_class, to_class = WAYS[who]
        mail = await (self.sends if told else self.town.send)(
            who,
            f"Letter {number} from {from_class} to {to_class}",
            f"Dear {to.first_name},\n\nhere is letter {number}.\n\n{who.first_name}\n",
            to=(to,),
            cc=(OFFICE,),
            files={"letters.pdf": papers.pdf([f"Letter {number}", "How are you? We are well."])},
        )
        await self.is_(Kind.LETTER, mail, mails=2)
        return mail

    async def receipts(self, mail: Mail, who: Someone, number: int) -> None:
        to, from_class, _ = WAYS[who]
        await self.gets(who, mail, f"Letter {number} from {from_class} has arrived")
        await self.gets(to, mail, f"Letter {number} from {from_class} is here")

    async def reminded(self, who: Someone, subject: str, *said: str) -> Mail:
        """The last mail that somebody got has this subject, and each of `said` stands in it."""
        mail = self.town.ours(who)[-1]
        expect(mail.subject == subject, f"{who.name} should have got “{subject}”, not “{mail.subject}”")
        for words in said:
            expect(words in " ".join(mail.text.split()), f"the mail to {who.name} should say “{words}”")
        self.stage.got(mail, said)
        await self.stage.pause(READ)
        return mail

    async def plan(self) -> list[Foreseen]:
        return foreseen(await rehearsed(self.town))

    async def show(self, mails: list[Foreseen]) -> None:
        self.stage.table(COLUMNS, plan_rows(mails))
        await self.stage.pause(READ)


YearScene = Callable[[Year], Awaitable[None]]


async def planned(year: Year) -> None:
    year.stage.moment(in_words(year.passing.clock.now()))
    mails = await year.plan()
    year.plans.append(len(mails))
    year.stage.say(
        "Four letters each way are agreed, and each school has said when it is closed. What `twinpost plan` "
        "foresees, should no letter come at all:"
    )
    await year.show(mails[:MOST_PLANNED])
    last = day_in_words(mails[-1].at.date())
    year.stage.say(f"And {len(mails) - MOST_PLANNED} more, the last on {last}.")


async def in_time(year: Year) -> None:
    await year.until(_at(OSLO, 2026, 9, 17, 8, 20))
    await year.reminded(KARI, "Letter 1 to 6A Delhi is due on Thursday 24 September", "How I counted")
    await year.until(_at(OSLO, 2026, 9, 23, 10, 30))
    await year.receipts(await year.writes(KARI, 1), KARI, 1)


async def held(year: Year) -> None:
    await year.until(_at(OSLO, 2026, 11, 5, 9))
    year.stage.say("Letter 1 from 6A Delhi was due on Wednesday 4 November, and has not come.")
    await year.reminded(KARI, "Nothing from 6A Delhi until Thursday 12 November")
    before = year.town.sent()
    await year.until(_at(DELHI, 2026, 11, 12, 7, 55))
    expect(year.town.sent() == before, "nobody should get a mail during Diwali")
    year.stage.say(
        "But for Diwali, the second school day after the due date would have been Friday 6 November. Meera "
        "has had no mail in her holidays. In five minutes her school opens."
    )
    await year.until(_at(DELHI, 2026, 11, 12, 8, 5))
    await year.reminded(MEERA, "I have not seen letter 1 to 7B Oslo yet", "How I counted")
    await year.until(_at(DELHI, 2026, 11, 13, 11, 10))
    await year.receipts(await year.writes(MEERA, 1), MEERA, 1)


async def chased(year: Year) -> None:
    before = len(year.town.ours(MEERA))
    await year.until(_at(OSLO, 2026, 11, 30, 8, 20))
    year.stage.say("Letter 2 from 7B Oslo was due on Thursday 26 November.")
    await year.reminded(KARI, "I have not seen letter 2 to 6A Delhi yet")
    expect(len(year.town.ours(MEERA)) == before, "Kari should be asked alone")
    year.stage.say("Kari is asked alone, Meera hears nothing of it yet. Should no letter come, this follows:")
    await year.show(await _chasing(year))
    await year.until(_at(OSLO, 2026, 12, 3, 12, 15))
    await year.receipts(await year.writes(KARI, 2), KARI, 2)
    left = await _chasing(year)
    expect(not left, f"nothing about letter 2 should be planned any more, not {left}")
    before = year.town.sent()
    await year.until(_at(OSLO, 2026, 12, 15, 9))
    expect(year.town.sent() == before, "nobody should be asked about a letter that has come")
    year.stage.say("Monday 7 and Monday 14 December have passed, and nobody was asked again.")


async def _chasing(year: Year) -> list[Foreseen]:
    """What is planned about letter 2 from Oslo if it does not come, until the middle of December."""
    steps = {"letter-overdue-again", "offer-pause"}
    end = _at(OSLO, 2026, 12, 20, 0)
    return [mail for mail in await year.plan() if steps.intersection(mail.notices) and mail.at < end]


async def replanned(year: Year) -> None:
    mails = await year.plan()
    expect(len(mails) < year.plans[-1], "the plan should have become shorter")
    year.stage.say(
        f"In August {year.plans[-1]} mails were planned for the case that no letter comes, now {len(mails)}. "
        "Gone are those that were sent, and those that a letter has settled. The next:"
    )
    year.plans.append(len(mails))
    await year.show(mails[:NEXT_PLANNED])


async def spring(year: Year) -> None:
    year.stage.say("Each of these letters comes a day before it is due, and both get their receipts:")
    for who, number, moment in IN_SPRING:
        await year.passing.until(moment)
        await year.writes(who, number, told=False)
        year.stage.point(f"{in_words(moment)}: letter {number} from {WAYS[who][1]}")
        await year.stage.pause(READ / 2)
    await year.until(LAST_DAY)
    rehearsal = await rehearsed(year.town)
    expect(not rehearsal.mails, "nothing should be planned after the end")
    year.stage.say(f"Nothing is planned any more: {rehearsal.why_none}.")


async def by_date(year: Year) -> None:
    """What lies in the teachers' mailboxes."""
    town = year.town
    boxes = [
        (who, await asyncio.to_thread(read_mailbox, town.server.imap_port, who.address, town.password))
        for who in TEACHERS
    ]
    got = sum(mail.sender == OFFICE.address for _, box in boxes for mail in box)
    expect(got == town.sent(), f"{town.sent()} mails should lie in the mailboxes, not {got}")
    receipts = sum(bool(mail.answers) for _, box in boxes for mail in box)
    expect(receipts == RECEIPTS, f"{RECEIPTS} receipts should lie in the mailboxes, not {receipts}")
    year.stage.say(
        f"Read from both mailboxes over IMAP, {RECEIPTS} receipts left out. What goes to both comes to each "
        "at the time of her own city."
    )
    year.stage.table(COLUMNS, year_rows(boxes))


YEAR: tuple[tuple[str, YearScene], ...] = (
    ("The plan of a school year", planned),
    ("A letter is due, and comes in time", in_time),
    ("Diwali: a reminder waits until the holidays are over", held),
    ("A letter is late: its class is asked until it comes", chased),
    ("What is planned now", replanned),
    ("The rest of the year", spring),
    ("The year by date", by_date),
)


async def year_ends_well(year: Year) -> None:
    """Raises NotAsExpected unless all letters are in the log, and every mail went once and to a teacher."""
    town = year.town
    log = await town.parts.desk.do(views.delivery_log)
    found = sorted((line.from_class, *line.numbers) for line in log)
    letters = sorted((from_class, number) for _, from_class, _ in WAYS.values() for number in range(1, 5))
    expect(found == letters, f"the log should hold {letters}, not {found}")
    counts = await town.parts.desk.do(outbox.counts)
    expect(town.sent() == SENT, f"{SENT} mails should have been sent in the year, not {town.sent()}")
    expect(counts == {outbox.State.SENT: SENT}, f"{SENT} mails should have been sent, not {counts}")
    expect(not town.ours(ADMIN), "the admin should have nothing to look after")
    aside = await town.parts.desk.do(views.aside)
    expect(not aside, f"nothing should be set aside, not {aside}")
