"""When a server tells that a mail has come: a client that does nothing but listen."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient import IMAPClient

from bench.floor import PASSWORD


class Listener:
    """Waits in IDLE in a thread of its own."""

    def __init__(self, port: int, box: str) -> None:
        self._client = IMAPClient("127.0.0.1", port, ssl=False)
        self._client.login(box, PASSWORD)
        self._client.select_folder("INBOX", readonly=True)
        self._client.idle()
        self._heard = threading.Event()
        self._ended = threading.Event()
        self._at = 0.0

    def expect(self) -> None:
        """Whatever was heard before is forgotten."""
        self._heard.clear()

    def told_at(self) -> float:
        """The moment of the notification, on the monotonic clock; waits for it."""
        if not self._heard.wait(30):
            raise TimeoutError("the server tells of no mail")
        return self._at

    def run(self) -> None:
        """Listen until `end`."""
        sock = self._client.socket()
        while not self._ended.is_set():
            if not select.select([sock], [], [], 0.2)[0]:
                continue
            now = time.monotonic()
            if any(len(answer) > 1 and answer[1] == b"EXISTS" for answer in self._client.idle_check(0)):
                self._at = now
                self._heard.set()

    def end(self) -> None:
        self._ended.set()


@contextmanager
def listening(port: int, box: str) -> Iterator[Listener]:
    """A listener for as long as the block lasts."""
    listener = Listener(port, box)
    thread = threading.Thread(target=listener.run, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        listener.end()
        thread.join()
