"""From the mailbox into the journal: fetched, kept, and only then looked at by anybody."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from twinpost.app.enact import Enactment
from twinpost.app.house import House
from twinpost.app.ports import Mailbox, Waiting
from twinpost.core.deciding.admin_note import admin_note
from twinpost.core.model.effect import Decision
from twinpost.core.model.mail import Place
from twinpost.core.model.people import Directory
from twinpost.errors import NotHandedOver
from twinpost.ledger import journal, purging, withheld
from twinpost.ledger.journal import Arrival
from twinpost.ledger.transaction import Desk

BATCH = 100
"""Messages fetched and kept together."""

BATCH_OCTETS = 8_000_000
LARGE = 2_000_000
"""From this size on a message is fetched in pieces, straight into the vault."""


@dataclass(frozen=True, slots=True)
class Purged:
    """How many mails were removed from the mailbox, and how many could not be."""

    removed: int = 0
    stay: int = 0


@dataclass(slots=True)
class Collector:
    """Keeps what lies in one mailbox. Runs in the mailbox's own thread."""

    mailbox: Mailbox
    desk: Desk
    house: House
    clock: Callable[[], datetime]
    uidvalidity: int = 0
    purged_up_to: int = 0  # UIDs seen to by `purge` in this session

    def open(self) -> None:
        """Connect. A new UIDVALIDITY makes every stored UID void: all is listed anew, known by content."""
        self.uidvalidity = self.mailbox.open()
        self.purged_up_to = 0

    def collect(self, beat: Callable[[], None] = lambda: None) -> int:
        """Keep everything that has not been kept, oldest first. Returns how many messages.

        `beat` is called after each batch: a first start may have a hundred thousand to read.
        """
        validity, last = self.desk.do_now(lambda c: journal.last_uid(c, self.mailbox.name))
        after = last if validity == self.uidvalidity else 0
        blamed = self.desk.do_now(lambda c: withheld.blamed(c, self.mailbox.name, self.uidvalidity))
        count = self._once_more(blamed, after)
        for batch in batches(self.mailbox.waiting(after)):
            willing = [waiting for waiting in batch if waiting.uid not in blamed]
            count += self._take(willing, last=batch[-1].uid)
            beat()
        return count

    def _once_more(self, blamed: Mapping[int, int], after: int) -> int:
        """Ask again, each by itself, for what the server listed and did not give; three times in all."""
        count = 0
        for uid, tries in blamed.items():
            if tries < journal.MOST_TRIES:
                waiting = [one for one in self.mailbox.waiting(uid - 1) if one.uid == uid]
                count += self._take(waiting, last=max(after, uid))
                self.desk.do_now(lambda c, u=uid: withheld.forget(c, self.mailbox.name, u))  # type: ignore[misc]
        return count

    def _take(self, batch: Sequence[Waiting], last: int) -> int:
        """Fetch and keep one batch; up to UID `last` everything is seen to. Returns how many were kept."""
        try:
            arrivals = [*self._fetch(batch)]
        except NotHandedOver as error:
            uids = error.uids
            self.desk.do_now(lambda c: self._blame(c, uids))
            raise
        gone = self.desk.do_now(lambda c: self._keep(c, arrivals, last))
        self.house.vault.entered(arrival.sha256 for arrival in arrivals)
        for sha256 in gone:  # kept no more, and fetched only because it lies there under a new number
            self.house.vault.remove(sha256)
        return len(arrivals)

    def _blame(self, connection: sa.Connection, uids: Sequence[int]) -> None:
        now = self.clock()
        for uid in uids:
            tries = withheld.blame(connection, self.mailbox.name, self.uidvalidity, uid, now)
            if tries == journal.MOST_TRIES:
                key = f"withheld/{self.uidvalidity}/{uid}"
                lines = (f"{self.mailbox.name}, UID {uid}",)
                note = admin_note(self.house.office.admin, key, "not-handed-over", lines)
                Enactment(connection, self.house, Directory(), now).enact(Decision((note,)))

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

    def _keep(self, connection: sa.Connection, arrivals: Sequence[Arrival], last: int) -> set[str]:
        """Enter them; returns the hashes of those whose original has left."""
        journal.keep(connection, arrivals, self.clock())
        journal.note_uid(connection, self.mailbox.name, self.uidvalidity, last)
        return purging.purged_among(connection, {arrival.sha256 for arrival in arrivals})

    def purge(self) -> Purged:
        """Remove from the mailbox what is kept no more, at most a batch, each only after its octets were
        compared. Where the server cannot remove single mails they stay.
        """
        copies = self.desk.do_now(
            lambda c: purging.in_mailbox(c, self.mailbox.name, self.uidvalidity, self.purged_up_to, BATCH)
        )
        if not copies:
            return Purged()
        same = [copy.uid for copy in copies if self._is_ours(copy)]
        there = {one.uid for one in self.mailbox.waiting(copies[0].uid - 1)}
        able = self.mailbox.remove(same) if same else True
        left = {copy.uid for copy in copies if copy.uid not in there} | (set(same) if able else set())
        self.desk.do_now(lambda c: purging.left_mailbox(c, self.mailbox.name, self.uidvalidity, left))
        self.purged_up_to = copies[-1].uid
        removed = len(same) if able else 0
        return Purged(removed, sum(copy.uid in there for copy in copies) - removed)

    def _is_ours(self, copy: purging.Copy) -> bool:
        """Whether what lies under this UID is the very mail that we read."""
        digest = hashlib.sha256()
        try:
            if copy.size < LARGE:
                digest.update(self.mailbox.fetch([copy.uid])[copy.uid])
            else:
                for piece in self.mailbox.stream(copy.uid):
                    digest.update(piece)
        except KeyError:  # it is gone
            return False
        return digest.hexdigest() == copy.sha256

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
