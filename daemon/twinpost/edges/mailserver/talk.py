"""Lines in and out of one connection, delivered as badly as the faults say."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Iterator

from twinpost.edges.mailserver.faults import Faults

LONGEST_LINE = 1 << 20
LONGEST_LITERAL = 100 << 20
LITERAL_AT_END = re.compile(rb"\{(\d+)(\+?)\}\Z")


class Gone(Exception):
    """The conversation is over."""


class Talk:
    """A buffered conversation: `say` collects, `flush` sends."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._out = bytearray()

    def say(self, line: str | bytes) -> None:
        self._out += line.encode() if isinstance(line, str) else line
        self._out += b"\r\n"

    async def flush(self, faults: Faults, *, cut: bool = False) -> None:
        """Send what was said. `cut` sends the first half only and hangs up."""
        data, self._out = bytes(self._out), bytearray()
        if cut:
            self._writer.write(data[: len(data) // 2])
            raise Gone
        for piece in _packets(data, faults):
            self._writer.write(piece)
            await self._writer.drain()
            if faults.split_lines or faults.seconds_per_octet:
                await asyncio.sleep(faults.seconds_per_octet or 0.002)

    async def line(self) -> bytes:
        """One line without its end. Raises Gone where the connection ends, or never does the line."""
        line = await self.raw_line()
        return line[:-2] if line.endswith(b"\r\n") else line[:-1]

    async def raw_line(self) -> bytes:
        """One line as it came, up to its LF."""
        try:
            line = await self._reader.readline()
        except ValueError:
            raise Gone from None
        if not line.endswith(b"\n"):
            raise Gone
        return line

    async def command(self) -> list[bytes]:
        """A line of IMAP and, where literals end it: line, literal, line, … (RFC 3501, 4.3 and 7888)."""
        pieces = [await self.line()]
        while found := LITERAL_AT_END.search(pieces[-1]):
            if int(found[1]) > LONGEST_LITERAL:
                raise Gone
            if not found[2]:
                self.say("+ go on")
                await self.flush(Faults())
            pieces += [await self._reader.readexactly(int(found[1])), await self.line()]
        return pieces

    async def encrypt(self, context: ssl.SSLContext) -> None:
        await self._writer.start_tls(context)

    async def hang_up(self) -> None:
        """Send what is left to say and close; never raises."""
        try:
            self._writer.write(bytes(self._out))
            self._writer.close()
            await self._writer.wait_closed()
        except (OSError, RuntimeError):
            pass  # the other side was faster


def _packets(data: bytes, faults: Faults) -> Iterator[bytes]:
    if faults.seconds_per_octet:
        yield from (data[i : i + 1] for i in range(len(data)))
    elif faults.split_lines:
        for line in data.splitlines(keepends=True):
            yield line[: len(line) // 2]
            yield line[len(line) // 2 :]
    elif data:
        yield data
