"""An outgoing server that takes every mail and notes when it did: `python -m bench.sink NOTES`.

NOTES grows by the eight octets of a double (seconds on the machine's monotonic clock) for each mail.
"""

from __future__ import annotations

import asyncio
import os
import struct
import subprocess
import sys
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

PATIENCE = 60.0
"""Seconds without any mail after which no more are expected."""

_END = b"\r\n.\r\n"
_ANSWERS = {
    b"EHLO": b"250-sink.example\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}
_FINE = b"250 fine\r\n"


class _Visit(asyncio.Protocol):
    """One connection. Answers are as short and early as the protocol allows."""

    def __init__(self, notes: int) -> None:
        self._notes = notes
        self._heard = bytearray()
        self._in_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while self._content() if self._in_data else self._command():
            pass

    def _command(self) -> bool:
        line, end, rest = self._heard.partition(b"\r\n")
        if not end:
            return False
        self._heard = rest
        verb = bytes(line[:4]).upper()
        self._in_data = verb == b"DATA"
        self._transport.write(_ANSWERS.get(verb, _FINE))
        if verb == b"QUIT":
            self._transport.close()
        return True

    def _content(self) -> bool:
        at = self._heard.find(_END, max(0, len(self._heard) - (1 << 20)))
        if at < 0:
            return False
        del self._heard[: at + len(_END)]
        self._in_data = False
        os.write(self._notes, struct.pack("d", monotonic()))
        self._transport.write(b"250 taken\r\n")
        return True


async def _serve(notes: Path) -> None:
    descriptor = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    server = await asyncio.get_running_loop().create_server(lambda: _Visit(descriptor), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class Sink:
    """The running sink, from outside."""

    def __init__(self, port: int, notes: Path) -> None:
        self.port = port
        self._notes = notes

    @property
    def count(self) -> int:
        """How many mails it has taken."""
        return self._notes.stat().st_size // 8

    def until(self, count: int) -> None:
        """Wait until it has taken so many in all. Raises TimeoutError when no more come."""
        seen, since = self.count, monotonic()
        while seen < count:
            sleep(0.002)
            if self.count > seen:
                seen, since = self.count, monotonic()
            elif monotonic() - since > PATIENCE:
                raise TimeoutError(f"{count - seen} mails of {count} have not come")

    def times(self, since: int = 0) -> list[float]:
        """When it took each mail, the first `since` left out."""
        taken = array("d")
        taken.frombytes(self._notes.read_bytes()[8 * since :])
        return taken.tolist()


@contextmanager
def running_sink(folder: Path) -> Iterator[Sink]:
    """A sink in a process of its own."""
    notes = folder / "taken"
    notes.touch()
    command = [sys.executable, "-m", "bench.sink", str(notes)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield Sink(int(process.stdout.readline()), notes)
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
