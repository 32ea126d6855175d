"""`twinpost plan`: the rehearsal, every mail to come with its reason. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from twinpost.cli.explain import SHARED
from twinpost.cli.opening import become_service_user, settings_for
from twinpost.cli.output import (
    Exit,
    config_option,
    counted,
    emit,
    fail,
    json_option,
    line,
    now_option,
    say,
    table,
)
from twinpost.cli.plan_changes import changes, print_changes, print_changes_json
from twinpost.cli.rules import print_problems, problem_data
from twinpost.cli.times import when
from twinpost.edges import clock
from twinpost.edges.settings import Settings
from twinpost.edges.shipped import folders, shipped
from twinpost.errors import ConfigError

if TYPE_CHECKING:  # the command's help must not wait for SQLAlchemy
    from twinpost.app.rehearsal import Rehearsal
    from twinpost.core.deciding.bundles import Bundle
    from twinpost.core.model.people import Exchange
    from twinpost.core.model.rule import Rule

_UNFIT = re.compile(r"[^A-Za-z0-9@._-]")


@click.command()
@click.argument("code", required=False)
@click.option(
    "--exchange", "file", type=click.Path(path_type=Path), metavar="FILE", help="Of this file alone."
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Up to this day.")
@click.option(
    "--mail", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Write each mail there."
)
@click.option(
    "--rules",
    "rules",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Only what the rules of this folder would change, in place of your own.",
)
@config_option
@json_option
@now_option
def plan(
    code: str | None,
    file: Path | None,
    until: datetime | None,
    folder: Path | None,
    rules: Path | None,
    config: Path | None,
    as_json: bool,
    now: datetime | None,
) -> int:
    """Every mail that the rules will send in the exchange CODE, if nothing else happens."""
    asked = _Asked(code, file, _settings(code, file, config), now or clock.now())
    other: tuple[Rule, ...] | None = None
    try:
        other = asked.rules_of(rules) if rules else None
    except ConfigError as error:
        problems = error.problems
        emit({"problems": [*map(problem_data, problems)]}, as_json, lambda: print_problems(problems))
        return Exit.PROBLEMS
    if asked.settings:
        become_service_user(asked.settings)  # the other rules, which need not be its own, have been read
    found = asked.rehearsal()
    if rules is not None:
        return _compare(found, asked.rehearsal(other), rules, until, folder, as_json)
    mails = _up_to(until, found)
    if folder is not None:
        _write(found, mails, folder)
    for one in found.held:
        say(f"{one.rule} is held: {one.text}.")
    if as_json:
        _print_json(mails, found.exchange)
    else:
        _print(found, mails)
    return Exit.DONE


def _settings(code: str | None, file: Path | None, config: Path | None) -> Settings | None:
    """The configuration; a file alone needs none."""
    if file is not None:
        return None
    if code is None:
        raise click.UsageError("Name an exchange by its CODE, or a file with --exchange.")
    return settings_for(config)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Of which exchange, as of when. `settings` None: of a file alone."""

    code: str | None
    file: Path | None
    settings: Settings | None
    now: datetime

    def rules_of(self, folder: Path) -> tuple[Rule, ...]:
        """The rules with this folder in place of one's own. Raises ConfigError with every problem."""
        from twinpost.edges.rule_file import load_rules
        from twinpost.edges.templates import Templates

        texts = Templates(shipped("templates"), self.settings.templates if self.settings else None)
        return load_rules(*folders(folder), texts=texts)

    def rehearsal(self, rules: Sequence[Rule] | None = None) -> Rehearsal:
        """By these rules, or by those in force."""
        from twinpost.wiring import rehearse_with_file, rehearse_with_ledger

        if self.settings is not None:
            return rehearse_with_ledger(self.settings, self.code or "", self.now, rules)
        assert self.file is not None
        found = rehearse_with_file(self.file, SHARED, self.now, rules)
        if self.code not in (None, found.exchange.code):
            raise fail(f"{self.file} is the exchange {found.exchange.code}, not {self.code}.")
        return found


def _up_to(until: datetime | None, found: Rehearsal) -> list[Bundle]:
    return [items for items in found.mails if until is None or items[0].at.date() <= until.date()]


def _compare(
    old: Rehearsal, new: Rehearsal, rules: Path, until: datetime | None, folder: Path | None, as_json: bool
) -> int:
    found = changes(old, new, until)
    if folder is not None:
        _write(new, _up_to(until, new), folder)
    if as_json:
        print_changes_json(new, found)
    else:
        print_changes(old, new, found, rules)
    return Exit.DONE


# -- shown ---------------------------------------------------------------------------------------


def _print_json(mails: list[Bundle], exchange: Exchange) -> None:
    from twinpost.app.rehearsal import as_json
    from twinpost.core.deciding.plan import in_order

    for one in sorted((one for items in mails for one in items), key=in_order):
        line(as_json(one, exchange))


def _print(found: Rehearsal, mails: list[Bundle]) -> None:
    if not mails:
        say(f"Nothing is planned: {found.why_none or 'not so soon'}.")
        return
    rows = (row for items in mails for row in _rows(items, found.exchange))
    table(("when", "to", "mail", "rule", "why"), rows)
    lines = sum(len(items) for items in mails if items[0].digest)
    written = sum(not items[0].digest for items in mails)
    say(
        f"{counted(written, 'mail')}, {counted(lines, 'line')} for digests, if nothing else happens. "
        "~: counted from when the step before is sent; +: in the same mail; …: a line of the digest."
    )
    if not found.live:
        say("Nothing is sent before `twinpost go-live`.")


def _rows(items: Bundle, exchange: Exchange) -> Iterator[tuple[str, ...]]:
    from twinpost.core.deciding.reason import because

    for number, one in enumerate(items):
        joined = number > 0 and not one.digest
        mail = f"{'+ ' if joined else ''}{one.notice}{' …' if one.digest else ''}"
        yield when(one, exchange), one.to.name, mail, f"{one.rule} {one.step}", because(one, exchange)


# -- written -------------------------------------------------------------------------------------


def _write(found: Rehearsal, mails: list[Bundle], folder: Path) -> None:
    """Each mail as .eml and as .html, lines of the digest not."""
    from twinpost.core.writing.compose import compose

    wanted = {items[0].key for items in mails}
    written = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for items, mail in found.written():
            if items[0].key not in wanted:
                continue
            written += 1
            first = items[0]
            name = _UNFIT.sub("_", f"{written:03}-{first.at:%Y-%m-%d}-{first.notice}-{first.to.address}")
            (folder / f"{name}.eml").write_bytes(compose(mail))
            (folder / f"{name}.html").write_text(mail.html, encoding="utf-8")
    except OSError as error:
        raise fail(f"{folder} cannot be written to: {error.strerror}.") from error
    say(f"Written to {folder}: {counted(written, 'mail')}")
