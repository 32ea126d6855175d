"""An outgoing server that takes everything, remembers every octet, and can stand still at any stage."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import monotonic

from tests.live.gate import Background, Gate

GREETED, MAIL, RCPT, DATA, CONTENT, DOT, ACCEPTED = (
    "greeted",
    "after MAIL",
    "after RCPT",
    "after DATA, before 354",
    "in DATA",
    "after the dot, before 250",
    "after 250",
)
INSIDE = (MAIL, RCPT, DATA, CONTENT, DOT)
"""The stages of a transaction that has no outcome yet, in their order."""

END = b"\r\n.\r\n"


@dataclass(frozen=True)
class Taken:
    """A mail as it was handed over: envelope and octets, the dots undone."""

    sender: str
    recipients: tuple[str, ...]
    octets: bytes
    at: float = field(default_factory=monotonic, compare=False)


@dataclass
class Connection:
    """One client's visit. `life` is the daemon's, counted by the test."""

    life: int
    stage: str = GREETED  # the last one that it came to
    since: float = field(default_factory=monotonic)
    open: bool = True
    taken: list[Taken] = field(default_factory=list)


class Sink:
    """SMTP on a loopback port, a free one if none is given."""

    def __init__(self, background: Background, gate: Gate, port: int = 0) -> None:
        self._gate = gate
        self.connections: list[Connection] = []
        self.life = 0
        self.port = background.listen(self._serve, port)

    def taken(self) -> list[Taken]:
        """Every mail that was taken, by connection."""
        return [taken for connection in list(self.connections) for taken in list(connection.taken)]

    def visits(self) -> list[Connection]:
        """The connections of this life."""
        return [connection for connection in list(self.connections) if connection.life == self.life]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(self.life)
        self.connections.append(connection)
        try:
            await self._talk(connection, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client has died
        finally:
            connection.open = False
            writer.close()

    async def _talk(
        self, connection: Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        async def say(*lines: str) -> None:
            writer.write("".join(f"{line}\r\n" for line in lines).encode())
            await writer.drain()

        async def come_to(stage: str) -> None:
            connection.stage, connection.since = stage, monotonic()
            await self._gate.pass_(stage)

        sender, recipients = "", list[str]()
        await say("220 sink.example ESMTP")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                await say("250-sink.example", "250-8BITMIME", "250 SIZE 50000000")
            elif verb == b"MAIL":
                sender, recipients = _address(line), []
                await come_to(MAIL)
                await say("250 2.1.0 fine")
            elif verb == b"RCPT":
                recipients.append(_address(line))
                await come_to(RCPT)
                await say("250 2.1.5 fine")
            elif verb == b"DATA":
                await come_to(DATA)
                await say("354 go on")
                start = await reader.readexactly(64)
                await come_to(CONTENT)
                content = start + await _until_end(reader)
                connection.taken.append(Taken(sender, tuple(recipients), _undotted(content)))
                await come_to(DOT)
                await say("250 2.0.0 taken")
                await come_to(ACCEPTED)
            elif verb == b"QUIT":
                await say("221 bye")
                return
            else:
                await say("250 fine")


async def _until_end(reader: asyncio.StreamReader) -> bytes:
    """The rest of a mail, with its end. The mails of these tests are longer than their first 64 octets."""
    content = bytearray()
    while not content.endswith(END):
        content += await reader.readline()
        if reader.at_eof():
            raise asyncio.IncompleteReadError(bytes(content), None)
    return bytes(content)


def _undotted(content: bytes) -> bytes:
    return content.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")


def _address(line: bytes) -> str:
    return line.decode().partition("<")[2].partition(">")[0]
