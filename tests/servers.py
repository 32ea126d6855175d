"""Our own mail server in a thread, for tests whose subject blocks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

from twinpost.edges.imap import ImapMailbox
from twinpost.edges.imap_door import Door
from twinpost.edges.mailserver import Faults, MailServer

P = ParamSpec("P")
T = TypeVar("T")

ADDRESS, PASSWORD = "letters@school.example", "blåbær og brunost"


class Running:
    """A MailServer with one account, whose loop runs in a thread of its own."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self.account = server.add_account(ADDRESS, PASSWORD)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.server.start(), self._loop).result(10)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self.server.stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def do(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call something of the server in its own thread."""

        async def call() -> T:
            return function(*args, **kwargs)

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(10)

    def deliver(self, octets: bytes) -> int:
        """A mail into the INBOX. Returns its UID."""
        return self.do(self.server.deliver, ADDRESS, octets).uid

    def flags(self) -> dict[int, set[str]]:
        """The flags of every mail in the INBOX, by UID."""
        return self.do(lambda: {message.uid: set(message.flags) for message in self.account.inbox.messages})

    def misbehave(self, **faults: Any) -> None:
        """From now on with these faults; without any, a good server again."""
        self.server.faults = replace(Faults(), **faults)

    def door(self, **changes: Any) -> Door:
        door = Door("127.0.0.1", self.server.imap_port, ADDRESS, lambda: PASSWORD, security="none")
        return replace(door, **changes)

    def mailbox(
        self, *, folder: str = "INBOX", poll_seconds: float = 60.0, patience: float = 20.0
    ) -> ImapMailbox:
        """Not yet opened."""
        return ImapMailbox(self.door(), folder, poll_seconds=poll_seconds, patience=patience)


@contextmanager
def running(**options: Any) -> Iterator[Running]:
    """A server that is up; `options` are MailServer's."""
    server = Running(MailServer(**options))
    server.start()
    try:
        yield server
    finally:
        server.stop()
