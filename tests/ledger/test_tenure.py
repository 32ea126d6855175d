"""Whose turn it is: one holder, numbered, who signs and leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from twinpost.ledger import tenure
from twinpost.ledger.engine import transaction
from twinpost.ledger.tenure import TakenOver


@pytest.fixture
def connection(ledger: sa.Engine) -> Iterator[sa.Connection]:
    with transaction(ledger) as connection:
        yield connection


def test_nobody_works_with_a_new_ledger(connection: sa.Connection) -> None:
    assert tenure.holder(connection) is None
    with pytest.raises(TakenOver):
        tenure.require(connection, 1)


def test_whoever_takes_over_gets_the_next_number(connection: sa.Connection) -> None:
    assert tenure.take(connection, 0, "mail-1", 17, "twinpost a") == 1
    assert tenure.take(connection, 1, "mail-2", 18, "twinpost b") == 2
    found = tenure.holder(connection)
    assert found is not None
    assert (found.number, found.host, found.pid, found.session) == (2, "mail-2", 18, "twinpost b")
    assert found.silent == timedelta(0)
    assert str(found) == f"mail-2, process 18, since {found.since:%Y-%m-%d %H:%M} UTC"


def test_of_two_who_saw_the_same_holder_one_takes_over(connection: sa.Connection) -> None:
    assert tenure.take(connection, 0, "mail-1", 17, "twinpost a") == 1
    assert tenure.take(connection, 0, "mail-2", 18, "twinpost b") is None
    tenure.require(connection, 1)


def test_a_holder_who_was_relieved_neither_signs_nor_leaves_nor_works(connection: sa.Connection) -> None:
    tenure.take(connection, 0, "mail-1", 17, "twinpost a")
    assert tenure.sign(connection, 1)
    tenure.take(connection, 1, "mail-2", 18, "twinpost b")
    assert not tenure.sign(connection, 1)
    tenure.leave(connection, 1)
    with pytest.raises(TakenOver):
        tenure.require(connection, 1)
    found = tenure.holder(connection)
    assert found is not None
    assert found.silent is not None


def test_who_leaves_is_not_waited_for_and_keeps_the_last_number(connection: sa.Connection) -> None:
    tenure.take(connection, 0, "mail-1", 17, "twinpost a")
    tenure.leave(connection, 1)
    found = tenure.holder(connection)
    assert found is not None
    assert (found.number, found.silent) == (1, None)
    assert tenure.take(connection, 1, "mail-1", 19, "twinpost c") == 2
