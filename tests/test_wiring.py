"""What is joined at the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.ledgers import new_ledger
from tests.office import EXCHANGE, START

from twinpost.app import administer
from twinpost.edges.exchange_file import load_exchange
from twinpost.edges.settings import Settings, read_settings
from twinpost.ledger.engine import transaction
from twinpost.wiring import compare_exchanges


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "exchanges").mkdir()
    data = {
        "address": "letters@school.example",
        "admin": "it@school.example",
        "exchanges": "exchanges",
        "imap": {"host": "127.0.0.1", "user": "letters@school.example"},
        "smtp": {"host": "127.0.0.1"},
    }
    return read_settings(data, tmp_path / "twinpost.toml")


def test_files_in_the_folder_of_exchanges_are_compared_with_the_ledger(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "exchanges" / "oslo-lyon.yaml"
    file.write_text(EXCHANGE, encoding="utf-8")
    with new_ledger(tmp_path) as engine, transaction(engine) as connection:
        assert list(compare_exchanges(settings, connection)) == ["oslo-lyon.yaml"]
        administer.apply(connection, [load_exchange(file).filed], START)
        assert compare_exchanges(settings, connection) == {}
        file.write_text(EXCHANGE.replace("letters: 4", "letters: 5"), encoding="utf-8")
        assert "(1)" in compare_exchanges(settings, connection)["oslo-lyon.yaml"]


def test_a_broken_file_in_the_folder_of_exchanges_is_told_and_stops_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "exchanges" / "broken.yaml").write_text("exchange: [", encoding="utf-8")
    with new_ledger(tmp_path) as engine, transaction(engine) as connection:
        assert "problems" in compare_exchanges(settings, connection)["broken.yaml"]
