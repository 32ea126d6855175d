"""Our SMTP server: delivery between accounts, proof of the sender, refusals on request."""

from __future__ import annotations

import base64
import smtplib
import socket
from collections.abc import Iterator

import pytest
from tests.servers import ADDRESS, PASSWORD, Running, running

from twinpost.edges.mailserver.stamp import without_verdicts

KARI, LUC = "kari@fagerborg.example", "luc@ecole-lyon.example"
LETTER = b"From: kari@fagerborg.example\r\nSubject: Letter 1\r\n\r\nDear Lyon.\r\n"


@pytest.fixture
def server() -> Iterator[Running]:
    with running() as up:
        up.do(up.server.add_account, KARI, "kari")
        up.do(up.server.add_account, LUC, "luc")
        yield up


@pytest.fixture
def smtp(server: Running) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", server.server.smtp_port, timeout=10) as client:
        yield client


def inbox(server: Running, address: str = ADDRESS) -> list[bytes]:
    return server.do(lambda: [message.octets for message in server.server.account(address).inbox.messages])


def test_mail_reaches_every_account_it_is_sent_to(server: Running, smtp: smtplib.SMTP) -> None:
    smtp.sendmail(KARI, [ADDRESS, LUC.upper(), "letters+oslo@school.example"], LETTER)
    assert len(inbox(server)) == 2
    (received,) = inbox(server, LUC)
    assert received.startswith(b"Return-Path: <kari@fagerborg.example>\r\n")
    assert received.endswith(LETTER)


def test_mail_of_somebody_who_signed_in_carries_our_verdict(server: Running, smtp: smtplib.SMTP) -> None:
    smtp.login(KARI, "kari")
    smtp.sendmail(KARI, [ADDRESS], LETTER)
    (received,) = inbox(server)
    assert (
        b"\r\nAuthentication-Results: mail.school.example; auth=pass smtp.auth=kari@fagerborg.example\r\n"
        in received
    )


def test_mail_of_a_nobody_carries_no_verdict_of_ours_not_even_a_brought_one(
    server: Running, smtp: smtplib.SMTP
) -> None:
    brought = b"Authentication-Results: (hi)\r\n Mail.School.Example; auth=pass smtp.auth=kari@x.example\r\n"
    smtp.sendmail(KARI, [ADDRESS], b"X-One: 1\r\n" + brought + LETTER)
    (received,) = inbox(server)
    assert b"auth=pass" not in received
    assert received.endswith(b"X-One: 1\r\n" + LETTER)


def test_verdicts_of_other_servers_and_words_in_the_text_stay() -> None:
    foreign = b"Authentication-Results: mx.elsewhere.example; dmarc=pass\r\n"
    mail = foreign + LETTER + b"Authentication-Results: mail.school.example; dmarc=pass\r\n"
    assert without_verdicts(mail, "mail.school.example") == mail


def test_a_wrong_password_is_refused(smtp: smtplib.SMTP) -> None:
    with pytest.raises(smtplib.SMTPAuthenticationError):
        smtp.login(KARI, "wrong")


def test_both_ways_of_signing_in_work(server: Running, smtp: smtplib.SMTP) -> None:
    smtp.ehlo()
    smtp.user, smtp.password = KARI, "kari"
    assert smtp.auth("PLAIN", smtp.auth_plain)[0] == 235
    assert smtp.auth("LOGIN", smtp.auth_login)[0] == 235


def test_dots_at_the_start_of_lines_arrive_as_they_were_written(server: Running, smtp: smtplib.SMTP) -> None:
    text = b".\r\n..\r\n.hidden\r\nend\r\n"
    smtp.sendmail(KARI, [ADDRESS], LETTER + text)
    (received,) = inbox(server)
    assert received.endswith(LETTER + text)


