"""People with mailboxes of their own: Postfix carries their mail and ours, Dovecot keeps it."""

from __future__ import annotations

import imaplib
import smtplib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses, localtime, make_msgid
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.live import dovecot, postfix
from tests.live.daemon import ADMIN, PASSWORD, Daemon, settings
from tests.live.dovecot import Dovecot
from tests.live.postfix import Postfix
from tests.office import BOX, KARI, LUC, OLA

NAMES = {KARI: "Kari Nordmann", OLA: "Ola Hansen", LUC: "Luc Martin", BOX: "Letters between schools"}


@dataclass
class Town:
    """Two schools, their post office and their mail servers."""

    store: Dovecot
    mta: Postfix
    daemon: Daemon

    def send(
        self,
        who: str,
        subject: str,
        text: str = "Dear colleague,\n\nhere you are.\n",
        *,
        to: Sequence[str] = (BOX,),
        cc: Sequence[str] = (),
        files: Sequence[tuple[str, bytes]] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """Write a mail and hand it to Postfix. Returns its Message-ID."""
        mail = EmailMessage()
        mail["From"] = f"{NAMES.get(who, '')} <{who}>"
        mail["To"], mail["Subject"] = ", ".join(to), subject
        if cc:
            mail["Cc"] = ", ".join(cc)
        mail["Date"] = format_datetime(localtime())
        mail["Message-ID"] = make_msgid(domain=who.partition("@")[2])
        for name, value in headers.items():
            mail[name] = value
        mail.set_content(text)
        for name, content in files:
            mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
        with smtplib.SMTP(self.mta.host, self.mta.smtp_port) as smtp:
            smtp.sendmail(who, [*to, *cc], mail.as_bytes())
        return str(mail["Message-ID"])

    def answer(
        self, who: str, mail: EmailMessage, text: str, headers: Mapping[str, str] = MappingProxyType({})
    ) -> str:
        """What the Reply button of a mail program does: to Reply-To, in the thread."""
        to = [address for _, address in getaddresses([mail["Reply-To"] or mail["From"]])]
        thread = {"In-Reply-To": mail["Message-ID"], "References": mail["Message-ID"]}
        return self.send(who, f"Re: {mail['Subject']}", text, to=to, headers={**thread, **headers})

    def mailbox(self, who: str) -> list[EmailMessage]:
        """Everything that has reached somebody, in order."""
        found = []
        secret = f"\0{who}\0{PASSWORD}".encode()
        with imaplib.IMAP4(self.store.host, self.store.imap_port) as imap:
            imap.authenticate("PLAIN", lambda _: secret)
            imap.select("INBOX", readonly=True)
            for number in imap.search(None, "ALL")[1][0].split():
                answer: Any = imap.fetch(number, "(BODY.PEEK[])")[1]
                found.append(message_from_bytes(answer[0][1], policy=policy.default))
        return found

    def wait_for(self, who: str, subject: str, count: int = 1) -> EmailMessage:
        """The last of `count` mails with these words in the subject, once all have come."""
        found: list[EmailMessage] = []

        def come() -> bool:
            found[:] = [mail for mail in self.mailbox(who) if subject in mail["Subject"]]
            return len(found) >= count

        self.daemon.until(come, f"{who} gets {count} × {subject!r}")
        assert len(found) == count, [mail["Subject"] for mail in found]
        return found[-1]

    def until_read(self, message_id: str) -> str:
        """Wait until the office has dealt with a mail. Returns the line of its log."""
        number = 1 + [mail["Message-ID"] for mail in self._box_with(message_id)].index(message_id)
        self.daemon.until(lambda: self._line(number), f"mail {number} is processed")
        return self._line(number)

    def _box_with(self, message_id: str) -> list[EmailMessage]:
        found: list[EmailMessage] = []

        def come() -> bool:
            found[:] = self.mailbox(BOX)
            return message_id in [mail["Message-ID"] for mail in found]

        self.daemon.until(come, "it reaches the shared box")
        return found

    def _line(self, number: int) -> str:
        lines = self.daemon.log().splitlines()
        return next((line for line in lines if f"event='processed' message={number} " in line), "")


@contextmanager
def a_town(folder: Path, *, without: Sequence[str] = ()) -> Iterator[Town]:
    """Everybody has a mailbox but those in `without`; the daemon serves."""
    with (
        dovecot.running() as store,
        postfix.running(store.lmtp_port, "school.example", "fagerborg.example", "ecole-lyon.example") as mta,
    ):
        for address in {*NAMES, ADMIN} - {*without}:
            store.add_user(address, PASSWORD)
        with Daemon(folder, settings(store.imap_port, mta.smtp_port)) as daemon:
            daemon.found()
            daemon.serve()
            yield Town(store, mta, daemon)
