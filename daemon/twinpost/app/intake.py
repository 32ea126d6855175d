"""From the mailbox into the journal, and from the journal through the stations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from twinpost.app.enact import Enactment, admin_note
from twinpost.app.house import House
from twinpost.app.ports import Mailbox, Waiting
from twinpost.app.process import Processed, process
from twinpost.core.model.effect import Decision
from twinpost.core.model.mail import Kept, Place, Reading
from twinpost.core.model.people import Directory
from twinpost.errors import LedgerError
from twinpost.ledger import journal, people
from twinpost.ledger.journal import MOST_TRIES, Arrival
from twinpost.ledger.transaction import Desk

BATCH = 100
"""Messages fetched, kept and processed together."""

BATCH_OCTETS = 8_000_000
NEVER = -1  # no revision of the ledger
LARGE = 2_000_000
"""From this size on a message is fetched in pieces, straight into the vault."""


@dataclass(slots=True)
class Collector:
    """Keeps what lies in one mailbox. Runs in the mailbox's own thread."""

    mailbox: Mailbox
    desk: Desk
    house: House
    clock: Callable[[], datetime]
    uidvalidity: int = 0

    def open(self) -> None:
        """Connect. A new UIDVALIDITY makes every stored UID void: all is listed anew, known by content."""
        self.uidvalidity = self.mailbox.open()

    def collect(self, beat: Callable[[], None] = lambda: None) -> int:
        """Keep everything that has not been kept, oldest first. Returns how many messages.

        `beat` is called after each batch: a first start may have a hundred thousand to read.
        """
        validity, last = self.desk.do_now(lambda c: journal.last_uid(c, self.mailbox.name))
        after = last if validity == self.uidvalidity else 0
        count = 0
        for batch in batches(self.mailbox.waiting(after)):
            arrivals = [*self._fetch(batch)]
            self.desk.do_now(lambda c, a=arrivals, b=batch: self._keep(c, a, b[-1].uid))  # type: ignore[misc]
            count += len(arrivals)
            beat()
        return count

    def _fetch(self, batch: Sequence[Waiting]) -> Iterator[Arrival]:
        """The messages of a batch, their octets safe; what vanished meanwhile is left out."""
        small = [waiting.uid for waiting in batch if waiting.size < LARGE]
        octets = self.mailbox.fetch(small) if small else {}
        vault = self.house.vault
        for waiting in batch:
            if waiting.size >= LARGE:
                try:
                    sha256, size = vault.put_stream(self.mailbox.stream(waiting.uid))
                except KeyError:
                    continue
            elif waiting.uid in octets:
                sha256, size = vault.put(octets[waiting.uid]), len(octets[waiting.uid])
            else:
                continue
            place = Place(self.mailbox.name, self.uidvalidity, waiting.uid)
            yield Arrival(place, sha256, size, waiting.arrived_at)

    def _keep(self, connection: sa.Connection, arrivals: Sequence[Arrival], last: int) -> None:
        journal.keep(connection, arrivals, self.clock())
        journal.note_uid(connection, self.mailbox.name, self.uidvalidity, last)

    def tidy(self, folders: dict[str, str]) -> int:
        """Move what has been dealt with, where the admin named folders. Returns how many."""
        if not folders:
            return 0
        rows = self.desk.do_now(lambda c: journal.to_move(c, self.mailbox.name, self.uidvalidity, 10_000))
        by_folder: dict[str, list[int]] = {}
        for uid, kind, state in rows:
            folder = folders.get(folder_for(kind, state), "")
            if folder:
                by_folder.setdefault(folder, []).append(uid)
        for folder, uids in by_folder.items():
            self.mailbox.move(uids, folder)
            self.desk.do_now(
                lambda c, f=folder, u=uids: journal.moved(  # type: ignore[misc]
                    c, self.mailbox.name, self.uidvalidity, u, f
                )
            )
        return sum(map(len, by_folder.values()))


def folder_for(kind: str, state: str) -> str:
    """The key of `[imap] folders` for a message."""
    if state == "aside":
        return "aside"
    return {"automatic": "machines", "bounce": "machines", "stranger": "strangers"}.get(kind, "done")


def batches(waiting: Sequence[Waiting]) -> Iterator[list[Waiting]]:
    """Messages in order, cut where a batch would hold too many or too much."""
    batch: list[Waiting] = []
    octets = 0
    for one in waiting:
        if batch and (len(batch) >= BATCH or octets + one.size > BATCH_OCTETS):
            yield batch
            batch, octets = [], 0
        batch.append(one)
        octets += one.size
    if batch:
        yield batch


@dataclass(slots=True)
class Processing:
    """Takes kept messages through the stations, in batches that commit together."""

    house: House
    desk: Desk
    clock: Callable[[], datetime]
    report: Callable[[Processed], None] = lambda done: None
    trouble: Callable[[int, Exception], None] = lambda message, error: None
    recovering: bool = True  # after a start nobody knows which message killed us: one by one
    _directory: tuple[int, Directory] = (NEVER, Directory())

    async def run(self) -> int:
        """Process everything that is kept. Returns how many messages were dealt with."""
        count = 0
        while kept := await self.desk.do(lambda c: journal.to_process(c, BATCH)):
            if self.recovering or any(one.tries for one in kept) or not await self._together(kept):
                for one in kept:
                    await self._alone(one)
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
            raise
        except Exception:
            self._directory = (NEVER, Directory())  # what was rolled back may be in it
            return False
        for one in done:
            self.report(one)
        return True

    async def _alone(self, kept: Kept) -> None:
        """One message; its try is written down before anybody looks at it."""
        if kept.tries >= MOST_TRIES:
            await self._set_aside(kept, "The program stopped three times while it worked on this message.")
            return
        await self.desk.do(lambda c: journal.count_try(c, kept.id))
        try:
            readings = await asyncio.to_thread(self._read, [kept])
            done = await self.desk.do(lambda c: self._process(c, [kept], readings))
        except LedgerError:
            raise
        except Exception as error:
            self._directory = (NEVER, Directory())
            self.trouble(kept.id, error)
            if kept.tries + 1 >= MOST_TRIES:
                await self._set_aside(kept, f"It could not be processed: {type(error).__name__}: {error}")
            return
        self.report(done[0])

    async def _set_aside(self, kept: Kept, reason: str) -> None:
        def work(connection: sa.Connection) -> None:
            journal.set_aside(connection, kept.id, reason)
            note = admin_note(self.house, f"aside/{kept.id}", "set-aside", (f"message {kept.id}", reason))
            directory = self.directory(connection)
            enactment = Enactment(connection, self.house, directory, self.clock(), cause=kept)
            enactment.enact(Decision((note,)))

        await self.desk.do(work)

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
        revision = people.revision(connection)
        if self._directory[0] != revision:
            self._directory = (revision, people.load_directory(connection))
        return self._directory[1]
