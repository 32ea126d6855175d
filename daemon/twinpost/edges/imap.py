"""The shared mailbox over IMAP, for one thread.

Reading sets no flag: bodies are fetched with BODY.PEEK[], and progress is kept by UID in the ledger. The
folder is opened with SELECT all the same: Dovecot's Maildir lists whole, at every look of an EXAMINE, what
nobody has taken up, and among 100,000 mails each new one would be told 200 ms later.
"""

from __future__ import annotations

import imaplib
import socket
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from time import monotonic
from typing import Any

from imapclient import DELETED
from imapclient.exceptions import ProtocolError
from imapclient.response_parser import parse_fetch_response

from twinpost.core.model.mail import Bookmark, Glance, ListedFolder, Waiting
from twinpost.edges.imap_door import NOT_ALLOWED, Client, Door, connect, enter, refusal
from twinpost.edges.imap_glance import folders, glance
from twinpost.errors import NotHandedOver, SessionEnded, TwinpostError, WireError

BATCH = 500  # messages in one command: about 4 kB of numbers
PIECE = 1 << 20  # octets of one partial fetch
IDLE_SECONDS = 300.0  # one IDLE: RFC 2177 allows 29 minutes, routers between forget us sooner
COPIED = "$TwinpostCopied"  # marks what was copied away but could not be removed
OVER = "$TwinpostOver"  # marks what is kept no more but could not be removed
# How imaplib says that it was given something else than IMAP; its text then quotes what may be a letter
UNREADABLE = ("unexpected", "socket error: unterminated line")
NOT_IMAP = "the server's answer cannot be read"

Answers = dict[int, dict[bytes, Any]]