def test_two_mails_cannot_be_smuggled_in_one(server: Running) -> None:
    smuggled = b"From: evil@evil.example\r\n\r\nfirst\n.\nMAIL FROM:<kari@fagerborg.example>\n\r\n.\r\n"
    with (
        socket.create_connection(("127.0.0.1", server.server.smtp_port), 10) as sock,
        sock.makefile("rwb") as talk,
    ):
        for line in (
            b"HELO x",
            b"MAIL FROM:<evil@evil.example>",
            b"RCPT TO:<letters@school.example>",
            b"DATA",
        ):
            talk.write(line + b"\r\n")
        talk.write(smuggled + b"QUIT\r\n")
        talk.flush()
        talk.read()
    assert len(inbox(server)) == 1
    assert [mail.sender for mail in server.server.posted] == ["evil@evil.example"]


def test_people_without_an_account_are_outside(server: Running, smtp: smtplib.SMTP) -> None:
    smtp.sendmail(KARI, ["parent@elsewhere.example", ADDRESS], LETTER)
    assert [(mail.recipients, mail.octets) for mail in server.server.outside] == [
        (("parent@elsewhere.example",), LETTER)
    ]
    assert len(inbox(server)) == 1


def test_unknown_recipients_can_be_refused() -> None:
    with (
        running(refuse_unknown=True) as server,
        smtplib.SMTP("127.0.0.1", server.server.smtp_port, timeout=10) as smtp,
    ):
        assert smtp.sendmail(KARI, [ADDRESS, "nobody@school.example"], LETTER) == {
            "nobody@school.example": (550, b"5.1.1 no such mailbox")
        }


def test_a_recipient_is_refused_as_the_script_says(server: Running, smtp: smtplib.SMTP) -> None:
    server.server.refusals[LUC] = "450 4.2.1 later"
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        smtp.sendmail(KARI, [LUC], LETTER)
    assert caught.value.recipients == {LUC: (450, b"4.2.1 later")}


def test_every_accepted_mail_is_told_to_the_listener() -> None:
    heard: list[tuple[str, tuple[str, ...], bytes]] = []
    with (
        running(on_mail=lambda *mail: heard.append(mail)) as server,
        smtplib.SMTP("127.0.0.1", server.server.smtp_port, timeout=10) as smtp,
    ):
        smtp.sendmail("", [ADDRESS], LETTER)
        smtp.sendmail(KARI, [ADDRESS], LETTER)
    assert heard == [("", (ADDRESS,), LETTER), (KARI, (ADDRESS,), LETTER)]


def test_too_large_a_mail_is_refused_before_it_is_sent(smtp: smtplib.SMTP) -> None:
    smtp.ehlo()
    assert smtp.docmd("MAIL", f"FROM:<{KARI}> SIZE=99999999999")[0] == 552


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"DATA", b"503"),
        (b"RCPT TO:<a@b.example>", b"503"),
        (b"MAIL FROM:kari", b"501"),
        (b"AUTH PLAIN ***", b"501"),
        (b"AUTH PLAIN", b"334"),
        (b"AUTH GSSAPI x", b"504"),
        (b"STARTTLS", b"502"),
        (b"XYZZY", b"502"),
        (b"\xff\xfe", b"502"),
        (b"RSET", b"250"),
    ],
)
def test_what_is_out_of_place_is_answered_and_the_session_goes_on(
    server: Running, said: bytes, answer: bytes
) -> None:
    with (
        socket.create_connection(("127.0.0.1", server.server.smtp_port), 10) as sock,
        sock.makefile("rwb") as talk,
    ):
        talk.readline()
        talk.write(said + b"\r\n")
        talk.flush()
        assert talk.readline().startswith(answer)
        if answer == b"334":
            talk.write(b"*\r\n")
            talk.flush()
            assert talk.readline().startswith(b"501")
        talk.write(b"NOOP\r\n")
        talk.flush()
        assert talk.readline().startswith(b"250")


def test_a_password_of_any_letters_signs_in(smtp: smtplib.SMTP) -> None:
    smtp.ehlo()
    secret = base64.b64encode(f"\0{ADDRESS}\0{PASSWORD}".encode()).decode()
    assert smtp.docmd("AUTH", f"PLAIN {secret}")[0] == 235
