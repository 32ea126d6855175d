"""`twinpost explain`: what mails are, what would be sent, and why. Changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from twinpost.cli.output import Exit, config_option, json_option, line, now_option, say
from twinpost.edges import clock
from twinpost.errors import TwinpostError

if TYPE_CHECKING:
    from twinpost.app.explain import Explainer
    from twinpost.app.process import Processed

SHARED = "letters@school.example"
PROVEN = {True: "proven", False: "refuted", None: "not proven"}
WORTH_PROGRESS = 20
"""Mails from which on a bar shows how far it is."""


@click.command()
@click.argument("mails", metavar="MAIL…", nargs=-1, required=True)
@click.option("--exchange", "exchanges", type=click.Path(path_type=Path), multiple=True, metavar="FILE")
@click.option("--address", default=None, help=f"The shared address with --exchange. [default: {SHARED}]")
@click.option("--in-order", is_flag=True, help="Each mail knows those before it.")
@config_option
@json_option
@now_option
def explain(
    mails: tuple[str, ...],
    exchanges: tuple[Path, ...],
    address: str | None,
    in_order: bool,
    config: Path | None,
    as_json: bool,
    now: datetime | None,
) -> int:
    """What each MAIL is (.eml files, folders of them, or - for standard input), and what would follow."""
    from twinpost.wiring import explain_with_files, explain_with_ledger

    found = list(_files(mails))
    office = (
        explain_with_files(exchanges, address or SHARED, in_order=in_order)
        if exchanges
        else explain_with_ledger(config, in_order=in_order)
    )
    unread = 0
    with office as explainer:
        for name, done in _explained(explainer, found, now, in_order):
            unread += isinstance(done, str)
            _print(name, done, as_json)
    return Exit.PROBLEMS if unread else Exit.DONE


def _files(mails: Iterable[str]) -> Iterator[tuple[str, Path | None]]:
    for mail in mails:
        path = Path(mail)
        if mail == "-":
            yield "-", None
        elif path.is_dir():
            if not (files := sorted(path.rglob("*.eml"))):
                say(f"There is no .eml file in {mail}.")
            yield from ((str(file), file) for file in files)
        elif path.exists():
            yield mail, path
        else:
            raise TwinpostError(f"There is no file or folder {mail}.")


def _explained(
    explainer: Explainer, found: list[tuple[str, Path | None]], now: datetime | None, in_order: bool
) -> Iterator[tuple[str, Processed | str]]:
    with _progress(len(found)) as advance:
        if in_order:
            with explainer.session() as session:
                for name, path in found:
                    octets = _octets(path)
                    yield (
                        name,
                        octets if isinstance(octets, str) else session.explain(octets, now, clock.now()),
                    )
                    advance()
            return
        for name, path in found:
            octets = _octets(path)
            if isinstance(octets, str):
                yield name, octets
            else:
                with explainer.session() as session:
                    yield name, session.explain(octets, now, clock.now())
            advance()


def _octets(path: Path | None) -> bytes | str:
    """The mail; a sentence where it cannot be read."""
    if path is None:
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        return f"it cannot be read: {error.strerror}"


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on the terminal of those who wait for many mails."""
    if total < WORTH_PROGRESS or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=total)
        yield lambda: bar.advance(task)


def _print(name: str, done: Processed | str, as_json: bool) -> None:
    if isinstance(done, str):
        say(f"{name}: {done}")
        return
    from twinpost.app.explain import as_json as plain

    data = plain(name, done)
    if as_json:
        line(data)
        return
    letter = data["letter"]
    click.echo(f"{name}\n  {data['kind']}", nl=False)
    if letter:
        numbers = ", ".join(map(str, letter["numbers"]))
        to = ", ".join(letter["to"])
        click.echo(f": {letter['product']} {numbers} from {letter['from']} to {to}", nl=False)
    click.echo("")
    sender = data["sender"]
    click.echo(f"  {sender['address'] or 'nobody'}: {PROVEN[sender['proven']]}")
    for reason in dict.fromkeys((*data["because"], sender["proof"])):
        click.echo(f"    {reason}")
    for mail in data["mails"]:
        click.echo(f"  → {', '.join((*mail['to'], *mail['cc']))}: {mail['subject']}")
