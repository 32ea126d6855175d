"""The doors to the outside world, each as small as its use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from twinpost.core.model.mail import Bookmark, Glance, ListedFolder, Reading
from twinpost.core.model.mail import Waiting as Waiting
from twinpost.core.model.notice import FollowUp, Notice
from twinpost.core.model.outgoing import Enclosure, Outcome, RenderedMail
from twinpost.core.model.people import Person


class Mailbox(Protocol):
    """One IMAP folder, for one thread. Every method but `wake` blocks, with a time limit.

    Raises SignInRefused or WireError; after either the mailbox is closed and `open` starts anew.
    """

    name: str

    def open(self) -> int:
        """Connect, sign in, select the folder. Returns its UIDVALIDITY."""

    def close(self) -> None:
        """Sign out if that is possible; never raises."""

    def waiting(self, after: int) -> list[Waiting]:
        """The messages with a UID above `after`, oldest (lowest UID) first."""

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Whole messages by UID with BODY.PEEK[]; one that vanished meanwhile is left out."""

    def stream(self, uid: int) -> Iterator[bytes]:
        """One large message in pieces; raises KeyError when it vanished."""

    def wait(self, seconds: float) -> bool:
        """Return when something may have arrived (True), `wake` was called or the time is over."""

    def wake(self) -> None:
        """End a `wait` from another thread."""

    def folders(self) -> list[ListedFolder]:
        """Every folder of the mailbox, whatever it is for."""

    def glance(self, folder: str, mark: Bookmark, since: date, most: int) -> Glance | None:
        """At most `most` headers of what lies in another folder behind the bookmark and came since that day.

        None where the folder cannot be opened. Nothing there changes, and no news of this one is lost.
        """

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move by UID; the folder is made when it is missing. A UID that vanished is no error."""

    def remove(self, uids: Sequence[int]) -> bool:
        """Remove these for good, and nothing else. False where the server cannot: then they stay, marked."""


class Postman(Protocol):
    """Hands mails to the outgoing server over kept connections."""

    def ready_in(self) -> float:
        """Seconds until the provider's rate allows another mail; who asks first can still choose which."""

    async def send(self, sender: str, recipients: Sequence[str], octets: bytes) -> Outcome:
        """One SMTP transaction for all recipients or none. Never raises for what a server says or does."""

    async def close(self) -> None:
        """End the kept connections."""


class Vault(Protocol):
    """The originals, as files named by the SHA-256 of their octets."""

    def put(self, octets: bytes) -> str:
        """Keep octets for ever (written, fsynced, renamed). Returns the hash."""

    def put_stream(self, pieces: Iterator[bytes]) -> tuple[str, int]:
        """The same for a large message. Returns hash and size."""

    def get(self, sha256: str) -> bytes:
        """The octets. Raises FileNotFoundError."""

    def path(self, sha256: str) -> Path:
        """Where the original lies."""

    def remove(self, sha256: str) -> bool:
        """Let an original go for good. Returns whether it was there. Raises LedgerError."""

    def entered(self, hashes: Iterable[str]) -> None:
        """The journal knows these now."""

    def sweep(self, sha256: str) -> bool:
        """The same as `remove`, but never for what was put here and is still to be entered."""

    def hashes(self) -> Iterator[tuple[str, datetime]]:
        """Every original that is here, with the moment at which it was written."""


class Reader(Protocol):
    """Reads messages, the large and the odd ones in a child process with limits."""

    def read(self, sha256: str, octets: bytes | None = None) -> Reading:
        """What a kept message says; `octets` spare a look into the vault."""

    def enclosures(self, sha256: str, parts: Sequence[int]) -> tuple[Enclosure, ...]:
        """Attached files by part number; no numbers: the whole original as message/rfc822."""


class Renderer(Protocol):
    """Puts a notice into words."""

    def render(self, notice: Notice, to: Person, language: str) -> RenderedMail:
        """The mail in the reader's language, or in English where it has no translation."""

    def line(self, notice: FollowUp, to: Person, language: str) -> str:
        """A follow-up as one line of the weekly digest, in the same way."""
