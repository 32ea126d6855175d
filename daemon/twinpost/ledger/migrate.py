"""Bringing the ledger to the version of this program, from the first table on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from twinpost.errors import LedgerError
from twinpost.ledger.engine import place, transaction

if TYPE_CHECKING:  # Alembic takes half a second to import: only for those who migrate
    from alembic.config import Config


def upgrade(engine: sa.Engine, scripts: Path) -> None:
    """Run every migration that the ledger lacks. `scripts` is the migrations folder.

    Raises LedgerError when it cannot be opened, or was made by a newer program.
    """
    from alembic import command
    from alembic.util import CommandError

    with transaction(engine) as connection:
        try:
            command.upgrade(_config(scripts, connection), "head")
        except CommandError as error:
            text = f"The ledger {place(engine)} is newer than this program: install the one that made it"
            raise LedgerError(f"{text} ({error}).") from error


def version(engine: sa.Engine, scripts: Path) -> tuple[str, str]:
    """The ledger's version and the program's, as migration names; "" for an empty ledger.

    Every command asks, so Alembic is not: it keeps the name in a table of its own, and our files begin
    with theirs, one after the other. Raises LedgerError.
    """
    with transaction(engine) as connection:
        has_one = sa.inspect(connection).has_table(_VERSION.name)
        current = connection.execute(sa.select(_VERSION.c.version_num)).scalar() if has_one else None
    return current or "", max(
        path.name.partition("_")[0] for path in (scripts / "versions").glob("[0-9]*.py")
    )


_VERSION = sa.table("alembic_version", sa.column("version_num"))


def require_current(engine: sa.Engine, scripts: Path) -> None:
    """Raise LedgerError with the remedy unless the ledger has the version of this program."""
    current, head = version(engine, scripts)
    if current == head:
        return
    if not current:
        raise LedgerError(f"The ledger {place(engine)} is empty: run `twinpost db upgrade` once.")
    raise LedgerError(
        f"The ledger {place(engine)} has version {current}, this program needs {head}: "
        "run `twinpost db upgrade`, or install the program that made the ledger."
    )


def _config(scripts: Path, connection: sa.Connection | None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
