"""The small world of the demo: a mail server, the office beside it, and people who write.

Everything that the story waits for is a condition; nothing sleeps and hopes.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from pathlib import Path, PurePath
from typing import TypeVar

import aiosmtplib

from twinpost.app import administer
from twinpost.app.process import Processed
from twinpost.cli.demo.album import Album, Mail
from twinpost.cli.demo.papers import MEDIA
from twinpost.cli.demo.people import OFFICE, Schools, Someone, config_text, furnish, oslo_and_lyon
from twinpost.edges import clock
from twinpost.edges.clock import Clock
from twinpost.edges.exchange_file import load_exchange
from twinpost.edges.mailserver import MailServer
from twinpost.edges.settings import Settings, load_settings
from twinpost.edges.shipped import shipped
from twinpost.errors import TwinpostError
from twinpost.ledger.engine import open_engine, transaction
from twinpost.ledger.lease import Lease
from twinpost.ledger.migrate import upgrade
from twinpost.service import Service
from twinpost.wiring import Parts, build, lease_of

T = TypeVar("T")

LEDGER = "sqlite:///twinpost.db"
QUIET_MINUTES = 0.03
"""After so long without a further mail of a letter, what came goes into one update: two seconds."""

TICK_SECONDS = 0.2
PATIENCE = 15.0
"""Seconds after which something that did not happen is a failure."""


class NotAsExpected(TwinpostError):
    """The story took another turn."""


@dataclass(slots=True)
class Town:
    """Two schools and their post office, in one folder."""

    folder: Path
    server: MailServer
    schools: Schools
    album: Album
    password: str
    parts: Parts
    serving: asyncio.Task[None]
    patience: float = PATIENCE
    processed: list[Processed] = field(default_factory=list)
    told: Callable[[Processed], None] = lambda done: None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    # -- what people do --------------------------------------------------------------------------

    async def send(
        self,
        who: Someone,
        subject: str,
        text: str,
        *,
        to: tuple[Someone, ...] = (OFFICE,),
        cc: tuple[Someone, ...] = (),
        files: dict[str, bytes] | None = None,
        answering: Mail | None = None,
        headers: dict[str, str] | None = None,
        forged: bool = False,
    ) -> Mail:
        """Write a mail and hand it to the server, signed in as its writer if she has an account and
        wrote it herself.
        """
        message = EmailMessage()
        message["From"] = _named(who)
        message["To"] = ", ".join(map(_named, to))
        if cc:
            message["Cc"] = ", ".join(map(_named, cc))
        message["Subject"] = subject
        message["Date"] = format_datetime(self.parts.clock.now())
        message["Message-ID"] = make_msgid(domain=who.address.partition("@")[2])
        if answering:
            message["In-Reply-To"] = message["References"] = answering.message_id
        for name, value in (headers or {}).items():
            message[name] = value
        message.set_content(text)
        for name, content in (files or {}).items():
            main, _, sub = MEDIA[PurePath(name).suffix].partition("/")
            message.add_attachment(content, maintype=main, subtype=sub, filename=name)
        return await self._hand_in(who, message, forged=forged)

    async def _hand_in(self, who: Someone, message: EmailMessage, *, forged: bool) -> Mail:
        known = not forged and self.server.sign_in(who.address, self.password) is not None
        before = len(self.album.mails)
        await aiosmtplib.send(
            message,
            sender=who.address,
            hostname="127.0.0.1",
            port=self.server.smtp_port,
            username=who.address if known else None,
            password=self.password if known else None,
            start_tls=False,
        )
        return next(mail for mail in self.album.mails[before:] if mail.message_id == message["Message-ID"])

    # -- what the story waits for ----------------------------------------------------------------

    async def outcome(self, mail: Mail) -> Processed:
        """What the office made of a mail."""

        def look() -> Processed | None:
            return next((p for p in self.processed if p.reading.message_id == mail.message_id), None)

        return await self.until(look, f"twinpost should have read “{mail.subject}”")

    async def answer(self, mail: Mail, to: Someone, *, after: Mail | None = None) -> Mail:
        """The office's mail to somebody in a mail's thread; the first one `after` another if given."""
        known = after.number if after else mail.number

        def look() -> Mail | None:
            return next((m for m in self.ours(to) if m.number > known and m.answers == mail.message_id), None)

        return await self.until(look, f"{to.name} should have got a mail about “{mail.subject}”")

    def ours(self, to: Someone) -> list[Mail]:
        """What the office has sent to somebody so far."""
        return [mail for mail in self.album.mails if mail.ours and to.address in mail.recipients]

    def sent(self) -> int:
        """How many mails the office has sent so far."""
        return sum(mail.ours for mail in self.album.mails)

    async def until(self, look: Callable[[], T | None], what: str) -> T:
        """Wait until `look` finds something. Raises NotAsExpected with `what` when it does not in time."""
        try:
            async with asyncio.timeout(self.patience):
                while (found := look()) is None:
                    if self.serving.done():
                        raise NotAsExpected(f"{what}, but the post office has stopped")
                    await self._news.wait()
                    self._news.clear()
                return found
        except TimeoutError:
            raise NotAsExpected(f"{what} within {self.patience:.0f} seconds") from None

    # -- what reports ----------------------------------------------------------------------------

    def rings(self) -> None:
        """Something has happened."""
        self._news.set()

    def reports(self, done: Processed) -> None:
        """The office has processed a message."""
        self.processed.append(done)
        self.told(done)
        self.rings()


def _named(someone: Someone) -> str:
    return formataddr((someone.name if someone is not OFFICE else "", someone.address))


@asynccontextmanager
async def founded(
    folder: Path,
    *,
    ledger: str = LEDGER,
    live: bool = True,
    patience: float = PATIENCE,
    schools: Schools | None = None,
    by: Clock = clock,
    tick_seconds: float = TICK_SECONDS,
) -> AsyncIterator[Town]:
    """A town whose office serves, until the block ends; everything in it goes `by` one clock."""
    schools = schools or oslo_and_lyon(by.now().date())
    album = Album(folder / "mails")
    town: Town | None = None

    def on_mail(sender: str, recipients: tuple[str, ...], octets: bytes) -> None:
        album.add(sender, recipients, octets)
        if town:
            town.rings()

    server = MailServer(on_mail=on_mail, now=by.now)
    await server.start()
    password = secrets.token_hex(4)
    config = config_text(server, ledger=ledger, quiet_minutes=QUIET_MINUTES, live=live)
    furnish(folder, server, password, config, schools)
    lease, parts = await asyncio.to_thread(_office, folder, schools, by)
    await lease.take()
    service = Service(parts, tick_seconds)
    serving = asyncio.create_task(service.serve())
    town = Town(folder, server, schools, album, password, parts, serving, patience)
    _listen(town)
    try:
        async with lease.kept():
            try:
                yield town
            finally:
                service.stop()
                await town.serving
                await parts.postman.close()
    finally:
        parts.desk.close()
        lease.close()
        await server.stop()


def _office(folder: Path, schools: Schools, by: Clock) -> tuple[Lease, Parts]:
    """Set the office up as an admin does: upgrade the ledger, apply the exchange, build."""
    settings: Settings = load_settings(folder / "twinpost.toml")
    today = by.now().date()
    filed = load_exchange(folder / schools.file, shared=settings.address, today=today).filed
    engine = open_engine(settings.ledger.url)
    upgrade(engine, shipped("migrations"))
    with transaction(engine) as connection:
        administer.apply(connection, [filed], by.now())
    engine.dispose()
    lease = lease_of(settings)
    return lease, build(settings, lease, by)


def _listen(town: Town) -> None:
    """Hear of everything that the office processes, and of its end."""
    report = town.parts.processing.report

    def both(done: Processed) -> None:
        report(done)
        town.reports(done)

    town.parts.processing.report = both
    town.serving.add_done_callback(lambda _: town.rings())
