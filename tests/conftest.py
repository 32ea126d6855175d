"""Fixtures that several rooms use."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
from hypothesis import settings
from tests.ledgers import BOTH, POSTGRESQL, SQLITE, Choice, new_ledger

ON_BOTH = ("ledger", "contracts")
"""Rooms whose tests run on both databases whenever there is a server for it."""

OPENS_ONE = {"new_ledger", "an_office"}
"""What a module imports when its tests need a ledger."""

HAVE_ONE = {"ledger", "office"}
"""What a test asks for, by itself or by another fixture, when it needs one."""

# A change is judged by the same examples every time; TWINPOST_PROPERTIES=explore looks for new ones.
settings.register_profile("the same", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("TWINPOST_PROPERTIES", "the same"))


def pytest_xdist_auto_num_workers() -> int:
    """`-n auto`: one more than there are processors, as tests with real servers wait a good deal."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_addoption(parser: pytest.Parser) -> None:
    chosen = os.environ.get("TWINPOST_LEDGER", SQLITE)
    parser.addoption("--ledger", choices=BOTH, default=chosen, help="Where the ledgers of tests are made.")


def pytest_configure(config: pytest.Config) -> None:
    Choice.database = config.getoption("ledger")


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where the ledgers of this test are made."""
    Choice.database = getattr(request, "param", request.config.getoption("ledger"))
    yield
    Choice.database = request.config.getoption("ledger")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[sa.Engine]:
    """An empty ledger of this version in a file or database of its own."""
    with new_ledger(tmp_path) as engine:
        yield engine


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Double the tests of some rooms, unless a database was asked for."""
    room = Path(metafunc.module.__file__ or "").parent.name
    free = metafunc.config.getoption("ledger") == SQLITE
    if free and room in ON_BOTH and needs_ledger(metafunc.module, metafunc.fixturenames):
        databases = [SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.live)]
        metafunc.parametrize("database", databases, indirect=True)


@pytest.hookimpl(tryfirst=True)  # before `-m` selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a ledger: `--ledger postgresql -m ledger` runs all that may depend on the database."""
    for item in items:
        if isinstance(item, pytest.Function) and needs_ledger(item.module, item.fixturenames):
            item.add_marker("ledger")


def needs_ledger(module: ModuleType, fixtures: Collection[str]) -> bool:
    return not HAVE_ONE.isdisjoint(fixtures) or not OPENS_ONE.isdisjoint(vars(module))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What a test recorded as "told" is shown at the end, also when other processes ran the tests."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == "told":
                    terminalreporter.write_line(str(value))
