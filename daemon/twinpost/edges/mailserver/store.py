"""The mail that our server keeps: accounts, folders, messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

SEEN, DELETED, RECENT = "\\Seen", "\\Deleted", "\\Recent"


@dataclass(slots=True, eq=False)
class Message:
    uid: int
    octets: bytes
    arrived_at: datetime
    flags: set[str] = field(default_factory=set)
    changed: int = 0  # the folder's version at which its flags changed


@dataclass(frozen=True, slots=True)
class Posted:
    """One accepted SMTP transaction, as it came in."""

    sender: str
    recipients: tuple[str, ...]
    octets: bytes


class Folder:
    """Messages in UID order. `version` grows with every change; `watchers` are told of each.

    `use` is what it is for (RFC 6154, 2), such as \\Junk; "" for nothing in particular.
    """

    def __init__(self, name: str, uidvalidity: int, copy_to: Path | None = None, use: str = "") -> None:
        self.name = name
        self.use = use
        self.uidvalidity = uidvalidity
        self.uidnext = 1
        self.version = 0
        self.messages: list[Message] = []
        self.watchers: set[Callable[[], None]] = set()
        self._copy_to = copy_to

    def add(
        self, octets: bytes, flags: set[str] | None = None, arrived_at: datetime | None = None
    ) -> Message:
        message = Message(self.uidnext, octets, arrived_at or datetime.now(UTC), set(flags or ()))
        self.uidnext += 1
        self.messages.append(message)
        if self._copy_to is not None:
            self._copy_to.mkdir(parents=True, exist_ok=True)
            (self._copy_to / f"{message.uid:05}.eml").write_bytes(octets)
        self._tell()
        return message

    def flag(self, message: Message, flags: set[str]) -> None:
        message.flags = flags
        message.changed = self.version + 1
        self._tell()

    def remove(self, messages: list[Message]) -> None:
        gone = {message.uid for message in messages}
        self.messages = [message for message in self.messages if message.uid not in gone]
        self._tell()

    def rebuild(self) -> None:
        """Number everything anew, as after a restored backup: old UIDs are void."""
        self.uidvalidity += 1
        for uid, message in enumerate(self.messages, 1):
            message.uid = uid
        self.uidnext = len(self.messages) + 1
        self._tell()

    def _tell(self) -> None:
        self.version += 1
        for watcher in tuple(self.watchers):
            watcher()


class Account:
    """One mailbox: an address, a password and folders. INBOX is always there."""

    def __init__(self, address: str, password: str, copy_to: Path | None = None) -> None:
        self.address = address
        self.password = password
        self.folders: dict[str, Folder] = {}
        self._copy_to = copy_to / address.replace("/", "_") if copy_to else None
        self._uidvalidity = int(datetime.now(UTC).timestamp())
        self.create("INBOX")

    def create(self, name: str, use: str = "") -> Folder:
        """A new folder with a UIDVALIDITY never used before. Raises ValueError when it exists."""
        if self.find(name):
            raise ValueError(name)
        self._uidvalidity += 1
        place = self._copy_to / name.replace("/", ".") if self._copy_to else None
        self.folders[name] = Folder(name, self._uidvalidity, place, use)
        return self.folders[name]

    def find(self, name: str) -> Folder | None:
        """A folder by its name; INBOX in any case (RFC 3501, 5.1)."""
        return self.folders.get("INBOX" if name.upper() == "INBOX" else name)

    @property
    def inbox(self) -> Folder:
        return self.folders["INBOX"]
