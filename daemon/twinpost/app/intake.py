"""From the journal through the stations: in batches that commit together, one by one where that fails."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from twinpost.app.enact import Enactment
from twinpost.app.house import House
from twinpost.app.process import Processed, process
from twinpost.core.deciding.admin_note import admin_note
from twinpost.core.model.effect import Decision
from twinpost.core.model.mail import Kept, Reading
from twinpost.core.model.people import Directory
from twinpost.core.writing.plain import one_line
from twinpost.errors import LedgerError
from twinpost.ledger import journal, people
from twinpost.ledger.journal import MOST_TRIES
from twinpost.ledger.transaction import Desk

BATCH = 100
"""Messages processed together."""

MOST_REASON = 1000
"""Characters of an error's text that are kept."""


@dataclass(slots=True)
class Processing:
    """Takes kept messages through the stations, in batches that commit together."""

    house: House
    desk: Desk
    clock: Callable[[], datetime]
    report: Callable[[Processed], None] = lambda done: None
    trouble: Callable[[int, Exception], None] = lambda message, error: None
    aside: Callable[[int, str], None] = lambda message, reason: None
    recovering: bool = True  # after a start nobody knows which message killed us: one by one
    _everybody: people.Everybody = field(init=False)
    _spoilt: Counter[int] = field(default_factory=Counter)  # tries that the ledger's troubles cost a message

    def __post_init__(self) -> None:
        self._everybody = people.Everybody(self.house.language)

    async def run(self, committed: Callable[[], None] = lambda: None) -> int:
        """Process everything that is kept; `committed` is called after each batch.

        Returns how many messages were dealt with.
        """
        count = 0
        while kept := await self.desk.do(lambda c: journal.to_process(c, BATCH)):
            if self.recovering or any(one.tries for one in kept) or not await self._together(kept):
                for one in kept:
                    await self._alone(one)
            committed()
            count += len(kept)
            if len(kept) < BATCH:
                self.recovering = False
        self.recovering = False
        return count

    async def _together(self, kept: Sequence[Kept]) -> bool:
        """A whole batch in one transaction; False when something in it went wrong."""
        try:
            readings = await asyncio.to_thread(self._read, kept)
            done = await self.desk.do(lambda c: self._process(c, kept, readings))
        except LedgerError:
            self._forget()
            raise
        except Exception:
            self._forget()
            return False
        for one in done:
            self.report(one)
        return True

    async def _alone(self, kept: Kept) -> None:
        """One message; its try is written down before anybody looks at it."""
        tries = kept.tries - self._spoilt[kept.id]
        if tries >= MOST_TRIES:
            await self._set_aside(kept, "The program stopped three times while it worked on this message.")
            return
        try:
            await self.desk.do(lambda c: journal.count_try(c, kept.id))
            readings = await asyncio.to_thread(self._read, [kept])
            done = await self.desk.do(lambda c: self._process(c, [kept], readings))
        except LedgerError:
            self._spoilt[kept.id] += 1
            self._forget()
            raise
        except Exception as error:
            self._forget()
            self.trouble(kept.id, error)
            if tries + 1 >= MOST_TRIES:
                await self._set_aside(kept, _reason(error))
            return
        self.report(done[0])

    def _forget(self) -> None:
        """What was rolled back may be in the directory."""
        self._everybody.unread()

    async def _set_aside(self, kept: Kept, reason: str) -> None:
        def work(connection: sa.Connection) -> None:
            journal.set_aside(connection, kept.id, reason)
            note = admin_note(
                self.house.office.admin, f"aside/{kept.id}", "set-aside", (f"message {kept.id}", reason)
            )
            directory = self.directory(connection)
            enactment = Enactment(connection, self.house, directory, self.clock(), cause=kept)
            enactment.enact(Decision((note,)))

        await self.desk.do(work)
        self.aside(kept.id, reason)

    def _read(self, kept: Sequence[Kept]) -> list[Reading]:
        return [self.house.reader.read(one.sha256) for one in kept]

    def _process(
        self, connection: sa.Connection, kept: Sequence[Kept], readings: Sequence[Reading]
    ) -> list[Processed]:
        now = self.clock()
        return [
            process(connection, self.house, self.directory(connection), one, reading, now)
            for one, reading in zip(kept, readings, strict=True)
        ]

    def directory(self, connection: sa.Connection) -> Directory:
        """Everybody, read again only when something about them has changed."""
        return self._everybody.now(connection)


def _reason(error: Exception) -> str:
    """Why a message was set aside: of a database's error its own words, since SQLAlchemy quotes the mail."""
    if isinstance(error, FileNotFoundError):
        return (
            "Its original is not in the folder of originals: drag the mail out of the inbox and back, or put "
            "the original back from a backup and retry."
        )
    text = str(getattr(error, "orig", error))
    return one_line(f"It could not be processed: {type(error).__name__}: {text}", MOST_REASON)
