from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.ledgers import MIGRATIONS

from twinpost.errors import LedgerError
from twinpost.ledger.engine import open_engine, transaction
from twinpost.ledger.migrate import require_current, upgrade, version


def test_a_ledger_whose_folder_is_missing_is_a_sentence_with_the_remedy(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/none/twinpost.db")
    with pytest.raises(LedgerError, match=r"cannot be opened\. `twinpost db upgrade` makes it"):
        require_current(engine, MIGRATIONS)


def test_an_empty_ledger_asks_to_be_made(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/twinpost.db")
    with pytest.raises(LedgerError, match="is empty: run `twinpost db upgrade` once"):
        require_current(engine, MIGRATIONS)


def test_upgrading_twice_is_upgrading_once(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/twinpost.db")
    upgrade(engine, MIGRATIONS)
    upgrade(engine, MIGRATIONS)
    current, head = version(engine, MIGRATIONS)
    assert current == head != ""


def test_the_ledger_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/twinpost.db")
    upgrade(engine, MIGRATIONS)
    with transaction(engine) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerError, match="has version 9999, this program needs"):
        require_current(engine, MIGRATIONS)
    with pytest.raises(LedgerError, match="is newer than this program: install the one that made it"):
        upgrade(engine, MIGRATIONS)
