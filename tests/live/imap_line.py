"""A line to the mailbox server that knows what the client is waiting for, and can be held in the middle."""

from __future__ import annotations

import asyncio
import re

from tests.live.gate import Background, Gate

SIGN_IN, OPEN, LIST, FETCH, IDLE = "signing in", "opening the folder", "listing", "fetching", "idle"
STAGES = (  # the first that fits
    (rb"\S+ (LOGIN|AUTHENTICATE)\b", SIGN_IN),
    (rb"\S+ (EXAMINE|SELECT)\b", OPEN),
    (rb"\S+ UID FETCH .*BODY\.PEEK\[", FETCH),
    (rb"\S+ UID (SEARCH|FETCH)\b", LIST),
    (rb"\S+ IDLE\b", IDLE),
)
PIECE = 700
"""Octets of an answer that reach the client before the gate: less than any letter."""


class ImapLine:
    """Listens on a free loopback port and passes everything on to the server on `port`."""

    def __init__(self, background: Background, gate: Gate, port: int) -> None:
        self._gate, self._server_port = gate, port
        self.stage = ""
        self.port = background.listen(self._serve)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.stage = ""
        there, back = await asyncio.open_connection("127.0.0.1", self._server_port)
        ways = [asyncio.create_task(way) for way in (self._out(reader, back), self._in(there, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:  # whichever side dies, the other one has to notice
            for way in ways:
                way.cancel()
            writer.close()
            back.close()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _out(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        while octets := await reader.read(65_536):
            self.stage = next((name for pattern, name in STAGES if re.match(pattern, octets)), self.stage)
            back.write(octets)
            await back.drain()

    async def _in(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told = ""
        while octets := await there.read(65_536):
            if self.stage != told:  # the first of an answer: its beginning gets through, the rest waits
                told = self.stage
                writer.write(octets[:PIECE])
                await writer.drain()
                await self._gate.pass_(told)
                octets = octets[PIECE:]
            writer.write(octets)
            await writer.drain()
