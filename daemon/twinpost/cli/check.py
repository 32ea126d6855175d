"""`twinpost check`: everything that the office depends on, one line each, with the remedy."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import click

from twinpost.cli.opening import become_service_user, ledger
from twinpost.cli.output import Exit, config_option, counted, emit, json_option
from twinpost.cli.run import needed_secrets
from twinpost.edges.settings import Server, Settings, find_config, load_settings
from twinpost.edges.shipped import folders, shipped
from twinpost.errors import LedgerError, TwinpostError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    good: bool
    text: str


@click.command()
@config_option
@json_option
def check(config: Path | None, as_json: bool) -> int:
    """Test configuration, words, templates, rules, exchanges, ledger, and both sign-ins."""
    found: list[Finding] = []
    for finding in _findings(config):
        found.append(finding)
        if not as_json:
            _print(finding)
    emit([asdict(finding) for finding in found], as_json, lambda: None)
    return Exit.DONE if all(finding.good for finding in found) else Exit.PROBLEMS


def _print(finding: Finding) -> None:
    first, *rest = finding.text.splitlines() or [""]
    mark = click.style("ok", fg="green") if finding.good else click.style("PROBLEM", fg="red", bold=True)
    click.echo(f"{finding.what:<16}{mark}  {first}")
    for line in rest:
        click.echo(f"{'':<16}{line}")


def _findings(config: Path | None) -> Iterator[Finding]:
    """Each test by itself: one that fails keeps no other from being made."""
    settings: Settings | None = None
    try:
        settings = load_settings(find_config(config))
        yield Finding("configuration", True, str(settings.file))
    except TwinpostError as error:
        yield Finding("configuration", False, str(error))
    if settings is None:
        return
    ready = settings
    yield from list(_secrets(ready))
    become_service_user(ready)
    servers: tuple[Server, ...] = ("imap", "smtp")
    for server in servers:
        if (ready.imap if server == "imap" else ready.smtp).sign_in != "password":
            yield _tried(f"{server} token", partial(_token, ready, server))
    if not os.access(ready.file, os.R_OK):
        yield Finding("configuration", False, _closed(ready.file))
    for what, test in CHECKS:
        yield _tried(what, lambda t=test: t(ready))  # type: ignore[misc]


def _closed(path: Path) -> str:
    return (
        f"{path} may not be read by the service. As root: "
        f"`chgrp -R twinpost {path}` and `chmod -R g+rX {path}`."
    )


def _tried(what: str, test: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, test())
    except TwinpostError as error:
        return Finding(what, False, str(error))


def _secrets(settings: Settings) -> Iterator[Finding]:
    """Read before root becomes the service's user: credentials are root's."""
    for what, need in needed_secrets(settings):
        yield _tried(what, lambda need=need: need() and "found")  # type: ignore[misc]


def _token(settings: Settings, server: Server) -> str:
    from twinpost.edges.oauth.issuers import issuer

    token = issuer(settings, server).issue()
    return f"given, good until {token.ends_at:%H:%M} UTC; renewed in time"


def _words(settings: Settings) -> str:
    from twinpost.edges.shipped import folders
    from twinpost.edges.words import refuse_what_does_not_read_back
    from twinpost.wiring import load_words

    subjects = load_words(settings.rules).subjects
    refuse_what_does_not_read_back(subjects, *folders(settings.rules))
    codes = ", ".join(language.code for language in subjects.languages)
    return f"subjects in {codes}" + (f"; your own words in {settings.rules}" if settings.rules else "")


def _templates(settings: Settings) -> str:
    from twinpost.edges.templates import Templates
    from twinpost.errors import ConfigError

    templates = Templates(shipped("templates"), settings.templates, address=settings.address)
    if problems := templates.problems():
        raise ConfigError(problems)
    return (
        f"the shipped ones, and your own in {settings.templates}"
        if settings.templates
        else "the shipped ones"
    )


def _rules(settings: Settings) -> str:
    from twinpost.edges.rule_file import load_book
    from twinpost.edges.templates import Templates

    texts = Templates(shipped("templates"), settings.templates)
    book = load_book(*folders(settings.rules), texts=texts)
    own = len([rule for rule in book.rules if not Path(rule.file).is_relative_to(shipped("rules"))])
    return f"{counted(len(book.rules), 'rule')} in force, {own} of your own, {len(book.off)} switched off"


def _exchanges(settings: Settings) -> str:
    from twinpost.edges.exchange_file import load_exchange
    from twinpost.errors import ConfigError, Problem

    if settings.exchanges is None:
        return "no folder is configured; `twinpost exchange apply FILE` takes any file"
    problems: list[Problem] = []
    if not os.access(settings.exchanges, os.R_OK | os.X_OK):  # glob() would find nothing in it
        raise TwinpostError(_closed(settings.exchanges))
    files = sorted(settings.exchanges.glob("*.y*ml"))
    for file in files:
        try:
            load_exchange(file, shared=settings.address, rules=settings.rules)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return f"{counted(len(files), 'file')} without problems in {settings.exchanges}"


def _ledger(settings: Settings) -> str:
    from twinpost.app.enact import is_live
    from twinpost.ledger import people
    from twinpost.ledger.engine import place, transaction
    from twinpost.wiring import open_ledger

    engine = open_ledger(settings)
    with transaction(engine) as connection:
        live = is_live(connection)
        count = len(people.load_directory(connection).exchanges)
    engine.dispose()
    sends = "mails are sent" if live else "no mail is sent before `twinpost go-live`"
    return f"{place(engine)}: {counted(count, 'exchange')}, {sends}"


def _originals(settings: Settings) -> str:
    from twinpost.edges.vault import FileVault

    vault = FileVault(settings.ledger.originals)
    vault.try_writing()
    last = _last_original(settings)
    if last is not None and not vault.path(last).exists():
        raise TwinpostError(
            f"{vault.folder} can be written, and the mail that was kept last is not in it. "
            "Every machine that works with a ledger needs the same folder: correct `originals` in [ledger]."
        )
    alone = settings.ledger.url.startswith("sqlite")
    return f"{vault.folder} can be written" + ("" if alone else "; a second machine needs the same folder")


def _last_original(settings: Settings) -> str | None:
    """The hash of the mail that was kept last; what is wrong with the ledger has its own line."""
    from twinpost.ledger import views
    from twinpost.ledger.engine import transaction

    try:
        with ledger(settings) as engine, transaction(engine) as connection:
            return views.last_original(connection)
    except LedgerError:
        return None


def _imap(settings: Settings) -> str:
    from twinpost.core.sorting.junk import junk_folders
    from twinpost.edges.imap import ImapMailbox
    from twinpost.wiring import imap_entrance, load_words

    imap = settings.imap
    mailbox = ImapMailbox(imap_entrance(settings), imap.inbox)
    try:
        mailbox.open()
        names = load_words(settings.rules).junk
        found = junk_folders(mailbox.folders() if imap.junk else [], imap.junk, names)
    finally:
        mailbox.close()
    if found.trouble:
        raise TwinpostError(f"{found.trouble} Correct `junk` in [imap].")
    looks = ", ".join(found.names) or "no junk folder"
    return f"{imap.user} reads {imap.inbox} at {imap.host}, and looks into {looks}"


def _smtp(settings: Settings) -> str:
    from twinpost.edges.smtp import SmtpPostman
    from twinpost.wiring import smtp_entrance

    async def sign_in() -> None:
        postman = SmtpPostman(smtp_entrance(settings), NoRecord())
        await postman.check_sign_in(settings.address)

    asyncio.run(sign_in())
    return f"{settings.smtp.host} takes mail from {settings.address}"


class NoRecord:
    """`check` may be typed as often as the admin likes: its refused sign-ins are not counted."""

    async def wait_until(self) -> None:
        """Now."""

    async def refused(self) -> None:
        """Nothing is written."""


CHECKS: tuple[tuple[str, Callable[[Settings], str]], ...] = (
    ("words", _words),
    ("templates", _templates),
    ("rules", _rules),
    ("exchanges", _exchanges),
    ("ledger", _ledger),
    ("originals", _originals),
    ("imap", _imap),
    ("smtp", _smtp),
)