class ImapMailbox:
    """One folder of the shared mailbox; implements `app.ports.Mailbox`.

    `poll_seconds`: how often the server is asked whatever IDLE says. Each command ends within
    `patience` seconds, later only while octets keep coming.
    """

    def __init__(
        self, door: Door, folder: str = "INBOX", *, poll_seconds: float = 60.0, patience: float = 60.0
    ) -> None:
        self.name = folder
        self._door = door
        self._poll_seconds, self._patience = poll_seconds, patience
        self._client: Client | None = None
        self._uidvalidity = 0
        self._readonly = self._keywords = False
        self._targets: dict[str, str] = {}
        self._bell, self._ringer = socket.socketpair()
        for end in (self._bell, self._ringer):
            end.setblocking(False)
            weakref.finalize(self, end.close)

    def open(self) -> int:
        """Connect, sign in, select the folder. Returns its UIDVALIDITY."""
        self.close()
        self._targets = {}
        with self._explaining("be opened"):
            self._client = connect(self._door)
            self._client.wire.allow(self._patience)
            enter(self._client, self._door)
            self._uidvalidity = self._select(self._client)
        return self._uidvalidity

    def close(self) -> None:
        """Sign out if that is possible; never raises."""
        if self._client is not None:
            with suppress(Exception):
                self._client.wire.allow(2.0)
                self._client.logout()
        self._drop()

    def _drop(self) -> None:
        """Hang up without a word, as the server may be the reason."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):
                client.wire.shutdown()

    def waiting(self, after: int) -> list[Waiting]:
        """The messages with a UID above `after`, lowest UID first."""
        found = []
        with self._asking("be listed") as client:
            client.wire.news()  # what was told until now, this search will see
            # `n:*` always holds the last message, whatever its number (RFC 3501, 6.4.8)
            uids = sorted(uid for uid in client.search(["UID", f"{after + 1}:*"]) if uid > after)
            for batch in _batches(uids):
                answers = self._ask(client, batch, "(RFC822.SIZE INTERNALDATE)")
                found += [_waiting(uid, answers.get(uid, {})) for uid in batch]
        return found

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Whole messages by UID; one that vanished meanwhile is left out.

        Raises NotHandedOver for one that is listed but not given.
        """
        found: dict[int, bytes] = {}
        with self._asking("be fetched") as client:
            for batch in _batches(uids):
                for uid, answer in self._ask(client, batch, "(BODY.PEEK[])").items():
                    if uid in batch and (body := _body(answer)) is not None:
                        found[uid] = body
                self._check_vanished(client, [uid for uid in batch if uid not in found])
        return found

    def stream(self, uid: int) -> Iterator[bytes]:
        """One large message in pieces of a mebibyte; raises KeyError when it vanished."""
        offset = 0
        while True:
            with self._asking("be fetched") as client:
                answers = self._ask(client, [uid], f"(BODY.PEEK[]<{offset}.{PIECE}>)")
                piece = _body(answers.get(uid, {}))
                if piece is None:
                    self._check_vanished(client, [uid])
            if piece is None:
                raise KeyError(uid)
            if not piece:
                return
            yield piece
            offset += len(piece)

    def wait(self, seconds: float) -> bool:
        """Return when something may have arrived (True), `wake` was called or the time is over."""
        with self._asking("be watched") as client:
            ends_at = monotonic() + seconds
            while True:
                turn = min(ends_at - monotonic(), self._poll_seconds, IDLE_SECONDS)
                heard, woken = self._rest(client, turn)
                if heard:
                    return True
                client.wire.noop()  # for a server that falls silent in IDLE, or has none
                if woken or monotonic() >= ends_at:
                    return client.wire.news()

    def wake(self) -> None:
        """End a `wait` from another thread, also one that has not begun yet."""
        with suppress(BlockingIOError):  # rung often enough
            self._ringer.send(b"\0")

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move by UID; the folder is made when it is missing. A UID that vanished is no error.

        `folder` is written with `/` between its levels, whatever the server uses.
        """
        with self._asking("be sorted into folders") as client:
            if self._readonly:
                raise self._trouble(f"may only be read by {self._door.user}: give it the right to write.")
            target = self._target(client, folder)
            client.noop()  # hears what others removed meanwhile: MOVE refuses a UID that has gone unheard
            for batch in _batches(uids):
                client.wire.allow(self._patience)
                _carry(client, batch, target, keywords=self._keywords)

    def remove(self, uids: Sequence[int]) -> bool:
        """Remove these and nothing else: without UIDPLUS they stay, marked where the server lets us."""
        with self._asking("be cleared of what is kept no more") as client:
            if self._readonly:
                return False
            client.noop()  # hears what others removed meanwhile
            able = bool(client.has_capability("UIDPLUS"))
            for batch in _batches(uids):
                client.wire.allow(self._patience)
                if able:
                    client.add_flags(batch, [DELETED], silent=True)
                    client.uid_expunge(batch)
                elif self._keywords:
                    client.add_flags(batch, [OVER], silent=True)
            return able

    def folders(self) -> list[ListedFolder]:
        """Every folder of the mailbox."""
        with self._asking("be looked at") as client:
            return folders(client)

    def glance(self, folder: str, mark: Bookmark, since: date, most: int) -> Glance | None:
        """Look into another folder. Opening this one again tells of it anew, so `wait` returns at once."""
        with self._asking("be left for a moment") as client:
            found = glance(client, folder, mark, since, most, self._patience)
            client.wire.allow(self._patience)
            if self._select(client) != self._uidvalidity:
                raise self._trouble("was rebuilt by the server. It will be opened anew.")
            return found

    def _rest(self, client: Client, seconds: float) -> tuple[bool, bool]:
        """Listen for one turn, in IDLE if there is one: did the server speak, did somebody ring?"""
        wire = client.wire
        ends_at = monotonic() + seconds
        idle = client.has_capability("IDLE")
        if idle:
            wire.begin_idle()
        heard, woken = wire.news(), False  # also what was told during the commands before, and is told once
        while not (heard or woken) and (left := ends_at - monotonic()) > 0:
            wire.allow(left + self._patience)
            wire.listen(left, self._bell)
            heard, woken = wire.news(), self._rung()
        wire.allow(self._patience)
        if idle:
            wire.end_idle()
        return heard, woken

    def _rung(self) -> bool:
        try:
            return bool(self._bell.recv(4096))
        except BlockingIOError:
            return False

    def _ask(self, client: Client, uids: Sequence[int], items: str) -> Answers:
        client.wire.allow(self._patience)
        return dict(parse_fetch_response(client.wire.uid_fetch(_joined(uids), items), False, True))

    def _check_vanished(self, client: Client, uids: Sequence[int]) -> None:
        """Tell a message that is gone from one that the server withholds: only the first may be skipped."""
        there = sorted(client.search(["UID", _joined(uids)])) if uids else []
        if there:
            raise NotHandedOver(
                f"{self._door.host} lists messages in {self.name} that it does not give: {there}.", there
            )

    def _select(self, client: Client) -> int:
        self._readonly = False
        try:
            answer = client.select_folder(self.name)
        except imaplib.IMAP4.readonly:  # enough where nothing is to be moved
            self._readonly = True
            answer = client.select_folder(self.name, readonly=True)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            if NOT_ALLOWED in str(error):
                raise  # it would answer LIST with the same words, and hang up
            raise self._unselectable(client, error) from error
        self._keywords = b"\\*" in b" ".join(answer.get(b"PERMANENTFLAGS", ()))
        return int(answer[b"UIDVALIDITY"])

    def _unselectable(self, client: Client, error: Exception) -> WireError:
        names = sorted(name for flags, _, name in client.list_folders() if b"\\Noselect" not in flags)
        if self.name in names:
            return self._trouble(f"cannot be opened ({error}).")
        return self._trouble(
            f"does not exist. There are: {', '.join(names) or 'none'}. Correct it in [imap]."
        )

    def _target(self, client: Client, folder: str) -> str:
        """The server's own name of a folder, which is made when it is missing."""
        if folder not in self._targets:
            name = _own_form(client, folder)
            if not client.folder_exists(name):
                client.create_folder(name)
                client.subscribe_folder(name)  # else many mail programs do not show it
            self._targets[folder] = name
        return self._targets[folder]

    @contextmanager
    def _asking(self, purpose: str) -> Iterator[Client]:
        try:
            with self._explaining(purpose):
                if self._client is None:
                    raise self._trouble("is not open.")
                self._client.wire.allow(self._patience)
                yield self._client
        except WireError as error:
            if self._client is None and self._door.tokens is not None and self._door.tokens.ended():
                raise SessionEnded(str(error)) from error
            raise

    @contextmanager
    def _explaining(self, purpose: str) -> Iterator[None]:
        """The one place where wires break: whatever happens closes the mailbox and becomes a sentence."""
        try:
            yield
        except TwinpostError:
            self._drop()
            raise
        # the last three: imapclient met an answer that it cannot read
        except (OSError, imaplib.IMAP4.error, ValueError, LookupError, TypeError) as error:
            self._drop()
            raise self._explained(error, purpose) from error

    def _explained(self, error: Exception, purpose: str) -> WireError:
        if isinstance(error, imaplib.IMAP4.error) and NOT_ALLOWED in str(error):
            return refusal(self._door, str(error))
        said = _said(error)
        remedy = f" Does port {self._door.port} speak IMAP?" if said == NOT_IMAP else ""
        return self._trouble(f"could not {purpose}: {said}. It will be tried again.{remedy}")

    def _trouble(self, text: str) -> WireError:
        return WireError(f"The folder {self.name} on {self._door.host} {text}")


