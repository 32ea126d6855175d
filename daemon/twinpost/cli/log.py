"""`twinpost log`: the delivery log."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from twinpost.cli.opening import become_service_user, ledger, need, settings_for
from twinpost.cli.output import config_option, emit, json_option, say, table


@click.command()
@click.argument("code", required=False)
@config_option
@json_option
def log(code: str | None, config: Path | None, as_json: bool) -> None:
    """The letters that have arrived, of the exchange CODE or of all."""
    from twinpost.ledger import people, views
    from twinpost.ledger.engine import transaction

    settings = settings_for(config)
    become_service_user(settings)
    with ledger(settings) as engine, transaction(engine) as connection:
        if code is not None:
            codes = [exchange.code for exchange in people.load_directory(connection).exchanges]
            need(code in codes, f"There is no exchange {code}. There are: {', '.join(codes) or 'none'}.")
        lines = views.delivery_log(connection, code)
    zone = ZoneInfo(settings.timezone)

    def human() -> None:
        if not lines:
            say("No letter has arrived yet.")
            return
        table(
            ("arrived", "exchange", "letter", "from", "to", "mails", "files", ""),
            (
                (
                    f"{line.first_at.astimezone(zone):%Y-%m-%d %H:%M}",
                    line.exchange,
                    f"{line.product} {', '.join(map(str, line.numbers))}",
                    line.from_class,
                    ", ".join(line.to_classes),
                    line.mails,
                    line.files,
                    "" if line.closed else "open",
                )
                for line in lines
            ),
        )
        waiting = [mail for line in lines for mail in line.unsent if mail.state != "cancelled"]
        if waiting:
            click.echo("\nNot sent:")
            table(("to", "subject", "state", "why"), ((m.to, m.subject, m.state, m.why) for m in waiting))

    emit([asdict(line) for line in lines], as_json, human)
