"""The office in which these stories play, unless a story needs another one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.office import Office, an_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        yield office
