"""`twinpost db`: the ledger's version, and bringing it up to date."""

from __future__ import annotations

from pathlib import Path

import click

from twinpost.cli.opening import become_service_user, settings_for
from twinpost.cli.output import config_option, emit, json_option, say
from twinpost.edges.shipped import shipped


@click.group()
def db() -> None:
    """The ledger: upgrade, version."""


@db.command()
@config_option
def upgrade(config: Path | None) -> None:
    """Make the ledger, or bring it to the version of this program. Nothing in it is lost."""
    from twinpost.ledger import migrate
    from twinpost.ledger.engine import open_engine, place

    settings = settings_for(config)
    become_service_user(settings)
    engine = open_engine(settings.ledger.url)
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    before, head = migrate.version(engine, shipped("migrations"))
    if before == head:
        say(f"The ledger {place(engine)} is up to date ({head}).")
        return
    migrate.upgrade(engine, shipped("migrations"))
    say(f"The ledger {place(engine)} went from {before or 'nothing'} to {head}.")


@db.command()
@config_option
@json_option
def version(config: Path | None, as_json: bool) -> None:
    """The version of the ledger, and the one that this program needs."""
    from twinpost.ledger import migrate
    from twinpost.ledger.engine import open_engine, place

    settings = settings_for(config)
    become_service_user(settings)
    engine = open_engine(settings.ledger.url)
    current, head = migrate.version(engine, shipped("migrations"))
    data = {"ledger": place(engine), "version": current, "needed": head, "current": current == head}
    emit(data, as_json, lambda: click.echo(f"{place(engine)}: {current or 'empty'}, needed {head}"))
