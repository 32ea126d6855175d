"""`twinpost plan`: the rehearsal, every mail to come with its reason. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from twinpost.cli.explain import SHARED
from twinpost.cli.opening import become_service_user, settings_for
from twinpost.cli.output import Exit, config_option, counted, fail, json_option, line, now_option, say, table
from twinpost.edges import clock

if TYPE_CHECKING:  # the command's help must not wait for SQLAlchemy
    from twinpost.app.rehearsal import Rehearsal
    from twinpost.core.deciding.bundles import Bundle
    from twinpost.core.model.people import Exchange
    from twinpost.core.model.plan import Planned

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
@config_option
@json_option
@now_option
def plan(
    code: str | None,
    file: Path | None,
    until: datetime | None,
    folder: Path | None,
    config: Path | None,
    as_json: bool,
    now: datetime | None,
) -> int:
    """Every mail that the rules will send in the exchange CODE, if nothing else happens."""
    found = _rehearsal(code, file, config, now or clock.now())
    mails = [items for items in found.mails if until is None or items[0].at.date() <= until.date()]
    if folder is not None:
        _write(found, mails, folder)
    for one in found.held:
        say(f"{one.rule} is held: {one.text}.")
    if as_json:
        _print_json(mails, found.exchange)
    else:
        _print(found, mails)
    return Exit.DONE


def _rehearsal(code: str | None, file: Path | None, config: Path | None, now: datetime) -> Rehearsal:
    from twinpost.wiring import rehearse_with_file, rehearse_with_ledger

    if file is not None:
        found = rehearse_with_file(file, SHARED, now)
        if code not in (None, found.exchange.code):
            raise fail(f"{file} is the exchange {found.exchange.code}, not {code}.")
        return found
    if code is None:
        raise click.UsageError("Name an exchange by its CODE, or a file with --exchange.")
    settings = settings_for(config)
    become_service_user(settings)
    return rehearse_with_ledger(settings, code, now)


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
        when = f"{'~ ' if one.after_step else ''}{_when(one, exchange)}"
        yield when, one.to.name, mail, f"{one.rule} {one.step}", because(one, exchange)


def _when(one: Planned, exchange: Exchange) -> str:
    """ "Tue 13 Oct 2026, 08:00 Oslo, 09:00 Kyiv": the reader's own time first, the same time once."""
    from zoneinfo import ZoneInfo

    from twinpost.core.deciding.case import where_for

    clocks: dict[str, list[str]] = {}
    for place in where_for(one.to, exchange):
        local = one.at.astimezone(ZoneInfo(place.zone))
        day = "" if local.date() == one.at.date() else f"{local:%a} "
        clocks.setdefault(f"{day}{local:%H:%M}", []).append(place.city)
    times = ", ".join(f"{time} {' and '.join(cities)}" for time, cities in clocks.items())
    return f"{one.at:%a} {one.at.day} {one.at:%b %Y}, {times}"


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
