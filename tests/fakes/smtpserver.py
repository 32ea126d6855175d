"""An outgoing server on loopback that does as the test says: aiosmtpd with scripted refusals."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from base64 import b64decode
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

DROP = "drop"
"""A scripted reply that is none: the line is cut."""

SILENCE = "silence"
"""A scripted reply that never comes."""


@dataclass
class Script:
    """Replies by stage (MAIL, RCPT, DATA) or by (stage, address), each for ever or, in a deque, once each.

    `arrived` lists what was accepted: (recipients, octets) in order.
    """

    replies: dict[Any, Any] = field(default_factory=dict)
    arrived: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)
    password: str = "secret"
    sign_ins: list[bool] = field(default_factory=list)  # one for each try: whether it was let in
    connections: int = 0

    def reply(self, *keys: Any) -> str | None:
        for key in keys:
            planned = self.replies.get(key)
            if isinstance(planned, deque):
                planned = planned.popleft() if planned else None
            if planned is not None:
                return str(planned)
        return None

    # -- aiosmtpd's hooks ------------------------------------------------------------------------

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        answer = await self._act(server, "MAIL")
        if answer is None:
            envelope.mail_from = address
        return answer or "250 2.1.0 fine"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        answer = await self._act(server, ("RCPT", address), "RCPT")
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 2.1.5 fine"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        keys = [("DATA", address) for address in envelope.rcpt_tos]
        answer = await self._act(server, *keys, "DATA")
        if answer is None:
            assert isinstance(envelope.content, bytes)
            self.arrived.append((tuple(envelope.rcpt_tos), envelope.content))
        return answer or f"250 2.0.0 queued as {len(self.arrived)}"

    async def _act(self, server: Any, *keys: Any) -> str | None:
        answer = self.reply(*keys)
        if answer == SILENCE:
            await asyncio.Event().wait()
        if answer == DROP or (answer or "").startswith("421"):
            if answer != DROP:
                await server.push(answer)
            server.transport.close()
            return "421 gone"
        return answer

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = data.password == self.password.encode()
        self.sign_ins.append(good)
        return AuthResult(success=good, handled=False, message=None if good else "535 5.7.8 wrong password")

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:  # noqa: N802
        """Google's and Microsoft's way: the error comes as a challenge that wants an empty answer."""
        good = f"auth=Bearer {self.password}\x01" in b64decode(args[1]).decode()
        self.sign_ins.append(good)
        if not good:
            await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=good, handled=False, message=None if good else "535 5.7.8 bad token")


@asynccontextmanager
async def smtp_server(
    script: Script, *, tls: ssl.SSLContext | None = None, at_once: bool = False, **options: Any
) -> AsyncIterator[int]:
    """Serve `script` on a free port of loopback, which is yielded. `tls` offers STARTTLS, or encrypts
    `at_once`.
    """
    open_: list[asyncio.BaseTransport] = []

    def factory() -> SMTP:
        script.connections += 1
        server = _Connection(
            script,
            hostname="mx.school.example",
            tls_context=None if at_once else tls,
            authenticator=script.authenticate,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
            **options,
        )
        server.open_ = open_
        return server

    listener = await asyncio.get_running_loop().create_server(
        factory, "127.0.0.1", 0, ssl=tls if at_once else None
    )
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for transport in open_:
            transport.close()
        await asyncio.sleep(0.01)


class _Connection(SMTP):
    open_: list[asyncio.BaseTransport]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.open_.append(transport)
        super().connection_made(transport)


def a_certificate(
    folder: Path, name: str = "localhost", days: int = 30
) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate made here for `name`: (the server's context, the context of a client that trusts it)."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    names = f"subjectAltName=DNS:{name}" + (",IP:127.0.0.1" if name == "localhost" else "")
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-days", str(days), "-subj", f"/CN={name}", "-addext", names]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=str(certificate))
