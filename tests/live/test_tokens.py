"""Tokens instead of passwords, against a real Dovecot that looks at their signature and their end."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from tests.live import dovecot
from tests.live.dovecot import Dovecot
from tests.live.gate import Background
from tests.live.hourly import Hourly
from tests.live.signer import Signer, public_key, signed

from twinpost.edges.imap import ImapMailbox
from twinpost.edges.imap_door import Door
from twinpost.edges.oauth.tokens import Tokens
from twinpost.errors import SessionEnded, SignInRefused, WireError

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def store() -> Iterator[Dovecot]:
    with dovecot.running(token_key=public_key()) as server:
        yield server


@pytest.fixture
def user(store: Dovecot) -> str:
    """A mailbox that no other test has seen, with a password that nobody uses."""
    address = f"{uuid.uuid4().hex[:12]}@school.example"
    store.add_user(address, uuid.uuid4().hex)
    return address


def mailbox(store: Dovecot, signer: Signer, *, user: str = "", port: int = 0) -> ImapMailbox:
    tokens = Tokens(signer)
    door = Door(
        store.host,
        port or store.imap_port,
        user or signer.who,
        security="none",
        tokens=tokens,
        provider="microsoft",
    )
    return ImapMailbox(door, patience=20)


def test_a_token_opens_the_mailbox(store: Dovecot, user: str) -> None:
    store.deliver(b"Subject: Letter 1\r\n\r\nHello.\r\n", user)
    opened = mailbox(store, Signer(user))
    assert opened.open() > 0
    assert len(opened.waiting(0)) == 1
    opened.close()


def test_a_token_that_has_ended_meanwhile_is_renewed_at_the_sign_in(store: Dovecot, user: str) -> None:
    signer = Signer(user, -60, 3600)
    opened = mailbox(store, signer)
    assert opened.open() > 0
    assert [bool(refused) for refused in signer.refused] == [False, True]
    opened.close()


def test_a_token_that_is_refused_although_it_is_new_is_a_refusal(store: Dovecot, user: str) -> None:
    signer = Signer(user, -60, new=True)
    with pytest.raises(SignInRefused) as caught:
        mailbox(store, signer).open()
    assert signer.refused == [""]
    assert "status" in str(caught.value)
    assert "Look at: `user`" in str(caught.value)


def test_a_token_of_somebody_else_opens_nothing_and_is_tried_twice_at_most(store: Dovecot, user: str) -> None:
    signer = Signer("kari@fagerborg.example")
    with pytest.raises(SignInRefused):
        mailbox(store, signer, user=user).open()
    assert len(signer.refused) == 2


def test_a_token_does_not_appear_in_the_refusal(store: Dovecot, user: str) -> None:
    signer = Signer(user, -60, new=True)
    with pytest.raises(SignInRefused) as caught:
        mailbox(store, signer).open()
    assert signed(user)[:30] not in str(caught.value)


@pytest.mark.parametrize("at", ["a command", "rest"])
def test_a_session_that_ends_with_its_token_is_no_trouble_and_a_new_one_opens(
    store: Dovecot, user: str, at: str
) -> None:
    with Background() as background:
        line = Hourly(background, store.imap_port)
        signer = Signer(user, claimed=200)  # soon at its end
        opened = mailbox(store, signer, port=line.port)
        opened.open()
        line.hang_up()
        with pytest.raises(SessionEnded):
            opened.waiting(0) if at == "a command" else opened.wait(20)
        store.deliver(b"Subject: Letter 1\r\n\r\nHello.\r\n", user)
        opened.open()
        assert len(opened.waiting(0)) == 1
        assert len(signer.refused) == 2, "the second session has a token of its own"
        opened.close()


def test_a_session_that_ends_before_its_token_is_trouble(store: Dovecot, user: str) -> None:
    with Background() as background:
        line = Hourly(background, store.imap_port)
        opened = mailbox(store, Signer(user), port=line.port)
        opened.open()
        line.hang_up()
        with pytest.raises(WireError) as caught:
            opened.waiting(0)
        assert not isinstance(caught.value, SessionEnded)
