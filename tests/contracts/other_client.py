"""The hands of other people on a real folder: a second IMAP client that knows nothing of ours."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import datetime

from imapclient import IMAPClient

from twinpost.app.ports import Mailbox


class OtherClient:
    """Surroundings of an examination on a real server. `separator` stands between its folder levels."""

    def __init__(
        self, mailbox: Mailbox, port: int, user: str, password: str, *, separator: str = "/"
    ) -> None:
        self.mailbox = mailbox
        self._client = IMAPClient("127.0.0.1", port, ssl=False, timeout=20)
        self._client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client.plain_login(user, password)
        self._client.select_folder("INBOX")
        self._separator = separator
        self.hand_over: Callable[[bytes], object] = lambda octets: self._client.append("INBOX", octets)

    def deliver(self, octets: bytes) -> int:
        before = self._uids()
        self.hand_over(octets)
        (new,) = self._uids() - before
        return new

    def _uids(self) -> set[int]:
        self._client.noop()
        return set(self._client.search())

    def remove(self, uid: int) -> None:
        self._client.noop()
        self._client.delete_messages([uid])
        self._client.uid_expunge([uid])

    def mark(self, uid: int, flag: bytes) -> None:
        self._client.noop()
        self._client.add_flags([uid], [flag])

    def flags(self) -> dict[int, set[bytes]]:
        """The flags of everything in the INBOX, without \\Recent, which is no person's doing."""
        self._client.noop()
        uids = self._client.search()
        return {uid: set(flags) - {b"\\Recent"} for uid, flags in self._client.get_flags(uids).items()}

    def make(self, folder: str) -> None:
        self._client.create_folder(folder)

    def put(self, folder: str, octets: bytes, arrived_at: datetime | None = None) -> None:
        self._client.append(folder, octets, msg_time=arrived_at)

    def take_out(self, folder: str, nth: int) -> None:
        self._client.select_folder(folder)
        self._client.delete_messages([sorted(self._client.search())[nth]])
        self._client.expunge()
        self._client.select_folder("INBOX")

    def flags_in(self, folder: str) -> list[set[bytes]]:
        """The flags of each mail in a folder, in order, before anybody else looks into it."""
        self._client.select_folder(folder, readonly=True)
        flags = [set(flags) for _, flags in sorted(self._client.get_flags(self._client.search()).items())]
        self._client.select_folder("INBOX")
        return flags

    def moved(self, folder: str) -> list[bytes]:
        self._client.select_folder(folder.replace("/", self._separator), readonly=True)
        found = self._client.fetch(self._client.search(), ["BODY.PEEK[]"])
        self._client.select_folder("INBOX")
        return [answer[b"BODY[]"] for _, answer in sorted(found.items())]

    def close(self) -> None:
        self._client.logout()
