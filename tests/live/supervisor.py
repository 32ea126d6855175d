"""What systemd hears: the socket of sd_notify(3)."""

from __future__ import annotations

import select
import socket
import threading
from pathlib import Path


class Supervisor:
    """Listens where NOTIFY_SOCKET points, all the time, as systemd does: the socket's queue is short."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        self._lines: list[str] = []
        self._reading = threading.Lock()
        self._closed = threading.Event()
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()

    def _listen(self) -> None:
        while not self._closed.is_set():
            select.select([self._socket], [], [], 0.1)
            self.lines()

    def lines(self) -> list[str]:
        """Everything that was said so far, line by line."""
        with self._reading:
            while True:
                try:
                    self._lines += self._socket.recv(65_536).decode().splitlines()
                except BlockingIOError:
                    return [*self._lines]

    def close(self) -> None:
        self._closed.set()
        self._listening.join()
        self._socket.close()
