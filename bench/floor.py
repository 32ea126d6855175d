"""The floor: the smallest safe program that does the same work with the usual libraries.

    python -m bench.floor backlog|watch IMAP_PORT SMTP_PORT BOX FOLDER COUNT

Whole letters come through imapclient in batches of a hundred, are parsed by the standard library and their
header is read; each is recorded together with its mails in one commit, the mails leave over two kept
aiosmtplib connections, and a second commit says so. Nothing is understood, asked, rendered or checked.
"""

from __future__ import annotations

import asyncio
import email.policy
import select
import sqlite3
import sys
from collections.abc import Sequence
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import aiosmtplib
from imapclient import IMAPClient

BATCH = 100
PASSWORD = "secret"

_PARSER: BytesParser[EmailMessage] = BytesParser(policy=email.policy.default)
_FACTS = ("From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References")
_TABLES = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
CREATE TABLE IF NOT EXISTS letters (uid INTEGER PRIMARY KEY, sender TEXT, subject TEXT, message_id TEXT);
CREATE TABLE IF NOT EXISTS outbox (uid INTEGER, recipient TEXT, mail BLOB, sent INTEGER DEFAULT 0);
CREATE INDEX IF NOT EXISTS outbox_uid ON outbox (uid);
"""
_RECEIPT = """\
Date: Mon, 23 Nov 2026 08:00:00 +0000\r
From: Letters between schools <{box}>\r
To: <{to}>\r
Subject: Arrived: {subject}\r
Message-ID: <receipt.{uid}.{number}@school.example>\r
In-Reply-To: {parent}\r
MIME-Version: 1.0\r
Content-Type: text/plain; charset=utf-8\r
\r
{subject} has arrived.\r
"""


class Floor:
    """One run of the bare program."""

    def __init__(self, imap_port: int, smtp_port: int, box: str, folder: Path) -> None:
        self._box = box
        self._last_uid = 0
        self.imap = IMAPClient("127.0.0.1", imap_port, ssl=False)
        self.imap._imap.debug = 0  # else every literal is formatted for a log that nobody reads
        self.imap.login(box, PASSWORD)
        self.imap.select_folder("INBOX")
        self._database = sqlite3.connect(folder / "floor.db", isolation_level=None)
        self._database.executescript(_TABLES)
        self._smtp = [
            aiosmtplib.SMTP(hostname="127.0.0.1", port=smtp_port, start_tls=False) for _ in range(2)
        ]

    async def open(self) -> None:
        for connection in self._smtp:
            await connection.connect()

    async def close(self) -> None:
        for connection in self._smtp:
            await connection.quit()
        self.imap.logout()

    def pass_over(self) -> None:
        """Leave alone what lies there already."""
        self._last_uid = max(self.imap.search("ALL"), default=0)

    async def answer_new(self) -> int:
        """Answer what has come since the last time. Returns how many letters."""
        uids = [uid for uid in self.imap.search(["UID", f"{self._last_uid + 1}:*"]) if uid > self._last_uid]
        for start in range(0, len(uids), BATCH):
            batch = uids[start : start + BATCH]
            for uid, answer in sorted(self.imap.fetch(batch, ["BODY.PEEK[]"]).items()):
                await self._answer(uid, answer[b"BODY[]"])
        self._last_uid = max(uids, default=self._last_uid)
        return len(uids)

    async def _answer(self, uid: int, octets: bytes) -> None:
        facts = _facts(_PARSER.parsebytes(octets))
        mails = [(to, self._receipt(uid, to, number, facts)) for number, to in enumerate(facts["people"])]
        self._record(uid, facts, mails)
        await asyncio.gather(
            *(
                smtp.sendmail(self._box, [to], mail)
                for smtp, (to, mail) in zip(self._smtp, mails, strict=True)
            )
        )
        self._database.execute("UPDATE outbox SET sent = 1 WHERE uid = ?", (uid,))

    def _receipt(self, uid: int, to: str, number: int, facts: dict[str, Any]) -> bytes:
        subject, parent = facts["Subject"], facts["Message-ID"]
        receipt = _RECEIPT.format(
            box=self._box, to=to, subject=subject, uid=uid, number=number, parent=parent
        )
        return receipt.encode()

    def _record(self, uid: int, facts: dict[str, Any], mails: Sequence[tuple[str, bytes]]) -> None:
        database = self._database
        database.execute("BEGIN IMMEDIATE")
        database.execute(
            "INSERT INTO letters VALUES (?, ?, ?, ?)",
            (uid, facts["From"], facts["Subject"], facts["Message-ID"]),
        )
        rows = [(uid, to, mail) for to, mail in mails]
        database.executemany("INSERT INTO outbox (uid, recipient, mail) VALUES (?, ?, ?)", rows)
        database.execute("COMMIT")


def _facts(message: EmailMessage) -> dict[str, Any]:
    """The header as text, the two people, and the names of the files."""
    facts: dict[str, Any] = {name: str(message[name] or "") for name in _FACTS}
    facts["people"] = [message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec]
    facts["files"] = [part.get_filename() for part in message.walk() if part.get_filename()]
    return facts


async def backlog(floor: Floor, count: int) -> None:
    """Answer what lies there, `count` letters in all."""
    await floor.open()
    while count > 0:
        count -= await floor.answer_new()
    await floor.close()


async def watch(floor: Floor, count: int) -> None:
    """Wait in IDLE for `count` letters and answer each as it comes."""
    await floor.open()
    floor.pass_over()
    print("ready", flush=True)
    sock = floor.imap.socket()
    while count > 0:
        floor.imap.idle()
        select.select([sock], [], [], 5.0)  # the letters of this measurement never come between commands
        floor.imap.idle_done()
        count -= await floor.answer_new()
    await floor.close()


def main() -> None:
    mode, imap_port, smtp_port, box, folder, count = sys.argv[1:]
    floor = Floor(int(imap_port), int(smtp_port), box, Path(folder))
    asyncio.run({"backlog": backlog, "watch": watch}[mode](floor, int(count)))


if __name__ == "__main__":
    main()
