"""An office with a ledger of its own, and a desk at which its work is done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.office import Office, an_office

from twinpost.ledger.transaction import Desk


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        yield office


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    desk = Desk(office.engine)
    yield desk
    desk.close()
