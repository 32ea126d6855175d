"""A migrated ledger for each test, in a file of its own or in a database of its own.

Which of the two is the option `--ledger`; the tests of `tests/ledger` and `tests/contracts` run on both.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from tests.live import postgres

from twinpost.ledger.engine import open_engine
from twinpost.ledger.migrate import upgrade
from twinpost.ledger.tables import metadata

MIGRATIONS = Path(__file__).parent.parent / "migrations"

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOTH = (SQLITE, POSTGRESQL)

_numbers = count(1)


class Choice:
    """Which database the next ledger is made in."""

    database = SQLITE


HISTORIES = int(os.environ.get("TWINPOST_HISTORIES", "0"))
"""How many examples `make histories` tries of each property that plays whole histories."""


def examples(count: int) -> int:
    """So many examples of a property; on PostgreSQL a few, for the others would tell nothing new."""
    if HISTORIES:
        return HISTORIES
    return count if Choice.database == SQLITE else max(5, count // 20)


@contextmanager
def new_ledger(folder: Path) -> Iterator[sa.Engine]:
    """An engine on an empty ledger, closed at the end; SQLite's is `twinpost.db` in `folder`."""
    if Choice.database == POSTGRESQL:
        with _a_database() as url:
            engine = open_engine(url)
            yield engine
            engine.dispose()
        return
    engine = _new_file(folder)
    yield engine
    engine.dispose()


# -- SQLite: migrated once for a test run, copied for each test -----------------------------------


def _new_file(folder: Path) -> sa.Engine:
    file = folder / "twinpost.db"
    shutil.copy(_pattern_file(), file)
    engine = open_engine(f"sqlite:///{file}")
    sa.event.listen(engine, "connect", _without_fsync)
    return engine


@cache
def _pattern_file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="twinpost-ledger-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "pattern.db"
    _migrate(f"sqlite:///{file}")
    return file


def _without_fsync(connection: Any, _record: Any) -> None:
    """No power is cut in these tests; waiting for the disk is what takes their time."""
    connection.execute("PRAGMA synchronous=OFF")


# -- PostgreSQL: one server for each process of a test run ----------------------------------------


_clean: list[str] = []
"""Databases that can be used again: emptying one takes a tenth of the time of making one."""


@contextmanager
def _a_database() -> Iterator[str]:
    if not _clean:
        _clean.append(f"ledger_{next(_numbers)}")
        _server().do(f"CREATE DATABASE {_clean[0]} TEMPLATE pattern")
    name = _clean.pop()
    yield _server().url(name)
    try:
        _server().do(_EMPTYING, name)
        _clean.append(name)
    except psycopg.Error:  # the test has left it in a state of its own
        _server().do(f"DROP DATABASE {name} WITH (FORCE)")


_EMPTYING = "; ".join(
    (
        "SET lock_timeout = '2s'",
        *(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)),
        "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'",
    )
)


@cache
def _server() -> postgres.Postgres:
    stack = ExitStack()
    atexit.register(stack.close)
    server = stack.enter_context(postgres.running())
    server.do("CREATE DATABASE pattern")
    _migrate(server.url("pattern"))
    return server


def _migrate(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine, MIGRATIONS)
    engine.dispose()
