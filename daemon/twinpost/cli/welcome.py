"""`twinpost exchange welcome`: the first word to each teacher, seen by the admin before it goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from twinpost.cli.opening import become_service_user, ledger, settings_for
from twinpost.cli.output import Exit, ask, config_option, counted, emit, fail, json_option, say
from twinpost.edges import clock

if TYPE_CHECKING:  # the command's help must not wait for SQLAlchemy
    import sqlalchemy as sa

    from twinpost.app.enact import Told
    from twinpost.app.house import House
    from twinpost.core.model.people import Exchange


@dataclass(frozen=True, slots=True)
class Planned:
    """Who gets a welcome, and who has had hers: (name, address, where that mail is)."""

    mails: Sequence[Told]
    had: Sequence[tuple[str, str, str]]

    def as_data(self) -> list[dict[str, Any]]:
        new = [
            {
                "name": told.tell.to.name,
                "to": told.tell.to.address,
                "state": "new",
                "subject": told.subject,
                "text": told.text,
                "leaves_at": told.tell.not_before,
            }
            for told in self.mails
        ]
        return new + [{"name": name, "to": address, "state": state} for name, address, state in self.had]


@click.command()
@click.argument("code")
@click.option("--preview", is_flag=True, help="Only show the mails.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_option
@json_option
def welcome(code: str, preview: bool, yes: bool, config: Path | None, as_json: bool) -> int:
    """Write to each teacher of the exchange CODE once: the address to copy, and what happens then."""
    from twinpost.app.enact import is_live
    from twinpost.edges.vault import FileVault
    from twinpost.ledger.engine import transaction
    from twinpost.wiring import build_house

    settings = settings_for(config)
    become_service_user(settings)
    house = build_house(settings, FileVault(settings.ledger.originals))
    now = clock.now()
    with ledger(settings) as engine:
        with engine.connect() as connection:  # never committed: what is shown is what would be sent
            planned = _plan(connection, house, code, now)
        emit(planned.as_data(), as_json, lambda: _show(planned, ZoneInfo(settings.timezone)))
        if preview or not planned.mails:
            say("Nothing was sent." if planned.mails else "Everybody has been welcomed.")
            return Exit.DONE
        if not ask(f"Send {counted(len(planned.mails), 'mail')}?", yes=yes):
            say("Nothing was sent.")
            return Exit.PROBLEMS
        with transaction(engine) as connection:
            sent = _plan(connection, house, code, now).mails
            live = is_live(connection)
    when = "in the school hours of its reader" if live else "after `twinpost go-live`"
    say(f"{counted(len(sent), 'mail')}: each leaves {when}.")
    return Exit.DONE


def _plan(connection: sa.Connection, house: House, code: str, now: datetime) -> Planned:
    """The welcomes that are still to be written, in the caller's transaction."""
    from twinpost.app import welcome as welcoming
    from twinpost.ledger.people import load_directory

    directory = load_directory(connection, house.language)
    exchange = next((one for one in directory.exchanges if one.code == code), None)
    if exchange is None:
        known = ", ".join(sorted(one.code for one in directory.exchanges)) or "none yet"
        raise fail(f"There is no exchange {code}. There are: {known}.")
    met = welcoming.met(connection, exchange)
    had = tuple(dict.fromkeys(_had(exchange, {id_: state.value for id_, state in met.items()})))
    return Planned(welcoming.welcome(connection, house, directory, exchange, now), had)


def _had(exchange: Exchange, met: dict[int, str]) -> Iterable[tuple[str, str, str]]:
    for school_class in exchange.classes:
        for teacher in school_class.teachers:
            if teacher.id in met:
                yield teacher.name, teacher.address, met[teacher.id]


def _show(planned: Planned, zone: ZoneInfo) -> None:
    for name, address, state in planned.had:
        click.echo(f"{name} <{address}> has had hers: {state}")
    for told in planned.mails:
        to, at = told.tell.to, told.tell.not_before
        leaves = f"{at.astimezone(zone):%a %d %b %Y %H:%M}" if at else ""
        click.echo(f"\nTo: {to.name} <{to.address}>\nLeaves: {leaves}\nSubject: {told.subject}\n")
        click.echo("".join(f"    {line}\n" if line else "\n" for line in told.text.splitlines()), nl=False)
