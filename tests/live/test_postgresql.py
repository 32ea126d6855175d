"""A ledger in PostgreSQL: what it says when something is wrong, and the whole demo with it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.ledgers import MIGRATIONS
from tests.live import postgres
from tests.live.daemon import Daemon, settings
from tests.live.postgres import Postgres

from twinpost.errors import LedgerError
from twinpost.ledger import facts
from twinpost.ledger.engine import open_engine, transaction
from twinpost.ledger.migrate import upgrade

pytestmark = [pytest.mark.live, pytest.mark.slow]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres.running() as server:
        engine = open_engine(server.url())
        upgrade(engine, MIGRATIONS)
        engine.dispose()
        yield server


@pytest.fixture
def engine(server: Postgres) -> Iterator[sa.Engine]:
    engine = open_engine(server.url())
    yield engine
    engine.dispose()


def note(engine: sa.Engine) -> None:
    with transaction(engine) as connection:
        facts.note(connection, "colour", "blue")


def test_a_server_that_dies_in_the_middle_is_trouble_for_one_unit_of_work(
    server: Postgres, engine: sa.Engine
) -> None:
    def work() -> None:
        with transaction(engine) as connection:
            facts.note(connection, "colour", "red")
            server.kill()
            facts.note(connection, "colour", "green")

    note(engine)
    with pytest.raises(LedgerError, match="cannot be used: "):
        work()
    with pytest.raises(LedgerError, match=r"cannot be used: .*refused"):
        note(engine)
    server.start()
    with transaction(engine) as connection:
        assert facts.fact(connection, "colour") == "blue"


def test_whoever_holds_up_all_others_is_named_as_a_lock(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twinpost.ledger.engine.BUSY_SECONDS", 1)
    with transaction(engine), pytest.raises(LedgerError, match="is locked by another program"):
        note(engine)


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        ("CREATE DATABASE {name}", "has no tables of ours yet: run `twinpost db upgrade`"),
        (
            "CREATE DATABASE {name} TEMPLATE pattern; ALTER DATABASE {name} SET {read_only} = on",
            "may not be written: the server is a standby, or read-only",
        ),
        (
            "CREATE DATABASE {name} ENCODING 'SQL_ASCII' TEMPLATE template0",
            "holds SQL_ASCII, .* `createdb -E UTF8 -T template0`",
        ),
        ("", 'database "{name}" does not exist'),
    ],
    ids=["empty", "readonly", "ascii", "missing"],
)
def test_a_database_that_cannot_be_worked_with_is_a_sentence_with_the_remedy(
    server: Postgres, statements: str, says: str, request: pytest.FixtureRequest
) -> None:
    name = f"wrong_{request.node.callspec.id}"
    server.do("DROP DATABASE IF EXISTS pattern WITH (FORCE)")
    server.do("CREATE DATABASE pattern TEMPLATE postgres")
    for statement in filter(None, statements.split("; ")):
        server.do(statement.format(name=name, read_only="default_transaction_read_only"))
    wrong = open_engine(server.url(name))
    with pytest.raises(LedgerError, match=says.format(name=name)):
        note(wrong)
    wrong.dispose()


def test_a_user_who_may_not_write_is_told_what_he_lacks(server: Postgres) -> None:
    server.do("CREATE ROLE guest LOGIN")
    guest = open_engine(server.url().replace(postgres.ACCOUNT, "guest"))
    with pytest.raises(LedgerError, match="may not be written: give this user of PostgreSQL the database"):
        note(guest)
    guest.dispose()


def test_the_commands_of_an_admin_work_and_explain_leaves_no_trace(server: Postgres, tmp_path: Path) -> None:
    server.do("CREATE DATABASE commands")
    ledger = {"url": server.url("commands"), "originals": "originals"}
    letter = tmp_path / "letter.eml"
    letter.write_text(
        "From: Kari Nordmann <kari@fagerborg.example>\nTo: letters@school.example\n"
        "Subject: Letter 1 from 7B Oslo to CM2 Lyon\nMessage-ID: <1@fagerborg.example>\n\nHere.\n"
    )
    with Daemon(tmp_path / "office", settings(1, 1, ledger=ledger)) as daemon:
        daemon.found()
        said = daemon.tell("explain", "--json", "--in-order", str(letter), str(letter))
        assert [json.loads(line)["kind"] for line in said.splitlines()] == ["letter", "letter"]
        assert daemon.data("log") == []
        assert daemon.data("status")["messages"] == {}
        assert daemon.data("db", "version")["current"]


def test_the_demo_is_played_with_a_ledger_in_postgresql(server: Postgres, tmp_path: Path) -> None:
    server.do("CREATE DATABASE demo")
    folder = tmp_path / "demo"
    folder.mkdir()
    code = (
        "import asyncio, pathlib\n"
        "from twinpost.cli.demo.performance import perform\n"
        f"play = perform(pathlib.Path({str(folder)!r}), fast=True, ledger={server.url('demo')!r})\n"
        "raise SystemExit(asyncio.run(play))\n"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
