"""Opening the ledger: SQLite or PostgreSQL, the same transactions on both."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, OperationalError

from twinpost.errors import LedgerError

BUSY_SECONDS = 10
"""How long a writer waits for another before it says that the ledger is locked."""


def open_engine(url: str) -> sa.Engine:
    """An engine for `sqlite:///…` or `postgresql+psycopg://…`. Nothing is read yet."""
    try:
        engine = sa.create_engine(url, future=True)
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
        raise LedgerError(f"The ledger's address cannot be used: {error}. See [ledger] url.") from error
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_up_sqlite)
        sa.event.listen(engine, "begin", _begin_immediate)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: _begin_immediate does
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: sa.Connection) -> None:
    # A deferred transaction that reads first and then writes fails at once when another one writes.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One unit of work: committed when the block ends, rolled back when it raises.

    Raises LedgerError when the database cannot be reached, is locked or is full.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except OperationalError as error:
        raise LedgerError(_sentence(engine, error)) from error
    except DatabaseError as error:
        if "not a database" in str(error) or "malformed" in str(error):
            raise LedgerError(f"The ledger {place(engine)} is damaged: restore a backup.") from error
        raise


def copy_of(engine: sa.Engine, folder: Path) -> sa.Engine:
    """The same ledger to play with: a copy in `folder` of an SQLite file, PostgreSQL itself.

    Whoever plays rolls back; the copy spares the daemon the wait for a lock that is held meanwhile.
    """
    if engine.dialect.name != "sqlite":
        return engine
    target = folder / "copy.db"
    with closing(sqlite3.connect(target)) as copy, closing(engine.raw_connection()) as raw:
        driver = raw.driver_connection  # without a transaction of ours: a backup wants none
        assert isinstance(driver, sqlite3.Connection)
        driver.backup(copy)
    return open_engine(f"sqlite:///{target}")


def place(engine: sa.Engine) -> str:
    """Where the ledger is, without its password."""
    if engine.dialect.name == "sqlite":
        return engine.url.database or ":memory:"
    return engine.url.render_as_string(hide_password=True)


_SENTENCES = (
    ("locked", "The ledger {place} is locked by another program. Try again; `fuser` shows who holds it."),
    (
        "unable to open",
        "The ledger {place} cannot be opened. `twinpost db upgrade` makes it; else check its folder's owner.",
    ),
    ("readonly", "The ledger {place} may not be written: check its owner and the disk."),
    ("disk is full", "The disk of the ledger {place} is full: nothing is lost, free some space."),
    ("no such table", "The ledger {place} has no tables of ours yet: run `twinpost db upgrade`."),
)


def _sentence(engine: sa.Engine, error: OperationalError) -> str:
    text = str(error.orig)
    for sign, sentence in _SENTENCES:
        if sign in text:
            return sentence.format(place=place(engine))
    return f"The ledger {place(engine)} cannot be used: {text.strip()}"
