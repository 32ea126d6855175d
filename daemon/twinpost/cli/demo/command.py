"""The command: the folder, the play, the epilogue, and how it ends."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from twinpost.cli.output import fail


@click.command()
@click.option("--fast", is_flag=True, help="Without pauses for reading.")
@click.option("--keep", is_flag=True, help="Go on answering mail afterwards, until Ctrl-C.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="Where everything is written. [default: a new folder for temporary files]",
)
def demo(fast: bool, keep: bool, folder: Path | None) -> int:
    """Play an exchange of invented schools, then a school year: real mails over SMTP and IMAP, a minute."""
    from twinpost.cli.demo.performance import perform

    return asyncio.run(perform(_prepared(folder), fast=fast, keep=keep))


def _prepared(folder: Path | None) -> Path:
    """An empty folder."""
    if folder is None:
        from tempfile import mkdtemp

        return Path(mkdtemp(prefix="twinpost-demo-"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        empty = not any(folder.iterdir())
    except OSError as error:
        raise fail(f"The folder {folder} cannot be used: {error.strerror}.") from error
    if not empty:
        raise fail(f"The folder {folder} is not empty: name a new one.")
    return folder.absolute()
