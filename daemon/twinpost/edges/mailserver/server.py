"""The server itself: accounts, two ports on loopback, delivery between them."""

from __future__ import annotations

import asyncio
import hmac
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from twinpost.edges import clock
from twinpost.edges.mailserver.faults import Faults
from twinpost.edges.mailserver.imap import ImapSession
from twinpost.edges.mailserver.smtp import SmtpSession
from twinpost.edges.mailserver.stamp import stamped
from twinpost.edges.mailserver.store import Account, Message, Posted
from twinpost.edges.mailserver.talk import LONGEST_LINE, Talk

LOOPBACK = "127.0.0.1"


class MailServer:
    """IMAP and SMTP for a few accounts, in memory, reachable from this machine only.

    `name` is also the authserv-id of its verdicts. With `folder` every mail is written there as an
    .eml file too. `tls` offers STARTTLS on both ports. Mail to unknown addresses lands in `outside`
    unless `refuse_unknown`. It arrives at the time that `now` tells. Everything but `start` and `stop`
    belongs to the loop's thread.
    """

    def __init__(
        self,
        name: str = "mail.school.example",
        *,
        folder: Path | None = None,
        tls: ssl.SSLContext | None = None,
        refuse_unknown: bool = False,
        on_mail: Callable[[str, tuple[str, ...], bytes], None] | None = None,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self.name = name
        self.now = now
        self.tls = tls
        self.faults = Faults()
        self.refusals: dict[str, str] = {}  # recipient: what RCPT is answered, "450 4.2.1 later"
        self.posted: list[Posted] = []  # every accepted transaction
        self.outside: list[Posted] = []  # those for people who have no account here
        self._folder = folder
        self._refuse_unknown = refuse_unknown
        self._on_mail = on_mail
        self._accounts: dict[str, Account] = {}
        self._servers: list[asyncio.Server] = []
        self._sessions: set[asyncio.Task[None]] = set()

    def add_account(self, address: str, password: str, *aliases: str) -> Account:
        """A mailbox with an INBOX; it is signed in to by its address."""
        account = Account(address.lower(), password, self._folder)
        for each in (address, *aliases):
            self._accounts[each.lower()] = account
        return account

    def account(self, address: str) -> Account:
        """Raises KeyError."""
        return self._accounts[address.lower()]

    async def start(self, imap_port: int = 0, smtp_port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one."""
        for session, port in ((ImapSession, imap_port), (SmtpSession, smtp_port)):
            self._servers.append(
                await asyncio.start_server(self._serving(session), LOOPBACK, port, limit=LONGEST_LINE)
            )

    async def stop(self) -> None:
        """Close the ports and hang up on everybody."""
        for server in self._servers:
            server.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)
        for server in self._servers:
            await server.wait_closed()
        self._servers = []

    @property
    def imap_port(self) -> int:
        return self._port(0)

    @property
    def smtp_port(self) -> int:
        return self._port(1)

    def _port(self, which: int) -> int:
        port: int = self._servers[which].sockets[0].getsockname()[1]
        return port

    def _serving(
        self, session: type[ImapSession] | type[SmtpSession]
    ) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._sessions.add(task)
            try:
                await session(self, Talk(reader, writer), encrypted=False).serve()
            except asyncio.CancelledError:
                writer.close()  # `stop` asked for it; to the loop it must not look like a failure
            finally:
                self._sessions.discard(task)

        return serve

    def deliver(self, address: str, octets: bytes, folder: str = "INBOX") -> Message:
        """Put a mail into a mailbox as it is. Raises KeyError for an unknown address or folder."""
        return self.account(address).folders[folder].add(octets, arrived_at=self.now())

    def sign_in(self, user: str, password: str) -> Account | None:
        account = self._accounts.get(user.lower())
        right = account is not None and hmac.compare_digest(account.password.encode(), password.encode())
        return account if right else None

    def refusal(self, recipient: str) -> str:
        scripted = self.refusals.get(recipient.lower(), "")
        if not scripted and self._refuse_unknown and self._mailbox(recipient) is None:
            return "550 5.1.1 no such mailbox"
        return scripted

    def accept(self, sender: str, recipients: tuple[str, ...], octets: bytes, signed_in: str) -> None:
        """Deliver to everybody who has an account here."""
        mail = Posted(sender, recipients, octets)
        self.posted.append(mail)
        for recipient in recipients:
            account = self._mailbox(recipient)
            if account is None:
                self.outside.append(Posted(sender, (recipient,), octets))
                continue
            now = self.now()
            stamped_ = stamped(
                octets,
                sender=sender,
                recipient=recipient,
                signed_in=signed_in,
                authserv_id=self.name,
                now=now,
            )
            account.inbox.add(stamped_, arrived_at=now)
        if self._on_mail is not None:
            self._on_mail(sender, recipients, octets)

    def _mailbox(self, recipient: str) -> Account | None:
        """The account of an address, whatever its +tag."""
        local, _, domain = recipient.lower().rpartition("@")
        return self._accounts.get(f"{local}@{domain}") or self._accounts.get(
            f"{local.partition('+')[0]}@{domain}"
        )
