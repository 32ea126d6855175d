"""`twinpost go-live`: from now on mails are sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from twinpost.cli.opening import become_service_user, ledger, settings_for
from twinpost.cli.output import Exit, ask, config_option, counted, emit, json_option, say
from twinpost.edges import clock

if TYPE_CHECKING:  # the command's help must not wait for SQLAlchemy
    from twinpost.app.live import Held


@click.command("go-live")
@click.option("--dry-run", is_flag=True, help="Only show what waits.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_option
@json_option
def go_live(dry_run: bool, yes: bool, config: Path | None, as_json: bool) -> int:
    """Show what waits, and send mails from now on."""
    from twinpost.app import live
    from twinpost.app.enact import LIVE_SINCE
    from twinpost.ledger import facts
    from twinpost.ledger.engine import transaction

    settings = settings_for(config)
    become_service_user(settings)
    since, zone = settings.answered_since, ZoneInfo(settings.timezone)
    with ledger(settings) as engine:
        with transaction(engine) as connection:
            live_since = facts.fact(connection, LIVE_SINCE)
            waiting = live.held(connection, since)
        if live_since is not None:
            emit(_data(live_since, []), as_json, lambda: None)
            say("The post office is live already: mails are being sent.")
            return Exit.DONE
        if not as_json:
            show(waiting, zone)
        if since is None and any(not mail.goes for mail in waiting):
            say("Mail that came before go-live is not answered; [start] answer_mail_since changes that.")
        if dry_run or not ask("Go live?", yes=yes):
            emit(_data(None, waiting), as_json, lambda: None)
            say("Nothing was changed: no mail is sent.")
            return Exit.DONE if dry_run else Exit.PROBLEMS
        with transaction(engine) as connection:
            waiting = live.go_live(connection, clock.now(), since)
            live_since = facts.fact(connection, LIVE_SINCE)
    emit(_data(live_since, waiting), as_json, lambda: None)
    going = sum(mail.goes for mail in waiting)
    say(
        f"The post office is live. Of the mails that waited, {going} leave now and "
        f"{len(waiting) - going} stay unsent."
    )
    return Exit.DONE


def _data(live_since: str | None, waiting: Sequence[Held]) -> dict[str, Any]:
    going = sum(mail.goes for mail in waiting)
    return {
        "live_since": live_since,
        "going": going,
        "staying": len(waiting) - going,
        "mails": [{**asdict(mail), "goes": mail.goes} for mail in waiting],
    }


def show(waiting: Sequence[Held], zone: ZoneInfo) -> None:
    """What waits, under its exchange and its reader, with what becomes of it."""
    if not waiting:
        say("No mail waits.")
        return
    for code, of_exchange in groupby(waiting, lambda mail: mail.exchange):
        click.echo(code or "notes to the admin")
        for _, own in groupby(of_exchange, lambda mail: (mail.person, mail.recipient)):
            _show_person(list(own), zone)
    click.echo(f"In all {_counted(waiting)}.")


def _show_person(waiting: Sequence[Held], zone: ZoneInfo) -> None:
    first = waiting[0]
    who = f"{first.person} <{first.recipient}>" if first.person else first.recipient
    click.echo(f"  {who}: {_counted(waiting)}")
    for mail in waiting:
        answers = f", to mail of {_day(mail.arrived_at, zone)}" if mail.arrived_at else ""
        click.echo(f"    {'goes ' if mail.goes else 'stays'}  {mail.subject}{answers}")
        if mail.why:
            click.echo(f"           {mail.why}")


def _counted(waiting: Sequence[Held]) -> str:
    going = sum(mail.goes for mail in waiting)
    staying = len(waiting) - going
    parts = [f"{count} {word}" for count, word in ((going, "will go"), (staying, "will stay")) if count]
    return f"{counted(len(waiting), 'mail')}: {', '.join(parts)}"


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %d %b %Y %H:%M}"
