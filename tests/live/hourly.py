"""A line to the mailbox server on which somebody hangs up, as Exchange does when the token has ended."""

from __future__ import annotations

import asyncio

from tests.live.gate import Background


class Hourly:
    """Listens on a free loopback port and passes everything on to the server on `port`."""

    def __init__(self, background: Background, port: int) -> None:
        self._background = background
        self._there = port
        self._clients: list[asyncio.StreamWriter] = []
        self.port = background.listen(self._serve)

    def hang_up(self) -> None:
        async def work() -> None:
            for client in self._clients:
                client.write(b"* BYE Session invalidated - AccessTokenExpired\r\n")
                client.close()
            self._clients.clear()

        self._background.do(work())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._there)
        self._clients.append(writer)

        async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while octets := await source.read(65_536):
                target.write(octets)
                await target.drain()

        ways = [asyncio.create_task(carry(reader, back)), asyncio.create_task(carry(there, writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        back.close()
        writer.close()
