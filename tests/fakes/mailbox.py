"""A mailbox in memory. It passes the same examination as the real one: tests/contracts/mailbox.py."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes

from twinpost.core.model.mail import Bookmark, Glance, Glimpse, ListedFolder, Waiting
from twinpost.errors import NotHandedOver, TwinpostError, WireError

PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Lying:
    """One message in the fake folder."""

    octets: bytes
    arrived_at: datetime


class FakeMailbox:
    """Implements `app.ports.Mailbox`; the other methods play the postman, the server and the people.

    `moved` lists what was moved, by folder; `withheld` are UIDs that are listed but not given. `others` are
    the folders beside this one, their UIDs counted from 1, a removed mail being None; `locked` those of
    them that cannot be opened. Without `can_remove` it is a server without UIDPLUS.
    """

    def __init__(self, name: str = "INBOX", uidvalidity: int = 1) -> None:
        self.name = name
        self.uidvalidity = uidvalidity
        self.messages: dict[int, Lying] = {}
        self.moved: dict[str, list[bytes]] = {}
        self.withheld: set[int] = set()
        self.others: dict[str, list[Lying | None]] = {}
        self.locked: set[str] = set()
        self.can_remove = True
        self._next = 1
        self._opened = False
        self._failures: list[TwinpostError] = []
        self._news = False
        self._bell = threading.Condition()
        self._woken = False

    # what tests do to it

    def deliver(self, octets: bytes, arrived_at: datetime | None = None) -> int:
        """A new mail arrives. Returns its UID."""
        with self._bell:
            uid, self._next = self._next, self._next + 1
            self.messages[uid] = Lying(octets, arrived_at or datetime.now(UTC))
            self._news = True
            self._bell.notify_all()
        return uid

    def take_away(self, uid: int) -> None:
        """Somebody else removes a mail."""
        self.messages.pop(uid, None)

    def rebuild(self) -> None:
        """The server numbers the folder anew, and hangs up."""
        self.uidvalidity += 1
        self.messages = dict(enumerate(self.messages.values(), 1))
        self._next = len(self.messages) + 1
        self.fail(WireError("The folder was rebuilt."))

    def fail(self, *errors: TwinpostError) -> None:
        """The next calls raise these, one each, and close the mailbox."""
        self._failures.extend(errors)

    # the port

    def open(self) -> int:
        self._opened = False
        self._stumble()
        self._opened = True
        return self.uidvalidity

    def close(self) -> None:
        self._opened = False

    def waiting(self, after: int) -> list[Waiting]:
        self._check()
        self._news = False
        return [
            Waiting(uid, len(each.octets), each.arrived_at)
            for uid, each in sorted(self.messages.items())
            if uid > after
        ]

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        self._check()
        self._check_given(uids)
        return {uid: self.messages[uid].octets for uid in uids if uid in self.messages}

    def stream(self, uid: int) -> Iterator[bytes]:
        self._check()
        self._check_given([uid])
        octets = self.messages[uid].octets
        yield from (octets[start : start + PIECE] for start in range(0, len(octets), PIECE))

    def wait(self, seconds: float) -> bool:
        self._check()
        with self._bell:
            self._bell.wait_for(lambda: self._news or self._woken, timeout=seconds)
            heard, self._news, self._woken = self._news, False, False
        return heard

    def wake(self) -> None:
        with self._bell:
            self._woken = True
            self._bell.notify_all()

    def folders(self) -> list[ListedFolder]:
        self._check()
        return [ListedFolder(name) for name in (self.name, *self.others)]

    def glance(self, folder: str, mark: Bookmark, since: date, most: int) -> Glance | None:
        self._check()
        if folder not in self.others or folder in self.locked:
            return None
        lying = {uid: each for uid, each in enumerate(self.others[folder], 1) if each is not None}
        after = mark.uid if mark.uidvalidity == self.uidvalidity else 0
        fresh = [uid for uid in lying if uid > after and lying[uid].arrived_at.date() >= since]
        up_to = fresh[most - 1] if len(fresh) > most else len(self.others[folder])
        seen = tuple(Glimpse(uid, lying[uid].arrived_at, _header(lying[uid].octets)) for uid in fresh[:most])
        there = frozenset(mark.lying if after else ()) & lying.keys()
        return Glance(self.uidvalidity, seen, up_to, up_to < len(self.others[folder]), there)

    def move(self, uids: Sequence[int], folder: str) -> None:
        self._check()
        for uid in uids:
            if (message := self.messages.pop(uid, None)) is not None:
                self.moved.setdefault(folder, []).append(message.octets)

    def remove(self, uids: Sequence[int]) -> bool:
        self._check()
        if self.can_remove:
            for uid in uids:
                self.messages.pop(uid, None)
        return self.can_remove

    def _check(self) -> None:
        self._stumble()
        if not self._opened:
            raise WireError("The mailbox is not open.")

    def _check_given(self, uids: Sequence[int]) -> None:
        withheld = sorted(self.withheld & set(uids) & set(self.messages))
        if withheld:
            self._opened = False
            raise NotHandedOver(f"listed and not given: {withheld}", withheld)

    def _stumble(self) -> None:
        if self._failures:
            self._opened = False
            raise self._failures.pop(0)


def _header(octets: bytes) -> bytes:
    """The lines that a glance takes, as a server gives them."""
    head = message_from_bytes(octets)
    named = [(name, head[name]) for name in ("From", "Subject", "Date", "Message-ID") if head[name]]
    return "".join(f"{name}: {value}\r\n" for name, value in named).encode() + b"\r\n"
