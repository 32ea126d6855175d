"""An office with everything around it: a mailbox on Dovecot, a sink for what is sent, the daemon itself."""

from __future__ import annotations

import atexit
import imaplib
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from functools import cache, partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tests.live import checker
from tests.live.daemon import PASSWORD, Daemon, settings
from tests.live.dovecot import Dovecot
from tests.live.gate import Background, Gate
from tests.live.sink import Sink
from tests.office import BOX, KARI, LUC, OLA

TEACHERS = {KARI, LUC, OLA}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def letter(number: int, sender: str = f"Kari Nordmann <{KARI}>") -> bytes:
    """A teacher's letter, the partner in copy, as our own border has stamped it."""
    mail = EmailMessage()
    domain = sender.partition("@")[2].rstrip(">")
    mail["Authentication-Results"] = f"mx.school.example; dmarc=pass header.from={domain}"
    mail["From"], mail["To"], mail["Cc"] = sender, BOX, LUC
    mail["Subject"] = f"Letter {number} from 7B Oslo to CM2 Lyon"
    mail["Message-ID"] = f"<letter-{number}@{domain}>"
    mail["Date"] = format_datetime(localtime())
    mail.set_content("Dear Luc,\n\nhere you are.\n")
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename=f"letter-{number}.pdf")
    return mail.as_bytes()


@dataclass
class Place:
    """One office; other tests have other mailboxes on the same server."""

    store: Dovecot
    user: str
    gate: Gate
    sink: Sink
    daemon: Daemon

    def settings(self, **changes: Any) -> dict[str, Any]:
        """The configuration, with other words in some sections."""
        imap = {"user": self.user, **changes.pop("imap", {})}
        return settings(self.store.imap_port, self.sink.port, imap=imap, **changes)

    def post(self, *numbers: int, **options: str) -> None:
        """Letters arrive."""
        for number in numbers:
            self.store.deliver(letter(number, **options), self.user)

    def told(self, number: int) -> set[str]:
        """Who has been told of a letter so far."""
        return {
            recipient
            for taken in self.sink.taken()
            if message_from_bytes(taken.octets)["In-Reply-To"] == f"<letter-{number}@fagerborg.example>"
            for recipient in taken.recipients
        }

    def until_told(self, *numbers: int) -> None:
        """Wait until all teachers know of these letters."""
        for number in numbers:
            self.daemon.until(partial(self._all_told, number), f"letter {number} is told of")

    def _all_told(self, number: int) -> bool:
        return self.told(number) == TEACHERS

    def log_holds(self) -> list[list[int]]:
        """The numbers of the letters in the log."""
        return [line["numbers"] for line in self.daemon.data("log")]

    def person(self) -> imaplib.IMAP4:
        """Somebody else who reads the shared mailbox."""
        client = imaplib.IMAP4(self.store.host, self.store.imap_port)
        secret = f"\0{self.user}\0{PASSWORD}".encode()
        client.authenticate("PLAIN", lambda _: secret)
        return client

    def sign_ins_refused(self) -> int:
        """How often the mailbox server has said no to this user."""
        log = (self.store.folder / "dovecot.log").read_text(errors="replace")
        return sum("auth failed" in line and f"user=<{self.user}>" in line for line in log.splitlines())


@cache
def _founded() -> Path:
    """A ledger with the exchange oslo-lyon, live: made once, for four commands take their seconds."""
    folder = Path(mkdtemp(prefix="twinpost-founded-"))
    atexit.register(shutil.rmtree, folder)
    daemon = Daemon(folder, settings(1, 1))
    daemon.found()
    for file in (daemon.config, folder / "imap-password"):
        file.unlink()
    return folder


@contextmanager
def a_place(store: Dovecot, folder: Path, **changes: Any) -> Iterator[Place]:
    """An office of its own, founded and live, its daemon not yet started."""
    user = f"{uuid.uuid4().hex[:12]}@school.example"
    store.add_user(user, PASSWORD)
    with Background() as background:
        gate = Gate(background)
        sink = Sink(background, gate)
        imap = {"user": user, **changes.pop("imap", {})}
        with Daemon(folder, settings(store.imap_port, sink.port, imap=imap, **changes)) as daemon:
            shutil.copytree(_founded(), folder, dirs_exist_ok=True)
            yield Place(store, user, gate, sink, daemon)
            assert checker.company(daemon.ledger, sink.connections) == []
