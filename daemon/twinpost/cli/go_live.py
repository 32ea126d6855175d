"""`twinpost go-live`: from now on mails are sent."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from twinpost.cli.opening import become_service_user, ledger, settings_for
from twinpost.cli.output import ask, config_option, say, table
from twinpost.edges import clock
from twinpost.errors import TwinpostError


@click.command("go-live")
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_option
def go_live(yes: bool, config: Path | None) -> None:
    """Show what waits, and send mails from now on."""
    from twinpost.app import live
    from twinpost.app.enact import is_live
    from twinpost.ledger.engine import transaction

    settings = settings_for(config)
    become_service_user(settings)
    since = settings.answered_since
    with ledger(settings) as engine:
        with transaction(engine) as connection:
            if is_live(connection):
                say("The post office is live already: mails are being sent.")
                return
            waiting = live.held(connection, since)
        _show(waiting, since)
        if not ask("Go live?", yes=yes):
            raise TwinpostError("Nothing was changed: no mail is sent.")
        with transaction(engine) as connection:
            going, staying = live.go_live(connection, clock.now(), since)
    say(f"The post office is live. Of the mails that waited, {going} leave now and {staying} stay unsent.")


def _show(waiting: list, since: datetime | None) -> None:  # type: ignore[type-arg]
    if not waiting:
        say("No mail waits.")
        return
    table(
        ("to", "subject", "answers mail of", "goes"),
        (
            (
                mail.recipient,
                mail.subject,
                f"{mail.arrived_at:%Y-%m-%d %H:%M}Z" if mail.arrived_at else "",
                "yes" if mail.goes else "no",
            )
            for mail in waiting
        ),
    )
    if since is None and any(not mail.goes for mail in waiting):
        say("Mail that came before go-live is not answered; [start] answer_mail_since changes that.")
