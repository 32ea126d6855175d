"""Opening the ledger: SQLite or PostgreSQL, the same transactions on both.

Transactions come one after the other, whoever begins them: SQLite has one writer, and on PostgreSQL each
takes one lock first. So nothing that was read in a transaction is out of date before its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, PendingRollbackError

from twinpost.errors import LedgerError
from twinpost.ledger.refusals import refusal

BUSY_SECONDS = 10
"""How long a writer waits for another before it says that the ledger is locked."""

IDLE_SECONDS = 60
"""After so long without a word in the middle of a transaction PostgreSQL rolls it back: a program that was
stopped there must not hold up all others. Reading an earlier letter once more takes less.
"""

LINE = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}
"""Seconds after which a line to PostgreSQL on which nothing comes back is taken for dead (libpq's words)."""

ONE_AT_A_TIME = int.from_bytes(b"twinpost")
"""The number of the lock that every transaction on PostgreSQL takes."""


def open_engine(url: str, *, name: str = "twinpost", alone: bool = True) -> sa.Engine:
    """An engine for `sqlite:///…` or `postgresql+psycopg://…`. Nothing is read yet.

    PostgreSQL shows its sessions under `name`. Without `alone` transactions do not wait for one another.
    """
    try:
        parsed = sa.make_url(url)
        postgresql = parsed.get_backend_name() == "postgresql"
        engine = sa.create_engine(parsed, connect_args=_line(parsed, name) if postgresql else {})
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == "psycopg"
        remedy = "Say `/opt/twinpost/bin/pip install '.[postgres]'`." if missing else "See [ledger] url."
        raise LedgerError(f"The ledger's address cannot be used: {error}. {remedy}") from error
    set_up = _set_up_postgresql if postgresql else _set_up_sqlite
    sa.event.listen(engine, "connect", set_up, insert=True)  # before SQLAlchemy looks around
    if alone:
        sa.event.listen(engine, "begin", _wait_for_the_others if postgresql else _begin_immediate)
    return engine


def _line(url: sa.URL, name: str) -> dict[str, Any]:
    """How to connect, where the admin's own address does not say it."""
    wanted = {**LINE, "application_name": name}
    return {key: value for key, value in wanted.items() if key not in url.query}


def _set_up_postgresql(connection: Any, _record: Any) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise LedgerError(
            f"The database {connection.info.dbname} holds {encoding}, and names are written in every script: "
            "make one with `createdb -E UTF8 -T template0`."
        )
    for setting in (
        f"lock_timeout = '{BUSY_SECONDS}s'",
        f"idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'",
        "default_transaction_isolation = 'read committed'",
    ):
        connection.execute(f"SET {setting}")
    connection.commit()


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


def _wait_for_the_others(connection: sa.Connection) -> None:
    # A statement of its own: what comes after it sees all that the one before has committed.
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One unit of work: committed when the block ends, rolled back when it raises.

    Raises LedgerError when the database cannot be reached, is locked or is full. After a lost line nobody
    knows whether the block was committed: it is done again, and finds by its keys what there is already.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        sentence = refusal(place(engine), error)
        if sentence is None:
            raise
        raise LedgerError(sentence) from error
    except PendingRollbackError as error:  # the block went on after the line was lost
        raise LedgerError(f"The line to the ledger {place(engine)} was lost.") from error


def wipe(engine: sa.Engine) -> None:
    """Leave no trace of deleted rows in the database's files. Raises LedgerError.

    SQLite writes zeros over what is deleted (secure_delete), but rows that were moved between pages before
    may stand there twice, and the write-ahead log has all of them: both are written anew. PostgreSQL lets go
    of old rows; its own logs and its files are its administrator's.
    """
    pooled = engine.raw_connection()
    pooled.detach()  # from the pool: outside of a transaction it is of no use to anybody else
    connection: Any = pooled.dbapi_connection
    if engine.dialect.name == "postgresql":  # SQLite's driver begins nothing by itself: _set_up_sqlite
        connection.autocommit = True
    try:
        connection.execute("VACUUM")
        if engine.dialect.name == "sqlite":
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise LedgerError(f"The ledger {place(engine)} is being read by another program.")
    except engine.dialect.loaded_dbapi.Error as error:
        raise LedgerError(f"The ledger {place(engine)} cannot be written anew: {error}.") from error
    finally:
        pooled.close()


def place(engine: sa.Engine) -> str:
    """Where the ledger is, without its password."""
    if engine.dialect.name == "sqlite":
        return engine.url.database or ":memory:"
    return engine.url.render_as_string(hide_password=True)
