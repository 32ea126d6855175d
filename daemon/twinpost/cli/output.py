"""How every command speaks: data on stdout, talk on stderr, the same options everywhere."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from enum import IntEnum
from pathlib import Path
from shutil import get_terminal_size
from typing import Any, TypeVar

import click

from twinpost.errors import TwinpostError

F = TypeVar("F", bound=Callable[..., Any])


class Exit(IntEnum):
    """What a script can rely on (sysexits(3) where it has a number)."""

    DONE = 0
    PROBLEMS = 1
    USAGE = 2
    TRY_LATER = 75
    CONFIGURATION = 78


def config_option(command: F) -> F:
    """`--config FILE`; without it the places of docs/admin.md are tried."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        default=None,
        metavar="FILE",
        help="The configuration file. "
        "[default: $TWINPOST_CONFIG, /etc/twinpost/twinpost.toml, ./twinpost.toml]",
    )(command)


def json_option(command: F) -> F:
    """`--json`: data for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print data as JSON.")(command)


LEAST_WIDTH = 80
"""Columns of a table on a narrower terminal, which breaks lines better than we could break words."""

NUMBER = click.IntRange(1, 2**31 - 1)
"""Of a message or a mail: what PostgreSQL takes for one."""


class Moment(click.ParamType[datetime]):
    """An ISO 8601 time; without an offset it is UTC."""

    name = "ISO-TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time like 2026-10-09T08:15:00+02:00.", param, ctx)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def now_option(command: F) -> F:
    """`--now ISO-TIME`: reason as of that moment."""
    return click.option("--now", "now", type=Moment(), default=None, help="Reason as of this moment.")(
        command
    )


def emit(data: Any, as_json: bool, human: Callable[[], None]) -> None:
    """Print one JSON document, or what `human` prints."""
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, default=_plain, indent=2))
    else:
        human()


def line(data: Any) -> None:
    """Print one JSON object on one line."""
    click.echo(json.dumps(data, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def say(text: str) -> None:
    """Talk to the person at the terminal."""
    click.echo(text, err=True)


def fail(text: str) -> TwinpostError:
    """An error to raise: a sentence, exit code 1."""
    return TwinpostError(text)


def counted(number: int, one: str) -> str:
    """ "1 file", "2 files" """
    return f"{number} {one if number == 1 else one + 's'}"


def table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A table on the terminal; without lines and colours where nobody looks at them."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    width = max(LEAST_WIDTH, get_terminal_size().columns) if sys.stdout.isatty() else 160
    console = Console(no_color="NO_COLOR" in os.environ, width=width)
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*(str(cell) for cell in row))
    console.print(grid)


def ask(question: str, *, yes: bool) -> bool:
    """A yes or no of the admin; `--yes` says it ahead, and without a terminal the answer is no."""
    if yes:
        return True
    if not sys.stdin.isatty():
        say(f"{question} Nobody is at the terminal: say --yes to go on.")
        return False
    return click.confirm(question, default=False, err=True)
