"""Originals leave when they have been kept long enough, and nothing else is lost with them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from tests.fakes.mailbox import FakeMailbox
from tests.office import KARI, LUC, PDF, START, Office

from twinpost.app import housekeeping
from twinpost.app.collect import Collector, Purged
from twinpost.app.housekeeping import Housekeeping
from twinpost.edges.vault import FileVault
from twinpost.errors import LedgerError
from twinpost.ledger import outbox, purging, tables
from twinpost.ledger.engine import transaction
from twinpost.ledger.transaction import Desk

LETTER = "Letter 1 from 7B Oslo to CM2 Lyon"
OVER = timedelta(days=200)
"""After the last agreed date (4 December) and ninety days."""


def keep_house(office: Office, desk: Desk) -> dict[str, object]:
    """A whole round at the office's present; what the status then tells of it."""

    async def round_() -> None:
        house = Housekeeping(desk, office.house.vault, 90, lambda: office.now)
        while await house.turn():
            continue

    asyncio.run(round_())
    return desk.do_now(housekeeping.standing)


def originals(office: Office) -> set[str]:
    return {sha256 for sha256, _ in office.house.vault.hashes()}


def states(office: Office) -> list[str]:
    with transaction(office.engine) as connection:
        query = sa.select(tables.messages.c.state).order_by(tables.messages.c.id)
        return list(connection.execute(query).scalars())


def test_an_original_leaves_after_the_end_of_its_exchange_and_the_log_stays(
    office: Office, desk: Desk
) -> None:
    office.receive(KARI, LETTER, cc=[LUC], files=[("letters.pdf", PDF)])
    office.outbox_leaves()
    assert keep_house(office, desk)["purged"] == 0
    assert len(originals(office)) == 1
    before = office.log()
    office.now += OVER
    assert keep_house(office, desk)["purged"] == 1
    assert originals(office) == set()
    assert office.log() == before
    assert keep_house(office, desk)["left_then"] == 0


def test_a_strangers_mail_leaves_ninety_days_after_it_came(office: Office, desk: Desk) -> None:
    office.receive("shop@elsewhere.example", "Buy pens")
    office.now += timedelta(days=89)
    keep_house(office, desk)
    assert len(originals(office)) == 1
    office.now += timedelta(days=1)
    keep_house(office, desk)
    assert originals(office) == set()


def test_an_open_question_keeps_the_original_that_it_is_about(office: Office, desk: Desk) -> None:
    office.receive(KARI, "Letter from the frogs", files=[("letters.pdf", PDF)])
    office.outbox_leaves()
    office.now += OVER
    keep_house(office, desk)
    assert states(office) == ["processed"]
    with transaction(office.engine) as connection:
        connection.execute(sa.update(tables.questions).values(state="expired"))
    office.now += timedelta(days=1)
    keep_house(office, desk)
    assert states(office) == ["purged"]


def test_a_mail_that_waits_keeps_the_original_that_it_carries(office: Office, desk: Desk) -> None:
    office.receive(KARI, LETTER, files=[("letters.pdf", PDF)])
    assert any(parcel.attach for parcel in office.outbox(outbox.State.WAITING))
    office.now += OVER
    keep_house(office, desk)
    assert len(originals(office)) == 1
    office.outbox_leaves()
    office.now += timedelta(days=1)
    keep_house(office, desk)
    assert originals(office) == set()


@pytest.mark.parametrize("state", ["kept", "aside"])
def test_what_is_not_dealt_with_stays(office: Office, desk: Desk, state: str) -> None:
    office.receive("shop@elsewhere.example", "Buy pens")
    with transaction(office.engine) as connection:
        connection.execute(sa.update(tables.messages).values(state=state))
    office.now += OVER
    keep_house(office, desk)
    assert len(originals(office)) == 1


def test_the_house_is_kept_once_a_day_and_a_little_at_a_time(
    office: Office, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "AT_ONCE", 2)
    for number in range(5):
        office.receive("shop@elsewhere.example", f"Buy pens {number}")
    office.now += OVER

    async def rounds() -> list[bool]:
        house = Housekeeping(desk, office.house.vault, 90, lambda: office.now)
        return [await house.turn() for _ in range(6)]

    assert asyncio.run(rounds()) == [True, True, True, False, False, False]
    assert originals(office) == set()


def test_what_a_crash_left_behind_is_removed(office: Office, desk: Desk) -> None:
    done = office.receive("shop@elsewhere.example", "Buy pens")
    with transaction(office.engine) as connection:
        purging.purge(connection, [done.kept.id])  # and here the power goes
    never_entered = before_the_crash(office).put(FETCHED)
    assert len(originals(office)) == 2
    keep_house(office, desk)
    assert originals(office) == {never_entered}  # it may be about to be entered
    grows_old(office, never_entered)
    keep_house(office, desk)
    assert originals(office) == set()


FETCHED = b"fetched, and never entered in the journal"


def before_the_crash(office: Office) -> FileVault:
    """The same folder, as an earlier run of the office had it."""
    return FileVault(office.folder / "originals")


def grows_old(office: Office, sha256: str) -> None:
    """It looks as if it had been written two days ago."""
    long_ago = (START - timedelta(days=2)).timestamp()
    os.utime(office.house.vault.path(sha256), (long_ago, long_ago))
    office.now += timedelta(days=1)


def test_what_is_on_its_way_into_the_journal_stays_however_old_it_looks(office: Office, desk: Desk) -> None:
    sha256 = office.house.vault.put(FETCHED)
    grows_old(office, sha256)  # the clock has jumped
    keep_house(office, desk)
    assert originals(office) == {sha256}


