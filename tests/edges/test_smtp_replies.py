"""Whom a reply concerns, in the words of real servers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinpost.core.model.outgoing import Accepted, Deferred, Refused, Scope
from twinpost.edges.smtp_replies import LONGEST_REPLY, Stage, judge, reply_of

OPENING, SIGN_IN, SENDER, RECIPIENT, CONTENT = Stage
US, ADDRESS, MAIL, LINE = Scope.US, Scope.ADDRESS, Scope.MAIL, Scope.LINE


@pytest.mark.parametrize(
    ("stage", "code", "text", "kind", "scope"),
    [
        (OPENING, 421, "4.3.2 too busy", Deferred, LINE),
        (OPENING, 554, "no service for you", Deferred, US),
        (OPENING, 454, "4.7.0 TLS not available", Deferred, LINE),
        (SIGN_IN, 535, "5.7.8 authentication failed", Deferred, US),
        (
            SIGN_IN,
            535,
            "5.7.139 SmtpClientAuthentication is disabled",
            Deferred,
            US,
        ),
        (SIGN_IN, 550, "5.7.30 Basic authentication is not supported", Deferred, US),
        (SIGN_IN, 534, "5.7.9 application-specific password required", Deferred, US),
        (SIGN_IN, 503, "5.5.1 AUTH not available", Deferred, US),
        (SIGN_IN, 454, "4.7.0 temporary authentication failure", Deferred, LINE),
        (SENDER, 530, "5.7.57 Client not authenticated to send mail", Deferred, US),
        (SENDER, 550, "5.1.0 sender unknown", Deferred, US),
        (
            SENDER,
            553,
            "5.7.1 <x@y.example>: Sender address rejected: not owned by user z",
            Deferred,
            US,
        ),
        (SENDER, 452, "4.3.1 insufficient system storage", Deferred, LINE),
        (SENDER, 552, "5.3.4 message size exceeds fixed limit", Refused, MAIL),
        (RECIPIENT, 450, "4.7.1 greylisted, come back later", Deferred, ADDRESS),
        (RECIPIENT, 452, "4.2.2 over quota", Deferred, ADDRESS),
        (RECIPIENT, 451, "4.3.0 lookup failure", Deferred, LINE),
        (RECIPIENT, 421, "4.7.0 too many connections", Deferred, LINE),
        (RECIPIENT, 550, "5.1.1 user unknown", Refused, ADDRESS),
        (RECIPIENT, 550, "no such user here", Refused, ADDRESS),
        (RECIPIENT, 550, "5.7.1 not welcome here", Refused, ADDRESS),
        (RECIPIENT, 552, "5.2.2 mailbox full", Deferred, ADDRESS),
        (RECIPIENT, 552, "requested action aborted", Deferred, ADDRESS),
        (RECIPIENT, 550, "mailbox is full", Deferred, ADDRESS),
        (RECIPIENT, 554, "5.7.1 <luc@ecole-lyon.example>: Relay access denied", Deferred, US),
        (
            RECIPIENT,
            554,
            "5.7.1 Unavailable; Client host [192.0.2.1] blocked using list",
            Deferred,
            US,
        ),
        (RECIPIENT, 550, "5.7.133 SenderNotAuthenticatedForGroup; authentication required", Refused, ADDRESS),
        (RECIPIENT, 550, "5.7.708 Access denied, traffic not accepted from this IP", Deferred, US),
        (RECIPIENT, 503, "5.5.1 need MAIL first", Deferred, LINE),
        (CONTENT, 451, "4.7.1 try later", Deferred, MAIL),
        (CONTENT, 432, "4.3.2 concurrent connections limit exceeded", Deferred, LINE),
        (CONTENT, 554, "5.7.1 looks like spam", Refused, MAIL),
        (CONTENT, 552, "message too large", Refused, MAIL),
        (CONTENT, 552, "5.2.3 message length exceeds limit", Refused, MAIL),
        (CONTENT, 552, "5.2.2 quota exceeded", Deferred, ADDRESS),
        (CONTENT, 554, "5.2.252 SendAsDenied; letters not allowed to send as", Deferred, US),
        (CONTENT, 550, "5.7.60 SMTP; client does not have permissions to send as this sender", Deferred, US),
        (CONTENT, 550, "5.7.26 not authenticated", Deferred, US),
        (CONTENT, 550, "5.1.1 unknown after all", Refused, ADDRESS),
        (CONTENT, 354, "go on", Deferred, LINE),
        (CONTENT, -1, "Malformed SMTP response line: hello", Deferred, LINE),
        (CONTENT, 650, "?", Deferred, LINE),
    ],
)
def test_a_reply_blames_whom_it_concerns(
    stage: Stage, code: int, text: str, kind: type, scope: Scope
) -> None:
    outcome = judge(stage, code, text)
    assert type(outcome) is kind
    assert getattr(outcome, "scope", None) is scope


def test_250_is_accepted_with_the_queue_id_kept() -> None:
    assert judge(CONTENT, 250, "2.0.0 Ok: queued as 4XyZ") == Accepted("250 2.0.0 Ok: queued as 4XyZ")


@given(st.sampled_from(list(Stage)), st.integers(-1, 999), st.text())
def test_only_a_5xx_is_final_and_only_a_2xx_is_sent(stage: Stage, code: int, text: str) -> None:
    outcome = judge(stage, code, text)
    assert isinstance(outcome, Accepted) == (200 <= code < 300)
    if isinstance(outcome, Refused):
        assert 500 <= code < 600


@given(st.text())
def test_a_reply_is_kept_as_one_short_printable_line(text: str) -> None:
    reply = reply_of(550, text)
    assert reply.isprintable()
    assert len(reply) <= LONGEST_REPLY


def test_control_characters_and_broken_octets_of_a_reply_do_not_reach_the_ledger() -> None:
    assert reply_of(550, "no\r\nsuch\x1b[2Juser \udcff") == "550 no such [2Juser"
