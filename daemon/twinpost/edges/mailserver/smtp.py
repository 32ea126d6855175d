"""One SMTP session (RFC 5321), for submission and for mail between the accounts."""

from __future__ import annotations

import base64
import binascii
import re
import ssl
from collections.abc import Awaitable, Callable
from typing import Protocol

from twinpost.edges.mailserver.faults import Faults
from twinpost.edges.mailserver.store import Account
from twinpost.edges.mailserver.talk import Gone, Talk

LARGEST_MAIL = 50 << 20
PATH = re.compile(r"(?:FROM|TO):[ ]*<([^<>\r\n]*)>(.*)", re.IGNORECASE)
WELL_MANNERED = Faults()  # the faults are IMAP's


class Host(Protocol):
    """What a session needs of its server."""

    name: str
    tls: ssl.SSLContext | None

    def sign_in(self, user: str, password: str) -> Account | None:
        """The account, when the password is right."""

    def refusal(self, recipient: str) -> str:
        """What a recipient is refused with, or nothing."""

    def accept(self, sender: str, recipients: tuple[str, ...], octets: bytes, signed_in: str) -> None:
        """Deliver an accepted mail."""


class SmtpSession:
    """Serves one connection until the client leaves."""

    def __init__(self, host: Host, talk: Talk, *, encrypted: bool) -> None:
        self._host, self._talk = host, talk
        self._encrypted = encrypted
        self._user = ""
        self._sender: str | None = None
        self._recipients: list[str] = []

    async def serve(self) -> None:
        self._talk.say(f"220 {self._host.name} ESMTP twinpost's own mail server")
        try:
            while True:
                await self._talk.flush(WELL_MANNERED)
                line = (await self._talk.line()).decode("utf-8", "replace")
                word, _, rest = line.partition(" ")
                command = COMMANDS.get(word.upper())
                self._talk.say(await command(self, rest.strip()) if command else "502 5.5.1 unknown command")
                await self._afterwards(word.upper())
        except (Gone, OSError, EOFError):
            pass
        finally:
            await self._talk.hang_up()

    async def _afterwards(self, word: str) -> None:
        if word == "QUIT":
            raise Gone
        if word == "STARTTLS" and self._host.tls is not None and not self._encrypted:
            await self._talk.flush(WELL_MANNERED)  # the answer still goes in clear text
            await self._talk.encrypt(self._host.tls)
            self._encrypted = True
            self._forget()

    def _forget(self) -> None:
        self._sender, self._recipients = None, []

    async def ehlo(self, rest: str) -> str:
        self._forget()
        offers = [self._host.name, f"SIZE {LARGEST_MAIL}", "8BITMIME", "SMTPUTF8", "PIPELINING"]
        offers += ["ENHANCEDSTATUSCODES", "AUTH PLAIN LOGIN"]
        offers += ["STARTTLS"] if self._host.tls is not None and not self._encrypted else []
        return "\r\n".join([*(f"250-{offer}" for offer in offers[:-1]), f"250 {offers[-1]}"])

    async def helo(self, rest: str) -> str:
        self._forget()
        return f"250 {self._host.name}"

    async def starttls(self, rest: str) -> str:
        return "220 2.0.0 begin" if self._host.tls is not None and not self._encrypted else "502 5.5.1 no"

    async def auth(self, rest: str) -> str:
        mechanism, _, given = rest.partition(" ")
        try:
            match mechanism.upper():
                case "PLAIN":
                    said = _decoded(given.encode() if given else await self._asked(""))
                    user, password = said.split("\0")[1:3]
                case "LOGIN":
                    user = _decoded(given.encode() if given else await self._asked("Username:"))
                    password = _decoded(await self._asked("Password:"))
                case _:
                    return "504 5.5.4 unknown mechanism"
        except ValueError:  # binascii.Error among them
            return "501 5.5.2 that cannot be decoded"
        if self._host.sign_in(user, password) is None:
            return "535 5.7.8 user or password is wrong"
        self._user = user
        return "235 2.7.0 welcome"

    async def _asked(self, question: str) -> bytes:
        self._talk.say(f"334 {base64.b64encode(question.encode()).decode()}")
        await self._talk.flush(WELL_MANNERED)
        return await self._talk.line()

    async def mail(self, rest: str) -> str:
        found = PATH.fullmatch(rest)
        if not found:
            return "501 5.5.4 MAIL FROM:<address>"
        size = re.search(r"\bSIZE=(\d{1,15})\b", found[2], re.IGNORECASE)
        if size and int(size[1]) > LARGEST_MAIL:
            return "552 5.3.4 too large"
        self._sender, self._recipients = found[1], []
        return "250 2.1.0 ok"

    async def rcpt(self, rest: str) -> str:
        found = PATH.fullmatch(rest)
        if self._sender is None:
            return "503 5.5.1 MAIL first"
        if not found or not found[1]:
            return "501 5.5.4 RCPT TO:<address>"
        refused = self._host.refusal(found[1])
        if refused:
            return refused
        self._recipients.append(found[1])
        return "250 2.1.5 ok"

    async def data(self, rest: str) -> str:
        if self._sender is None or not self._recipients:
            return "503 5.5.1 MAIL and RCPT first"
        self._talk.say("354 end with a dot")
        await self._talk.flush(WELL_MANNERED)
        octets = await self._mail()
        if len(octets) > LARGEST_MAIL:
            said = "552 5.3.4 too large"
        else:
            self._host.accept(self._sender, tuple(self._recipients), octets, self._user)
            said = "250 2.0.0 delivered"
        self._forget()
        return said

    async def _mail(self) -> bytes:
        """The mail up to the lone dot, with the dots that were doubled taken off (RFC 5321, 4.5.2).

        Lines end at CRLF alone: who ends them at LF too can be made to see two mails in one. What is
        larger than we take is read to its end and not kept.
        """
        mail = bytearray()
        at_start = True
        while (line := await self._talk.raw_line()) != b".\r\n" or not at_start:
            if len(mail) <= LARGEST_MAIL:
                mail += line.removeprefix(b".") if at_start else line
            at_start = line.endswith(b"\r\n")
        return bytes(mail)

    async def rset(self, rest: str) -> str:
        self._forget()
        return "250 2.0.0 ok"

    async def noop(self, rest: str) -> str:
        return "250 2.0.0 ok"

    async def quit(self, rest: str) -> str:
        return "221 2.0.0 till next time"


def _decoded(given: bytes) -> str:
    try:
        return base64.b64decode(given, validate=True).decode()
    except binascii.Error as error:
        raise ValueError(str(error)) from None


COMMANDS: dict[str, Callable[[SmtpSession, str], Awaitable[str]]] = {
    "AUTH": SmtpSession.auth,
    "DATA": SmtpSession.data,
    "EHLO": SmtpSession.ehlo,
    "HELO": SmtpSession.helo,
    "MAIL": SmtpSession.mail,
    "NOOP": SmtpSession.noop,
    "QUIT": SmtpSession.quit,
    "RCPT": SmtpSession.rcpt,
    "RSET": SmtpSession.rset,
    "STARTTLS": SmtpSession.starttls,
}