def _said(error: Exception) -> str:
    """What went wrong, without quoting what may be a piece of a letter."""
    if isinstance(error, TimeoutError):
        return "the server took too long"
    readable = isinstance(error, OSError | imaplib.IMAP4.error) and not isinstance(error, ProtocolError)
    if not readable or str(error).startswith(UNREADABLE):
        return NOT_IMAP
    return str(error)[:200]


def _batches(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (uids[start : start + BATCH] for start in range(0, len(uids), BATCH))


def _joined(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))


def _waiting(uid: int, facts: dict[bytes, Any]) -> Waiting:
    """What a server knows of a message; facts that it does not give must not hide the message."""
    moment = facts.get(b"INTERNALDATE") or datetime.now(UTC)
    return Waiting(uid, facts.get(b"RFC822.SIZE", 0), moment.astimezone(UTC))


def _body(answer: dict[bytes, Any]) -> bytes | None:
    """The octets in an answer to BODY.PEEK[], whole or in part; NIL and silence are None."""
    for key, value in answer.items():
        if key.startswith(b"BODY[]") and isinstance(value, bytes):
            return value
    return None


def _carry(client: Client, uids: Sequence[int], target: str, *, keywords: bool) -> None:
    """Move in the best way that the server has.

    A plain EXPUNGE is never used: it would take what a person has marked as deleted, too. Where one
    message cannot be removed alone it is copied once and marked; without keywords it stays as it is.
    """
    if client.has_capability("MOVE"):
        client.move(uids, target)
    elif client.has_capability("UIDPLUS"):
        client.copy(uids, target)
        client.add_flags(uids, [DELETED], silent=True)
        client.uid_expunge(uids)
    elif keywords:
        fresh = client.search(["UID", _joined(uids), "UNKEYWORD", COPIED])
        if fresh:
            client.copy(fresh, target)
            client.add_flags(fresh, [COPIED], silent=True)


def _own_form(client: Client, folder: str) -> str:
    """A folder's name with the server's separator, below the place where a user's folders lie."""
    prefix, separator = "", None
    if client.has_capability("NAMESPACE") and (personal := client.namespace().personal):
        prefix, separator = personal[0]
    if not separator:
        listed = client.list_folders("", "")
        separator = listed[0][1].decode() if listed and listed[0][1] else "-"
    name = folder.replace("/", separator)
    return name if name.startswith(prefix) else prefix + name
