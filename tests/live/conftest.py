"""What most of these tests run on: a Dovecot for each file, and a daemon beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.live import dovecot
from tests.live.dovecot import Dovecot
from tests.live.place import Place, a_place


@pytest.fixture(scope="module")
def store() -> Iterator[Dovecot]:
    with dovecot.running() as server:
        yield server


@pytest.fixture
def place(store: Dovecot, tmp_path: Path) -> Iterator[Place]:
    with a_place(store, tmp_path / "office") as found:
        yield found
