"""What all migrations make together is what the tables say, and every one of them goes back again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from tests.ledgers import MIGRATIONS, new_ledger

from twinpost.ledger.tables import metadata


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    with new_ledger(tmp_path) as engine:
        yield engine


def test_the_migrations_make_the_tables(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_the_migrations_go_back_and_forth(engine: sa.Engine) -> None:
    before = tables(engine)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert tables(engine) == {"alembic_version": {"version_num"}}
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    assert tables(engine) == before


def tables(engine: sa.Engine) -> dict[str, set[str]]:
    """The columns of every table."""
    inspector = sa.inspect(engine)
    names = inspector.get_table_names()
    return {name: {str(column["name"]) for column in inspector.get_columns(name)} for name in names}


def test_migrations_are_numbered_in_sequence() -> None:
    files = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert [file[:4] for file in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    for number, file in enumerate(files, start=1):
        source = (MIGRATIONS / "versions" / file).read_text("utf-8")
        down = re.search(r'^down_revision(?:: [^=]+)? = (?:"(\d+)"|None)', source, re.MULTILINE)
        assert down, file
        assert down[1] == (f"{number - 1:04}" if number > 1 else None), file
