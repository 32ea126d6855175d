"""A person's mailbox, read over IMAP as her mail program reads it."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr

SECONDS = 10.0
HEADERS = "(INTERNALDATE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT IN-REPLY-TO)])"
STAMP = "%d-%b-%Y %H:%M:%S %z"


@dataclass(frozen=True, slots=True)
class Received:
    """A mail as a list of mails shows it."""

    at: datetime  # when it arrived
    name: str
    sender: str
    subject: str
    answers: str  # the Message-ID of the mail that it answers, or nothing


def read_mailbox(port: int, user: str, password: str) -> list[Received]:
    """Everything in an inbox of this machine's server, as it came in."""
    with imaplib.IMAP4("127.0.0.1", port, timeout=SECONDS) as box:
        box.login(user, password)
        box.select("INBOX", readonly=True)
        _, data = box.fetch("1:*", HEADERS)
        return list(_received(data))


def _received(data: Sequence[object]) -> Iterator[Received]:
    for item in data:
        if isinstance(item, tuple):
            said, header = item
            message = message_from_bytes(header, policy=default)
            name, address = parseaddr(str(message["From"]))
            answers = str(message["In-Reply-To"] or "")
            yield Received(_arrived(said), name, address, str(message["Subject"]), answers)


def _arrived(said: bytes) -> datetime:
    stamp = said.decode().partition('INTERNALDATE "')[2].partition('"')[0]
    return datetime.strptime(stamp.strip(), STAMP).astimezone(UTC)
