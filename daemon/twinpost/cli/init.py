"""`twinpost init`: a commented configuration, an example exchange and an example rule to begin with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import click

from twinpost.cli.output import fail, say
from twinpost.edges.shipped import shipped

SYSTEM_LEDGER = "sqlite:////var/lib/twinpost/twinpost.db"
LOCAL_LEDGER = "sqlite:///twinpost.db"


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--rules", is_flag=True, help="Copy the shipped rules, too, to change them.")
def init(folder: Path, rules: bool) -> None:
    """Write a commented configuration, an example exchange and a rule into DIR. Overwrites nothing."""
    source = shipped("templates") / "init"
    copies = {folder / file.relative_to(source): file for file in sorted(source.rglob("*")) if file.is_file()}
    if rules:
        shipped_rules = shipped("rules")
        found = (file for file in sorted(shipped_rules.rglob("*")) if file.is_file())
        copies |= {folder / "rules" / file.relative_to(shipped_rules): file for file in found}
    there = [str(target) for target in copies if target.exists()]
    if there:
        raise fail(f"There is already {', '.join(there)}: nothing was written. Name another folder.")
    try:
        for target, file in copies.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            say(f"wrote {target}")
        _adapt(folder)
        _admit(folder, copies)
    except OSError as error:
        raise fail(f"{error.filename or folder} cannot be written: {error.strerror}.") from error
    say(
        f"Now edit {folder / 'twinpost.toml'}, then run `twinpost check --config {folder / 'twinpost.toml'}`."
    )


def _adapt(folder: Path) -> None:
    """A configuration outside /etc is a trial: its ledger lies beside it."""
    file = folder / "twinpost.toml"
    text = file.read_text("utf-8")
    if not folder.absolute().is_relative_to("/etc"):
        text = text.replace(SYSTEM_LEDGER, LOCAL_LEDGER)
    file.write_text(text, "utf-8")


def _admit(folder: Path, files: Iterable[Path]) -> None:
    """Whoever may look into the folder may read what was written: root's umask may forbid it."""
    there = folder.stat()
    written = {path for file in files for path in (file, *file.parents) if path.is_relative_to(folder)}
    for path in written - {folder}:
        if os.geteuid() == 0:
            os.chown(path, -1, there.st_gid)
        allowed = 0o755 if path.is_dir() else 0o644
        path.chmod(0o600 | there.st_mode & allowed | (0o100 if path.is_dir() else 0))
