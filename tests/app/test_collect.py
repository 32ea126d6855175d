"""From the mailbox into the journal, whatever the mailbox does."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa
from tests.fakes.mailbox import FakeMailbox
from tests.office import START, Office

from twinpost.app.collect import Collector
from twinpost.app.intake import Processing
from twinpost.errors import NotHandedOver, WireError
from twinpost.ledger import outbox, tables, views, withheld
from twinpost.ledger.transaction import Desk


@pytest.fixture
def mailbox() -> FakeMailbox:
    return FakeMailbox()


@pytest.fixture
def collector(office: Office, desk: Desk, mailbox: FakeMailbox) -> Collector:
    collector = Collector(mailbox, desk, office.house, lambda: START)
    collector.open()
    return collector


def mail(number: int) -> bytes:
    return f"From: kari@fagerborg.example\r\nSubject: Letter {number}\r\n\r\nHello\r\n".encode()


def kept(desk: Desk) -> list[int]:
    """The number of each message in the journal, in order of keeping."""
    return desk.do_now(
        lambda c: list(c.execute(sa.select(tables.messages.c.id).order_by(tables.messages.c.id)).scalars())
    )


def test_what_lies_in_the_mailbox_is_kept_once_and_oldest_first(
    collector: Collector, mailbox: FakeMailbox, desk: Desk, office: Office
) -> None:
    for number in range(3):
        mailbox.deliver(mail(number), START)
    assert (collector.collect(), collector.collect()) == (3, 0)
    hashes = desk.do_now(
        lambda c: list(
            c.execute(sa.select(tables.messages.c.sha256).order_by(tables.messages.c.id)).scalars()
        )
    )
    assert [office.house.vault.get(sha256) for sha256 in hashes] == [mail(0), mail(1), mail(2)]


def test_a_mail_whose_original_is_gone_is_set_aside_and_read_when_it_is_dragged_back(
    collector: Collector, mailbox: FakeMailbox, desk: Desk, office: Office
) -> None:
    uid = mailbox.deliver(mail(1), START)
    collector.collect()
    (sha256,) = [one for one, _ in office.house.vault.hashes()]
    office.house.vault.remove(sha256)
    processing = Processing(office.house, desk, lambda: START)
    asyncio.run(processing.run())
    (line,) = desk.do_now(views.aside)
    assert "drag the mail out of the inbox and back" in line.reason
    mailbox.take_away(uid)
    mailbox.deliver(mail(1), START)
    assert collector.collect() == 1
    asyncio.run(processing.run())
    assert desk.do_now(views.aside) == []
    assert office.house.vault.get(sha256) == mail(1)


def test_a_folder_that_is_numbered_anew_brings_nothing_twice_and_loses_nothing(
    collector: Collector, mailbox: FakeMailbox, desk: Desk
) -> None:
    for number in range(5):
        mailbox.deliver(mail(number), START)
    collector.collect()
    mailbox.rebuild()
    mailbox.deliver(mail(5), START)
    with pytest.raises(WireError):
        collector.collect()
    collector.open()
    collector.collect()
    assert len(kept(desk)) == 6


def test_a_mail_that_vanishes_while_we_work_holds_up_nothing(
    collector: Collector, mailbox: FakeMailbox, desk: Desk
) -> None:
    first, second = mailbox.deliver(mail(1), START), mailbox.deliver(mail(2), START)
    waiting = mailbox.waiting(0)
    mailbox.take_away(first)
    assert collector._take(waiting, last=second) == 1


def test_a_message_that_the_server_withholds_is_asked_for_three_times_and_then_reported(
    collector: Collector, mailbox: FakeMailbox, desk: Desk
) -> None:
    mailbox.deliver(mail(1), START)
    mailbox.withheld.add(mailbox.deliver(mail(2), START))
    mailbox.deliver(mail(3), START)
    for _ in range(3):
        with pytest.raises(NotHandedOver):
            collector.collect()
        collector.open()
    assert collector.collect() == 2
    assert len(desk.do_now(lambda c: withheld.lost(c, 3))) == 1
    (note,) = desk.do_now(lambda c: outbox.lines(c))
    assert (note.notice, note.recipient) == ("admin-note", "it@school.example")


def test_a_message_that_was_withheld_for_a_moment_is_kept_after_all(
    collector: Collector, mailbox: FakeMailbox, desk: Desk
) -> None:
    uid = mailbox.deliver(mail(1), START)
    mailbox.withheld.add(uid)
    with pytest.raises(NotHandedOver):
        collector.collect()
    mailbox.withheld.clear()
    collector.open()
    assert collector.collect() == 1
    assert desk.do_now(lambda c: withheld.blamed(c, "INBOX", 1)) == {}


def test_a_mail_dragged_back_into_the_inbox_is_tried_again_where_it_had_failed(
    collector: Collector, mailbox: FakeMailbox, desk: Desk
) -> None:
    mailbox.deliver(mail(1), START)
    collector.collect()
    desk.do_now(lambda c: c.execute(sa.update(tables.messages).values(state="aside", reason="broken")))
    mailbox.deliver(mail(1), START)
    collector.collect()
    assert desk.do_now(lambda c: c.execute(sa.select(tables.messages.c.state)).scalars().all()) == ["kept"]


def test_a_large_message_comes_in_pieces(
    collector: Collector, mailbox: FakeMailbox, office: Office, desk: Desk
) -> None:
    large = mail(1) + b"x" * 2_500_000
    mailbox.deliver(large, START)
    collector.collect()
    sha256 = desk.do_now(lambda c: c.execute(sa.select(tables.messages.c.sha256)).scalar_one())
    assert office.house.vault.get(sha256) == large
