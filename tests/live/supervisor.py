"""What systemd hears: the socket of sd_notify(3)."""

from __future__ import annotations

import socket
from pathlib import Path


class Supervisor:
    """Listens where NOTIFY_SOCKET points."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        self._lines: list[str] = []

    def lines(self) -> list[str]:
        """Everything that was said so far, line by line."""
        while True:
            try:
                self._lines += self._socket.recv(65_536).decode().splitlines()
            except BlockingIOError:
                return self._lines

    def close(self) -> None:
        self._socket.close()
