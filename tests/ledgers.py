"""A migrated ledger in a file of its own: migrated once for a test run, copied for each test."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from twinpost.ledger.engine import open_engine
from twinpost.ledger.migrate import upgrade

MIGRATIONS = Path(__file__).parent.parent / "migrations"


@cache
def _pattern() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="twinpost-ledger-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "pattern.db"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine, MIGRATIONS)
    engine.dispose()
    return file


def _without_fsync(connection: Any, _record: Any) -> None:
    """No power is cut in these tests; waiting for the disk is what takes their time."""
    connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def new_ledger(folder: Path) -> Iterator[sa.Engine]:
    """An engine on an empty ledger in `folder`, closed at the end."""
    file = folder / "twinpost.db"
    shutil.copy(_pattern(), file)
    engine = open_engine(f"sqlite:///{file}")
    sa.event.listen(engine, "connect", _without_fsync)
    yield engine
    engine.dispose()
