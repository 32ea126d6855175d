"""The way of a letter through real servers: Postfix takes it, Dovecot keeps it, our mailbox reads it."""

from __future__ import annotations

import smtplib

import pytest
from tests.live import dovecot, postfix

from twinpost.edges.imap import ImapMailbox
from twinpost.edges.imap_door import Door

LETTER = (
    b"From: kari@fagerborg.example\r\nSubject: Letter 1 from 7B Oslo to CM2 Lyon\r\n"
    b"Message-ID: <one@fagerborg.example>\r\nDate: Thu, 8 Oct 2026 09:15:00 +0200\r\n\r\nHello Lyon.\r\n"
)

pytestmark = pytest.mark.live


def test_a_letter_that_postfix_takes_is_read_from_dovecot_by_everybody_it_was_sent_to() -> None:
    people = ["letters@school.example", "luc@ecole-lyon.example"]
    with (
        dovecot.running() as store,
        postfix.running(store.lmtp_port, "school.example", "ecole-lyon.example") as mta,
    ):
        for address in people:
            store.add_user(address, "secret")
        with smtplib.SMTP(mta.host, mta.smtp_port) as smtp:
            smtp.sendmail("kari@fagerborg.example", people, LETTER)
        for address in people:
            mailbox = ImapMailbox(
                Door(store.host, store.imap_port, address, lambda: "secret", security="none")
            )
            mailbox.open()
            while not (waiting := mailbox.waiting(0)):
                assert mailbox.wait(20), "the letter did not arrive"
            assert mailbox.fetch([waiting[0].uid])[waiting[0].uid].endswith(LETTER)
            mailbox.close()
