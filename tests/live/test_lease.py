"""Turns at a ledger in PostgreSQL, in one process and in quick motion."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.ledgers import POSTGRESQL, Choice, new_ledger

from twinpost.errors import LedgerError
from twinpost.ledger import facts, tenure
from twinpost.ledger.engine import open_engine, transaction
from twinpost.ledger.lease import Lease
from twinpost.ledger.tenure import TakenOver
from twinpost.ledger.transaction import Desk

pytestmark = pytest.mark.live


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A ledger in PostgreSQL."""
    Choice.database = POSTGRESQL
    with new_ledger(tmp_path) as engine:
        yield engine.url.render_as_string()


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("SIGNS_EVERY", 0.05), ("LEASE", 0.4), ("SILENCE", 0.5)):
        monkeypatch.setattr(f"twinpost.ledger.lease.{name}", seconds)


@contextmanager
def a_daemon(url: str) -> Iterator[tuple[Lease, Desk]]:
    """One that has not had its turn yet."""
    lease = Lease(url)
    desk = Desk(open_engine(url, name=lease.session), lease.require)
    yield lease, desk
    desk.close()
    lease.close()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110  (the database has no events)
            await asyncio.sleep(0.02)


def note(connection: sa.Connection) -> None:
    facts.note(connection, "colour", "blue")


async def test_the_second_waits_as_long_as_the_first_signs_and_need_not_when_it_leaves(url: str) -> None:
    with a_daemon(url) as (one, desk), a_daemon(url) as (two, _):
        assert await one.take()
        async with one.kept():
            await desk.do(note)
            for _ in range(20):
                assert not await two.take()
                await asyncio.sleep(0.05)
            assert two.in_the_way is not None
            assert two.in_the_way.number == one.number == 1
            assert one.runs
        assert await two.take()
        assert two.number == 2


async def test_whoever_falls_silent_is_relieved_may_not_send_and_cannot_write(url: str) -> None:
    with a_daemon(url) as (one, desk), a_daemon(url) as (two, _):
        assert await one.take()
        await until(two.take)
        assert not one.runs
        assert two.runs
        with pytest.raises(LedgerError):  # its sessions were ended
            await desk.do(note)
        with pytest.raises(TakenOver):
            await desk.do(note)


async def test_whoever_comes_back_hears_that_his_turn_is_over(url: str) -> None:
    with a_daemon(url) as (one, _), a_daemon(url) as (two, _):
        assert await one.take()
        await until(two.take)
        over = asyncio.Event()
        async with one.kept(over.set):
            async with asyncio.timeout(20):
                await over.wait()
        assert two.in_the_way is not None
        assert not await one.take()


async def test_what_stands_still_in_the_middle_of_a_transaction_holds_nobody_up(url: str) -> None:
    with a_daemon(url) as (one, _), a_daemon(url) as (two, desk):
        assert await one.take()
        standing = open_engine(url, name=one.session)
        with standing.connect() as connection:
            facts.note(connection, "colour", "red")  # never committed, and everybody else waits for it
            await until(two.take)
            await desk.do(note)
            with pytest.raises(sa.exc.OperationalError):
                connection.commit()
            connection.invalidate()
        standing.dispose()
        assert await desk.do(lambda connection: facts.fact(connection, "colour")) == "blue"


async def test_of_many_who_wait_one_is_next(url: str) -> None:
    with a_daemon(url) as (one, _), a_daemon(url) as (two, _), a_daemon(url) as (three, _):
        assert await one.take()
        await one.leave()
        taken = await asyncio.gather(two.take(), three.take())
        assert sorted(taken) == [False, True]
        with transaction(open_engine(url)) as connection:
            found = tenure.holder(connection)
        assert found is not None
        assert (found.number, found.session) == (2, two.session if taken[0] else three.session)


async def test_after_the_ledger_was_away_its_holder_has_a_moment_to_sign_again(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_daemon(url) as (one, _), a_daemon(url) as (two, _):
        assert await one.take()
        assert not await two.take()
        with monkeypatch.context() as away:
            away.setattr(two, "_desk", Desk(open_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")))
            with pytest.raises(LedgerError):
                await two.take()
        monkeypatch.setattr("twinpost.ledger.lease.SILENCE", 0.0)  # now anybody has been silent for too long
        assert not await two.take()
