"""`twinpost exchange`: apply, export, list and show exchanges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from twinpost.cli.opening import become_service_user, ledger, settings_for
from twinpost.cli.output import Exit, ask, config_option, counted, emit, fail, json_option, say, table
from twinpost.cli.welcome import welcome
from twinpost.errors import ConfigError, Problem

if TYPE_CHECKING:  # the command's help must not wait for SQLAlchemy
    import sqlalchemy as sa

    from twinpost.app.administer import Change
    from twinpost.core.model.filed import ExchangeAsFiled
    from twinpost.core.model.kind import Kind
    from twinpost.edges.exchange_file import ExchangeFile
    from twinpost.edges.settings import Settings


@click.group()
def exchange() -> None:
    """Apply, export and show exchanges, and welcome their teachers."""


exchange.add_command(welcome)


@exchange.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--no-reread", is_flag=True, help="Do not read again what the files may explain.")
@config_option
@json_option
def apply(
    files: Sequence[Path], dry_run: bool, yes: bool, no_reread: bool, config: Path | None, as_json: bool
) -> int:
    """Bring the ledger to what these exchange files say: all of them, or none."""
    from twinpost.app import administer
    from twinpost.edges import clock
    from twinpost.ledger.engine import transaction

    settings = settings_for(config)
    found = _load(files, settings)  # before the user changes: root's files are root's to read
    filed = [one.filed for one in found]
    become_service_user(settings)
    with ledger(settings) as engine:
        with transaction(engine) as connection:
            planned = administer.changes(connection, filed)
            again = {} if no_reread else administer.to_read_again(connection, planned, clock.now())
        for note in (note for one in found for note in one.notes):
            say(f"{note} (a note)")
        emit([asdict(change) for change in planned], as_json, lambda: _print(planned))
        _say_what_is_read_again(again)
        if dry_run or not any(change.lines for change in planned):
            return Exit.DONE
        if not ask("Apply this?", yes=yes):
            return Exit.PROBLEMS
        with transaction(engine) as connection:
            administer.apply(connection, filed, clock.now(), reread=not no_reread)
    say("Applied.")
    return Exit.DONE


def _say_what_is_read_again(again: Mapping[Kind, Sequence[int]]) -> None:
    if again:
        count = counted(sum(map(len, again.values())), "message")
        kinds = ", ".join(f"{len(ids)} {kind.value}" for kind, ids in again.items())
        say(f"With it {count} of the last 30 days will be read again ({kinds}); --no-reread declines that.")


def _load(files: Sequence[Path], settings: Settings) -> list[ExchangeFile]:
    from twinpost.edges.exchange_file import load_exchange

    found: list[ExchangeFile] = []
    problems: list[Problem] = []
    for file in files:
        try:
            found.append(load_exchange(file, shared=settings.address, rules=settings.rules))
        except ConfigError as error:
            problems.extend(error.problems)
    if problems:
        count = counted(len(problems), "problem")
        raise fail("\n".join([*map(str, problems), f"{count}: nothing was applied."]))
    return found


def _print(planned: Sequence[Change]) -> None:
    for change in planned:
        click.echo(f"{change.code}: {'' if change.lines else 'nothing changes'}".rstrip())
        for line in change.lines:
            click.echo(f"  {line}")
        for line in change.kept:
            click.echo(f"  kept: {line}")


@exchange.command()
@click.argument("code")
@config_option
@json_option
def export(code: str, config: Path | None, as_json: bool) -> None:
    """Write the exchange CODE as an exchange file: applying it changes nothing."""
    from twinpost.edges.exchange_file import exchange_as_data, write_exchange

    filed = _stored(code, config)
    emit(exchange_as_data(filed), as_json, lambda: click.echo(write_exchange(filed), nl=False))


@exchange.command("list")
@config_option
@json_option
def list_(config: Path | None, as_json: bool) -> None:
    """Every exchange with its classes."""
    from twinpost.ledger.engine import transaction
    from twinpost.ledger.people import list_exchanges

    settings = settings_for(config)
    become_service_user(settings)
    with ledger(settings) as engine, transaction(engine) as connection:
        found = list_exchanges(connection)

    def human() -> None:
        if not found:
            say("No exchange yet: `twinpost exchange apply FILE` adds one.")
            return
        rows = ((one.code, one.title, ", ".join(one.classes), f"{one.applied_at:%Y-%m-%d}") for one in found)
        table(("code", "title", "classes", "applied"), rows)

    emit([asdict(one) for one in found], as_json, human)


@exchange.command()
@click.argument("code")
@config_option
@json_option
def show(code: str, config: Path | None, as_json: bool) -> None:
    """Who takes part in the exchange CODE, and what was agreed."""
    from twinpost.edges.exchange_file import exchange_as_data

    filed = _stored(code, config)
    emit(exchange_as_data(filed), as_json, lambda: _show(filed))


def _show(filed: ExchangeAsFiled) -> None:
    click.echo(f"{filed.title} ({filed.code}, {filed.mode.value})")
    for one in filed.classes:
        also = f", also {', '.join(one.aliases)}" if one.aliases else ""
        click.echo(f"\n{one.name}{also}: {one.timezone}")
        for person in one.teachers:
            click.echo(f"  {person.name} <{', '.join(person.addresses)}>")
        click.echo(f"  {len(one.pupils)} pupils, {len(one.calendar)} entries in the calendar")
    if filed.schedule:
        click.echo()
        table(
            ("due", "what", "from", "to"),
            (
                (line.due, f"{line.product} {line.number}", line.from_class, line.to_class)
                for line in filed.schedule
            ),
        )


def _stored(code: str, config: Path | None) -> ExchangeAsFiled:
    from twinpost.ledger.engine import transaction
    from twinpost.ledger.stored import stored_exchange

    settings = settings_for(config)
    become_service_user(settings)
    with ledger(settings) as engine, transaction(engine) as connection:
        return stored_exchange(connection, code) or _unknown(connection, code)


def _unknown(connection: sa.Connection, code: str) -> ExchangeAsFiled:
    from twinpost.ledger.people import list_exchanges

    known = ", ".join(one.code for one in list_exchanges(connection)) or "none yet"
    raise fail(f"There is no exchange {code}. There are: {known}.")
