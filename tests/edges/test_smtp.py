"""The real postman against a server on loopback that misbehaves on demand."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.smtpserver import DROP, SILENCE, Script, a_certificate, smtp_server
from tests.fakes.tokens import Given, tokens
from tests.outgoing import NOW

from twinpost.core.model.outgoing import Accepted, Deferred, Refused, Scope
from twinpost.edges import smtp
from twinpost.edges.oauth.tokens import Token, Tokens
from twinpost.edges.smtp import Brake, SmtpPostman
from twinpost.edges.smtp_session import Door, Timeouts, dotted
from twinpost.errors import LedgerError, SignInRefused, WireError

SHARED = "letters@school.example"
KARI = "kari@fagerborg.example"
LUC = "luc@ecole-lyon.example"
MAIL = b"Subject: Letter 1\r\n\r\nIt has arrived.\r\n"


class Record:
    """Refused sign-ins, in memory."""

    def __init__(self, until: datetime | None = None) -> None:
        self.until = until
        self.refusals = 0

    async def wait_until(self) -> datetime | None:
        return self.until

    async def refused(self) -> None:
        self.refusals += 1
        self.until = NOW + timedelta(minutes=1)


@asynccontextmanager
async def a_postman(
    script: Script,
    *,
    record: Record | None = None,
    connections: int = 2,
    per_minute: int = 0,
    server: dict[str, Any] | None = None,
    **door: Any,
) -> Any:
    async with smtp_server(script, **(server or {})) as port:
        values = {"host": "127.0.0.1", "port": port, "security": "none", **door}
        postman = SmtpPostman(
            Door(**values), record or Record(), connections=connections, per_minute=per_minute
        )
        try:
            yield postman
        finally:
            await postman.close()


async def send(postman: SmtpPostman, *recipients: str, octets: bytes = MAIL) -> Any:
    return await postman.send(SHARED, recipients or (KARI,), octets)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return a_certificate(tmp_path_factory.mktemp("certificate"))


async def test_a_mail_is_handed_over_octet_for_octet_with_its_queue_id() -> None:
    script = Script()
    octets = b"Subject: x\r\n\r\n.\r\n..two dots\r\n\xc3\xa5\r\n"
    async with a_postman(script) as postman:
        assert await send(postman, octets=octets) == Accepted("250 2.0.0 queued as 1")
    assert script.arrived == [((KARI,), octets)]


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"a\r\n", b"a\r\n.\r\n"),
        (b"a", b"a\r\n.\r\n"),
        (b".\r\n", b"..\r\n.\r\n"),
        (b"a\r\n.\r\n.b\r\n", b"a\r\n..\r\n..b\r\n.\r\n"),
        (b"a\n.\nMAIL FROM:<x>\n", b"a\r\n..\r\nMAIL FROM:<x>\r\n.\r\n"),
        (b"a\r.\r\n", b"a\r\n..\r\n.\r\n"),
        (b"a\r\n.\nb\r\n", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"a\n\rb\r\n", b"a\r\n\r\nb\r\n.\r\n"),
        (b"", b"\r\n.\r\n"),
    ],
)
def test_no_mail_can_end_before_its_end(octets: bytes, expected: bytes) -> None:
    assert dotted(octets) == expected


@given(st.binary() | st.lists(st.sampled_from([b"\r", b"\n", b".", b"a"])).map(b"".join))
def test_only_the_end_of_a_mail_looks_like_its_end(octets: bytes) -> None:
    sent = b"\r\n" + dotted(octets)
    assert sent.index(b"\r\n.\r\n") == len(sent) - 5
    assert b"\n.\n" not in sent
    assert sent.count(b"\r") == sent.count(b"\n") == sent.count(b"\r\n")


async def test_one_connection_serves_many_mails() -> None:
    script = Script()
    async with a_postman(script, connections=1) as postman:
        for _ in range(20):
            assert isinstance(await send(postman), Accepted)
    assert script.connections == 1


async def test_mails_sent_together_share_the_connections_allowed() -> None:
    script = Script()
    async with a_postman(script, connections=3) as postman:
        outcomes = await asyncio.gather(*(send(postman) for _ in range(30)))
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert script.connections <= 3


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ({"RCPT": "550 5.1.1 unknown"}, Refused("550 5.1.1 unknown", Scope.ADDRESS)),
        ({"RCPT": "450 4.7.1 greylisted"}, Deferred("450 4.7.1 greylisted", Scope.ADDRESS)),
        ({"RCPT": "552 5.2.2 mailbox full"}, Deferred("552 5.2.2 mailbox full", Scope.ADDRESS)),
        ({"DATA": "554 5.7.1 spam"}, Refused("554 5.7.1 spam", Scope.MAIL)),
        ({"DATA": "552 5.3.4 too big"}, Refused("552 5.3.4 too big", Scope.MAIL)),
        ({"DATA": "451 4.3.0 disk"}, Deferred("451 4.3.0 disk", Scope.LINE)),
        ({"MAIL": "550 5.7.60 SendAsDenied"}, Deferred("550 5.7.60 SendAsDenied", Scope.US)),
        ({"MAIL": "530 5.7.0 sign in first"}, Deferred("530 5.7.0 sign in first", Scope.US)),
    ],
)
async def test_a_refusal_is_judged_by_its_stage_and_the_connection_is_used_again(
    replies: dict[str, str], expected: object
) -> None:
    script = Script({stage: deque([reply]) for stage, reply in replies.items()})
    async with a_postman(script) as postman:
        assert await send(postman) == expected
        assert isinstance(await send(postman), Accepted)
    assert script.connections == 1


async def test_421_ends_the_session_and_not_the_queue() -> None:
    script = Script({"RCPT": deque(["421 4.3.2 shutting down"])})
    async with a_postman(script) as postman:
        assert await send(postman) == Deferred("421 4.3.2 shutting down", Scope.LINE)
        assert isinstance(await send(postman), Accepted)
    assert script.connections == 2


async def test_a_kept_connection_that_the_server_closed_is_replaced_unnoticed() -> None:
    script = Script()
    async with a_postman(script) as postman:
        await send(postman)
        script.replies["MAIL"] = deque([DROP])
        assert isinstance(await send(postman), Accepted)
    assert script.connections == 2
    assert len(script.arrived) == 2


async def test_a_connection_that_rested_long_is_not_trusted() -> None:
    script = Script()
    async with a_postman(script, timeouts=Timeouts(idle=0.0)) as postman:
        await send(postman)
        await send(postman)
    assert script.connections == 2


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
async def test_a_line_that_breaks_is_nobodys_fault(stage: str) -> None:
    script = Script({stage: DROP})
    async with a_postman(script) as postman:
        outcome = await send(postman)
    assert isinstance(outcome, Deferred)
    assert outcome.scope is Scope.LINE


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
async def test_a_server_that_falls_silent_does_not_hold_us_for_ever(stage: str) -> None:
    script = Script({stage: SILENCE})
    timeouts = Timeouts(opening=2, command=0.1, content=0.1)
    async with a_postman(script, timeouts=timeouts) as postman:
        outcome = await send(postman)
        assert isinstance(outcome, Deferred)
        assert outcome.scope is Scope.LINE
        assert "no answer in time" in outcome.reply


async def test_garbage_for_an_answer_is_temporary_and_ends_the_session() -> None:
    script = Script({"RCPT": deque(["hello there"])})
    async with a_postman(script) as postman:
        outcome = await send(postman)
        assert isinstance(outcome, Deferred)
        assert outcome.scope is Scope.LINE
        assert isinstance(await send(postman), Accepted)
    assert script.connections == 2


async def test_a_server_that_is_not_there_is_temporary_and_named() -> None:
    async with smtp_server(Script()) as port:
        pass
    postman = SmtpPostman(Door("127.0.0.1", port, "none"), Record())
    outcome = await send(postman)
    assert isinstance(outcome, Deferred)
    assert outcome.scope is Scope.LINE
    assert f"127.0.0.1:{port}" in outcome.reply
    assert "Check `host` and `port` in [smtp]" in outcome.reply


async def test_of_two_recipients_both_get_it_or_neither() -> None:
    script = Script({("RCPT", LUC): deque(["450 4.2.1 later"])})
    async with a_postman(script) as postman:
        assert await send(postman, KARI, LUC) == Deferred("450 4.2.1 later", Scope.ADDRESS)
        assert script.arrived == []
        assert isinstance(await send(postman, KARI, LUC), Accepted)
    assert script.arrived == [((KARI, LUC), MAIL)]
    assert script.connections == 1


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("450 4.2.1 later", "550 5.1.1 unknown", Refused("550 5.1.1 unknown", Scope.ADDRESS)),
        (
            "550 5.1.1 unknown",
            "554 5.7.1 Relay access denied",
            Deferred("554 5.7.1 Relay access denied", Scope.US),
        ),
    ],
)
async def test_of_two_refusals_the_graver_decides_and_ours_blames_nobody(
    first: str, second: str, expected: object
) -> None:
    script = Script({("RCPT", KARI): first, ("RCPT", LUC): second})
    async with a_postman(script) as postman:
        assert await send(postman, KARI, LUC) == expected


async def test_a_mail_larger_than_the_server_takes_is_refused_before_it_is_sent() -> None:
    script = Script()
    async with a_postman(script, server={"data_size_limit": 1000}) as postman:
        outcome = await send(postman, octets=MAIL + b"x" * 1000)
        assert isinstance(outcome, Refused)
        assert outcome.scope is Scope.MAIL
        assert outcome.reply.startswith("552 5.3.4")
        assert isinstance(await send(postman), Accepted)


@pytest.mark.parametrize(
    "address",
    [
        "a@x.example, b@x.example",
        "a@x.example> SIZE=1",
        "a b@x.example",
        "å@x.example",
        "a@x.example\r\nRSET",
        "",
        "a",
    ],
)
async def test_nothing_but_one_plain_address_is_ever_named_to_the_server(address: str) -> None:
    script = Script()
    async with a_postman(script) as postman:
        outcome = await send(postman, address)
        assert isinstance(outcome, Deferred)
        assert outcome.scope is Scope.ADDRESS
        assert isinstance(await send(postman), Accepted)
    assert [recipients for recipients, _ in script.arrived] == [(KARI,)]


# -- encryption and sign-in ----------------------------------------------------------------------


async def test_starttls_is_used_and_the_password_goes_through_it(certificate: Any) -> None:
    server, client = certificate
    script = Script()
    options = {"tls": server, "require_starttls": True}
    door = {"security": "starttls", "context": client, "user": "letters", "password": lambda: "secret"}
    async with a_postman(script, server=options, **door) as postman:
        assert isinstance(await send(postman), Accepted)
    assert script.sign_ins == [True]


async def test_tls_from_the_first_octet(certificate: Any) -> None:
    server, client = certificate
    async with a_postman(
        Script(), server={"tls": server, "at_once": True}, security="tls", context=client
    ) as postman:
        assert isinstance(await send(postman), Accepted)


async def test_a_server_without_starttls_gets_nothing() -> None:
    script = Script()
    async with a_postman(script, security="starttls") as postman:
        outcome = await send(postman)
    assert isinstance(outcome, Deferred)
    assert outcome.scope is Scope.US
    assert "offers no STARTTLS" in outcome.reply
    assert script.arrived == []


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_certificate_that_nobody_vouches_for_is_told_in_a_sentence(
    certificate: Any, at_once: bool
) -> None:
    script = Script()
    options = {"tls": certificate[0], "at_once": at_once}
    async with a_postman(script, server=options, security="tls" if at_once else "starttls") as postman:
        outcome = await send(postman)
        with pytest.raises(WireError, match="the certificate cannot be trusted"):
            await postman.check_sign_in()
    assert isinstance(outcome, Deferred)
    assert outcome.scope is Scope.US
    assert script.arrived == []


async def test_tls_on_a_port_that_expects_starttls_says_so(certificate: Any) -> None:
    async with a_postman(Script(), server={"tls": certificate[0]}, security="tls") as postman:
        with pytest.raises(WireError, match='set security = "starttls"'):
            await postman.check_sign_in()


def test_unencrypted_sending_never_leaves_the_machine() -> None:
    with pytest.raises(ValueError, match="unencrypted"):
        Door("smtp.school.example", 25, "none")


async def test_a_wrong_password_is_tried_once_then_not_before_the_record_allows() -> None:
    script, record = Script(), Record()
    door = {"user": "letters", "password": lambda: "wrong"}
    async with a_postman(script, record=record, **door) as postman:
        outcomes = await asyncio.gather(*(send(postman) for _ in range(5)))
    assert {outcome.scope for outcome in outcomes} == {Scope.US}
    assert outcomes[0].reply == "535 5.7.8 wrong password"
    assert "it is tried again at 07:16 UTC" in outcomes[1].reply
    assert script.sign_ins == [False]
    assert record.refusals == 1


async def test_a_password_that_was_mended_is_used_at_the_next_sign_in() -> None:
    script, record = Script(), Record()
    passwords = deque(["wrong", "secret"])
    async with a_postman(script, record=record, user="letters", password=passwords.popleft) as postman:
        assert isinstance(await send(postman), Deferred)
        record.until = None
        assert isinstance(await send(postman), Accepted)


@pytest.mark.parametrize(("token", "kind"), [("secret", Accepted), ("expired", Deferred)])
async def test_a_token_signs_in_where_the_provider_takes_no_passwords(token: str, kind: type) -> None:
    script, record = Script(), Record()
    door = {"user": "letters", "tokens": tokens(token)}
    async with a_postman(script, record=record, **door) as postman:
        assert type(await send(postman)) is kind
    assert script.sign_ins == [kind is Accepted]
    assert record.refusals == (kind is Deferred)


async def test_a_token_that_was_good_before_is_renewed_on_the_same_line() -> None:
    script, record = Script(), Record()
    issuer = Given("expired", "secret", new=False)
    async with a_postman(script, record=record, user="letters", tokens=Tokens(issuer)) as postman:
        assert isinstance(await send(postman), Accepted)
    assert script.sign_ins == [False, True]
    assert issuer.refused == ["", "expired"]
    assert (script.connections, record.refusals) == (1, 0)


async def test_a_refused_token_is_told_with_its_status_and_what_to_look_at_but_not_with_itself() -> None:
    door = {"user": "letters", "tokens": tokens("planted"), "provider": "google"}
    async with a_postman(Script(), **door) as postman:
        outcome = await send(postman)
    assert outcome.scope is Scope.US
    assert outcome.reply.startswith("535 5.7.8 bad token (status 401) The token does not open this mailbox.")
    assert "planted" not in outcome.reply


async def test_the_check_tells_what_to_look_at_when_a_token_is_refused() -> None:
    door = {"user": "letters", "tokens": tokens("planted"), "provider": "google"}
    async with a_postman(Script(), **door) as postman:
        with pytest.raises(SignInRefused, match=r"does not let letters sign in: .*Look at: `user`.*IMAP\.$"):
            await postman.check_sign_in()


async def test_a_provider_that_refuses_counts_like_a_server_and_says_what_to_click() -> None:
    script, record = Script(), Record()
    async with a_postman(script, record=record, user="letters", tokens=tokens()) as postman:
        first, second = await send(postman), await send(postman)
    assert first == Deferred("Microsoft gives no token (AADSTS7000222, invalid_client).", Scope.US)
    assert "it is tried again at" in second.reply
    assert (script.sign_ins, record.refusals) == ([], 1)


async def test_a_provider_that_is_away_counts_as_nothing() -> None:
    class Away:
        def issue(self, refused: str = "") -> Token:
            raise WireError("login.microsoftonline.com gave no answer in time.")

    record = Record()
    async with a_postman(Script(), record=record, user="letters", tokens=Tokens(Away())) as postman:
        outcome = await send(postman)
    assert outcome == Deferred("login.microsoftonline.com gave no answer in time.", Scope.US)
    assert record.refusals == 0


async def test_the_check_tells_a_providers_refusal_in_its_own_words() -> None:
    async with a_postman(Script(), user="letters", tokens=tokens()) as postman:
        with pytest.raises(SignInRefused) as caught:
            await postman.check_sign_in()
    assert str(caught.value) == "Microsoft gives no token (AADSTS7000222, invalid_client)."


async def test_a_password_that_cannot_be_read_is_our_trouble() -> None:
    def missing() -> str:
        raise WireError("The file smtp-password is missing.")

    async with a_postman(Script(), user="letters", password=missing) as postman:
        assert await send(postman) == Deferred("The file smtp-password is missing.", Scope.US)


async def test_a_server_that_offers_no_sign_in_says_so_in_the_check() -> None:
    async with a_postman(
        Script(), server={"auth_exclude_mechanism": ["PLAIN", "LOGIN"]}, user="letters"
    ) as postman:
        with pytest.raises(WireError, match="no sign-in with a password"):
            await postman.check_sign_in()


async def test_the_check_passes_where_mail_would() -> None:
    script = Script()
    async with a_postman(script, user="letters", password=lambda: "secret") as postman:
        await postman.check_sign_in(SHARED)
    assert script.sign_ins == [True]
    assert script.arrived == []


async def test_the_check_names_the_remedy_for_a_wrong_password() -> None:
    async with a_postman(Script(), user="letters", password=lambda: "wrong") as postman:
        with pytest.raises(SignInRefused, match="password file"):
            await postman.check_sign_in(SHARED)


async def test_the_check_finds_that_we_may_not_send_as_the_shared_address() -> None:
    async with a_postman(Script({"MAIL": "550 5.7.60 SendAsDenied"})) as postman:
        with pytest.raises(WireError, match="may send as `address`"):
            await postman.check_sign_in(SHARED)


async def test_a_ledger_that_fails_while_we_sign_in_is_temporary() -> None:
    class Broken(Record):
        async def wait_until(self) -> datetime | None:
            raise LedgerError("The disk is full.")

    async with a_postman(Script(), record=Broken(), user="letters") as postman:
        assert await send(postman) == Deferred("LedgerError: The disk is full.", Scope.LINE)


# -- the brake -----------------------------------------------------------------------------------


def test_the_brake_lets_so_many_go_in_any_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(smtp, "monotonic", lambda: now)
    brake = Brake(30)
    assert [brake.take() for _ in range(30)] == [0.0] * 30
    assert brake.ready_in() == 60.0
    now += 20
    assert brake.take() == 40.0
    now += 41
    assert [brake.take() for _ in range(29)] == [0.0] * 29
    assert brake.take() == pytest.approx(59.0)


def test_without_a_brake_nothing_waits() -> None:
    brake = Brake(0)
    assert {brake.take() for _ in range(1000)} == {0.0}


async def test_the_postman_waits_when_the_minute_is_full() -> None:
    script = Script()
    async with a_postman(script, per_minute=2) as postman:
        await send(postman)
        assert postman.ready_in() == 0.0
        await send(postman)
        assert postman.ready_in() > 50
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(send(postman), 0.05)
    assert len(script.arrived) == 2
