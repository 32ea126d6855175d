from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.outgoing import an_entry, put

from twinpost.errors import LedgerError
from twinpost.ledger import facts, outbox
from twinpost.ledger.engine import open_engine, transaction
from twinpost.ledger.playground import copy_of
from twinpost.ledger.tables import messages
from twinpost.ledger.tables import outbox as mails


def test_a_copy_is_taken_while_somebody_writes_and_what_is_done_to_it_stays_in_it(
    ledger: sa.Engine, tmp_path: Path
) -> None:
    with transaction(ledger) as connection:
        facts.note(connection, "colour", "blue")
    with ledger.connect() as writer:
        writer.execute(sa.text("UPDATE facts SET value = 'red'"))  # not committed
        (tmp_path / "copies").mkdir()
        copy = copy_of(ledger, tmp_path / "copies")
        writer.rollback()
    with transaction(copy) as connection:
        assert facts.fact(connection, "colour") == "blue"
        facts.note(connection, "colour", "green")
    copy.dispose()
    with transaction(ledger) as connection:
        assert facts.fact(connection, "colour") == "blue"


def test_nobody_waits_for_who_plays_with_a_copy_and_no_number_is_used_up(
    ledger: sa.Engine, tmp_path: Path
) -> None:
    (first,) = put(ledger, "a")
    copy = copy_of(ledger, tmp_path)
    with copy.connect() as player:
        played = outbox.put(player, an_entry("b"))
        assert outbox.put(player, an_entry("a")) is None  # what was there is there
        assert put(ledger, "b") == [played] == [first + 1]
        player.rollback()
    copy.dispose()


def test_what_one_reads_nobody_changes_before_it_has_written(ledger: sa.Engine) -> None:
    with transaction(ledger) as connection:
        facts.note(connection, "count", "0")

    def count(_: int) -> None:
        with transaction(ledger) as connection:
            facts.note(connection, "count", str(int(facts.fact(connection, "count") or 0) + 1))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, range(40)))
    with transaction(ledger) as connection:
        assert facts.fact(connection, "count") == "40"


def test_a_unit_of_work_that_raises_leaves_no_trace(ledger: sa.Engine) -> None:
    def work() -> None:
        with transaction(ledger) as connection:
            facts.note(connection, "colour", "blue")
            raise ValueError("a mistake")

    with pytest.raises(ValueError, match="a mistake"):
        work()
    with transaction(ledger) as connection:
        assert facts.fact(connection, "colour") is None


def test_a_statement_that_fails_is_a_mistake_of_ours_and_no_trouble_of_the_ledger(ledger: sa.Engine) -> None:
    put(ledger, "a")
    with pytest.raises(sa.exc.IntegrityError), transaction(ledger) as connection:
        connection.execute(sa.insert(messages).values(sha256=None))
    with pytest.raises(sa.exc.IntegrityError), transaction(ledger) as connection:
        connection.execute(sa.update(mails).values(delivery_id=999))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("oracle://host/name", "address cannot be used"),
        ("postgresql+psycopg://twinpost@127.0.0.1:1/none", "127.0.0.1:1/none cannot be used: "),
    ],
)
def test_an_address_at_which_there_is_no_ledger_is_a_sentence(url: str, says: str) -> None:
    def look() -> None:
        with transaction(open_engine(url)):
            raise AssertionError

    with pytest.raises(LedgerError, match=says):
        look()


def test_without_its_package_postgresql_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(LedgerError, match=r"pip install '\.\[postgres\]'"):
        open_engine("postgresql+psycopg://twinpost@127.0.0.1/twinpost")
