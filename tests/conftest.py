"""Fixtures that several rooms use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.ledgers import new_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[sa.Engine]:
    """An empty ledger of this version in a file of its own."""
    with new_ledger(tmp_path) as engine:
        yield engine


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What a test recorded as "told" is shown at the end, also when other processes ran the tests."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == "told":
                    terminalreporter.write_line(str(value))
