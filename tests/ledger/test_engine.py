from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from tests.ledgers import new_ledger

from twinpost.ledger import facts
from twinpost.ledger.engine import transaction
from twinpost.ledger.playground import copy_of


def test_a_copy_is_taken_while_somebody_writes_and_what_is_done_to_it_stays_in_it(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as engine:
        with transaction(engine) as connection:
            facts.note(connection, "colour", "blue")
        with engine.connect() as writer:
            writer.execute(sa.text("UPDATE facts SET value = 'red'"))  # not committed
            (tmp_path / "copies").mkdir()
            copy = copy_of(engine, tmp_path / "copies")
            writer.rollback()
        with transaction(copy) as connection:
            assert facts.fact(connection, "colour") == "blue"
            facts.note(connection, "colour", "green")
        copy.dispose()
        with transaction(engine) as connection:
            assert facts.fact(connection, "colour") == "blue"
