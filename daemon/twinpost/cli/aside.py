"""`twinpost aside`: messages that could not be processed are kept, shown and tried again."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from twinpost.cli.opening import become_service_user, ledger, need, settings_for
from twinpost.cli.output import NUMBER, config_option, emit, json_option, say, table

NO_SUCH = "There is no message {number}. `twinpost aside list` shows those that were set aside."


@click.group()
def aside() -> None:
    """Messages that could not be processed: list, show, retry."""


@aside.command("list")
@config_option
@json_option
def list_(config: Path | None, as_json: bool) -> None:
    """Every message that was set aside, with the reason."""
    from twinpost.ledger import views
    from twinpost.ledger.engine import transaction

    settings = settings_for(config)
    become_service_user(settings)
    with ledger(settings) as engine, transaction(engine) as connection:
        lines = views.aside(connection)

    def human() -> None:
        if not lines:
            say("Nothing is set aside.")
            return
        zone = ZoneInfo(settings.timezone)
        rows = ((line.id, _clock(line.arrived_at, zone), line.size, line.reason) for line in lines)
        table(("id", "arrived", "octets", "reason"), rows)

    emit([asdict(line) for line in lines], as_json, human)


@aside.command()
@click.argument("number", metavar="ID", type=NUMBER)
@config_option
@json_option
def show(number: int, config: Path | None, as_json: bool) -> None:
    """One message: where it came from, why it was set aside, where its original lies."""
    from twinpost.app.originals import GONE
    from twinpost.edges.vault import FileVault
    from twinpost.ledger import rereading, views
    from twinpost.ledger.engine import transaction

    settings = settings_for(config)
    become_service_user(settings)
    with ledger(settings) as engine, transaction(engine) as connection:
        line = views.message(connection, number)
        again = rereading.history(connection, number)
    need(line, NO_SUCH.format(number=number))
    assert line is not None
    zone = ZoneInfo(settings.timezone)
    read_again = tuple(
        f"{_clock(one.taken_up_at, zone)}, {one.why}: {one.before} → {one.after or 'waits'}" for one in again
    )
    original = FileVault(settings.ledger.originals).path(line.sha256)
    data = {
        **asdict(line),
        "read_again": read_again,
        "original": original if original.exists() else None,
    }

    def human() -> None:
        for key, value in {**data, "original": data["original"] or GONE}.items():
            said = value if isinstance(value, tuple) else (value,)
            for word, one in zip_longest((key,), said or ("",), fillvalue=""):
                click.echo(f"{word:>12}  {_clock(one, zone) if isinstance(one, datetime) else one}")

    emit(data, as_json, human)


@aside.command()
@click.argument("number", metavar="ID", type=NUMBER)
@config_option
def retry(number: int, config: Path | None) -> None:
    """Process a message once more; the running daemon takes it up within seconds."""
    from twinpost.core.model.mail import TakenUp
    from twinpost.edges import clock
    from twinpost.ledger import rereading, views
    from twinpost.ledger.engine import transaction

    settings = settings_for(config)
    become_service_user(settings)
    with ledger(settings) as engine, transaction(engine) as connection:
        line = views.message(connection, number)
        need(line, NO_SUCH.format(number=number))
        need(
            line is not None and line.state == "aside",
            f"Message {number} is not set aside: there is nothing to try again.",
        )
        rereading.take_up(connection, [number], TakenUp.ADMIN, clock.now())
    say(f"Message {number} is processed again by the daemon, or by `twinpost once`.")


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