def test_what_a_crash_left_behind_and_is_fetched_again_stays(office: Office, desk: Desk) -> None:
    sha256 = before_the_crash(office).put(FETCHED)
    grows_old(office, sha256)
    office.house.vault.put(FETCHED)  # and before the commit the house is put in order
    keep_house(office, desk)
    assert originals(office) == {sha256}


def test_what_the_journal_has_heard_of_is_judged_by_the_journal(office: Office, desk: Desk) -> None:
    sha256 = office.house.vault.put(FETCHED)
    office.house.vault.entered([sha256])
    grows_old(office, sha256)
    keep_house(office, desk)
    assert originals(office) == set()


def test_a_folder_that_lets_nothing_go_is_tried_again_after_an_hour(office: Office, desk: Desk) -> None:
    class Stubborn:
        tries = 0

        def remove(self, sha256: str) -> bool:
            self.tries += 1
            raise LedgerError("The original cannot be removed.")

        def hashes(self) -> Iterator[tuple[str, datetime]]:
            return iter(())

    office.receive("shop@elsewhere.example", "Buy pens")
    office.now += OVER
    vault = Stubborn()

    async def rounds() -> None:
        house = Housekeeping(desk, vault, 90, lambda: office.now)  # type: ignore[arg-type]
        with pytest.raises(LedgerError):
            await house.turn()
        assert not await house.turn()

    asyncio.run(rounds())
    assert vault.tries == 1


# -- in the mailbox ------------------------------------------------------------------------------

PENS = b"From: shop@elsewhere.example\r\nSubject: Buy pens\r\n\r\nHello\r\n"


@pytest.fixture
def mailbox() -> FakeMailbox:
    return FakeMailbox()


@pytest.fixture
def collector(office: Office, desk: Desk, mailbox: FakeMailbox) -> Collector:
    collector = Collector(mailbox, desk, office.house, lambda: office.now)
    collector.open()
    return collector


def test_a_collected_mail_is_no_longer_on_its_way(
    office: Office, desk: Desk, collector: Collector, mailbox: FakeMailbox
) -> None:
    mailbox.deliver(PENS, START)
    collector.collect()
    with transaction(office.engine) as connection:
        for table in (tables.places, tables.messages):
            connection.execute(sa.delete(table))
    grows_old(office, *originals(office))
    keep_house(office, desk)
    assert originals(office) == set()


def let_go(office: Office, desk: Desk, collector: Collector) -> None:
    """Everything in the mailbox is read, processed, and kept long enough."""
    collector.collect()
    office.process_waiting()
    office.now += OVER
    keep_house(office, desk)


def test_what_is_dragged_back_is_known_and_not_kept_again(
    office: Office, desk: Desk, collector: Collector, mailbox: FakeMailbox
) -> None:
    mailbox.deliver(PENS, START)
    let_go(office, desk, collector)
    mailbox.deliver(PENS, START)
    assert collector.collect() == 1
    assert states(office) == ["purged"]
    assert originals(office) == set()


def test_a_new_uidvalidity_brings_nothing_back(
    office: Office, desk: Desk, collector: Collector, mailbox: FakeMailbox
) -> None:
    mailbox.deliver(PENS, START)
    let_go(office, desk, collector)
    mailbox.uidvalidity += 1
    collector.open()
    collector.collect()
    assert (states(office), originals(office)) == (["purged"], set())


def test_what_is_kept_no_more_leaves_the_mailbox_and_nothing_else_does(
    office: Office, desk: Desk, collector: Collector, mailbox: FakeMailbox
) -> None:
    ours = mailbox.deliver(PENS, START)
    let_go(office, desk, collector)
    others = mailbox.deliver(PENS.replace(b"pens", b"ink"), START)
    collector.collect()
    assert collector.purge() == Purged(removed=1)
    assert list(mailbox.messages) == [others]
    assert ours not in mailbox.messages
    assert collector.purge() == Purged()
    assert desk.do_now(housekeeping.standing)["in_mailbox"] == 0


def test_another_mail_under_the_number_that_we_noted_stays(
    office: Office, desk: Desk, collector: Collector, mailbox: FakeMailbox
) -> None:
    uid = mailbox.deliver(PENS, START)
    let_go(office, desk, collector)
    mailbox.messages[uid] = type(mailbox.messages[uid])(b"Subject: another\r\n\r\n", START)
    assert collector.purge() == Purged(stay=1)
    assert list(mailbox.messages) == [uid]


def test_where_the_server_cannot_remove_single_mails_they_stay_and_it_is_told(
    office: Office, desk: Desk, collector: Collector, mailbox: FakeMailbox
) -> None:
    mailbox.can_remove = False
    uid = mailbox.deliver(PENS, START)
    let_go(office, desk, collector)
    assert collector.purge() == Purged(stay=1)
    assert collector.purge() == Purged()  # not again in this session
    assert list(mailbox.messages) == [uid]
    assert desk.do_now(housekeeping.standing)["in_mailbox"] == 1


def test_what_somebody_removed_before_us_is_no_trouble(
    office: Office, desk: Desk, collector: Collector, mailbox: FakeMailbox
) -> None:
    uid = mailbox.deliver(PENS, START)
    let_go(office, desk, collector)
    mailbox.take_away(uid)
    assert collector.purge() == Purged()
    assert desk.do_now(housekeeping.standing)["in_mailbox"] == 0
