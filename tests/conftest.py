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
