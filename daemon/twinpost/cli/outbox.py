"""`twinpost outbox`: mails that were decided and are on their way."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from twinpost.cli.opening import become_service_user, ledger, need, settings_for
from twinpost.cli.output import NUMBER, config_option, emit, json_option, say, table
from twinpost.edges import clock


@click.group()
def outbox() -> None:
    """Mails on their way: list, retry, cancel."""


@outbox.command("list")
@click.option("--all", "everything", is_flag=True, help="Also mails that were sent, joined or cancelled.")
@config_option
@json_option
def list_(everything: bool, config: Path | None, as_json: bool) -> None:
    """What waits, is held back or was given up."""
    from twinpost.ledger import outbox as box
    from twinpost.ledger.engine import transaction

    ended = {box.State.SENT, box.State.JOINED, box.State.CANCELLED}
    states = tuple(state for state in box.State if everything or state not in ended)
    settings = settings_for(config)
    become_service_user(settings)
    with ledger(settings) as engine, transaction(engine) as connection:
        lines = box.lines(connection, states)

    def human() -> None:
        if not lines:
            say("No mail is on its way.")
            return
        zone = ZoneInfo(settings.timezone)
        table(
            ("id", "state", "to", "subject", "next try", "tries", "last word"),
            (
                (
                    line.id,
                    line.state.value,
                    line.recipient,
                    line.subject,
                    f"{line.next_at.astimezone(zone):%Y-%m-%d %H:%M}"
                    if line.state is box.State.WAITING
                    else "",
                    line.tries,
                    line.why or line.reply,
                )
                for line in lines
            ),
        )

    emit([asdict(line) for line in lines], as_json, human)


@outbox.command()
@click.argument("number", metavar="ID", type=NUMBER)
@config_option
def retry(number: int, config: Path | None) -> None:
    """Send a mail now, also one that was given up, withheld or cancelled."""
    from twinpost.app.enact import is_live
    from twinpost.ledger import outbox as box
    from twinpost.ledger.engine import transaction

    settings = settings_for(config)
    become_service_user(settings)
    with ledger(settings) as engine, transaction(engine) as connection:
        live = is_live(connection)
        done = box.retry(connection, number, clock.now(), live=live)
    need(
        done,
        f"Mail {number} cannot be sent again: it is held until go-live, has been sent, or does not exist.",
    )
    when = "with the daemon's next turn, or with `twinpost once`" if live else "after `twinpost go-live`"
    say(f"Mail {number} leaves {when}.")


@outbox.command()
@click.argument("number", metavar="ID", type=NUMBER)
@config_option
def cancel(number: int, config: Path | None) -> None:
    """Do not send a mail that still waits. `retry` takes it back."""
    from twinpost.ledger import outbox as box
    from twinpost.ledger.engine import transaction

    settings = settings_for(config)
    become_service_user(settings)
    with ledger(settings) as engine, transaction(engine) as connection:
        done = box.cancel(connection, number, "cancelled by the admin")
    need(done, f"Mail {number} cannot be cancelled: it has left already, or does not exist.")
    say(f"Mail {number} is not sent. `twinpost outbox retry {number}` takes that back.")
