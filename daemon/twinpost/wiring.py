"""The only place where parts are joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from twinpost.app import administer, live
from twinpost.app.collect import Collector
from twinpost.app.dispatch import Dispatch, OnGiveUp
from twinpost.app.enact import LIVE_SINCE, Enactment, is_live
from twinpost.app.explain import Explainer
from twinpost.app.house import House, Trust
from twinpost.app.housekeeping import Housekeeping
from twinpost.app.intake import Processing
from twinpost.app.junk import JunkWatch
from twinpost.app.process import Processed
from twinpost.app.refused_lines import instead
from twinpost.app.rehearsal import Rehearsal, rehearse
from twinpost.core.calendars.looked_up import is_stale
from twinpost.core.calendars.school import CalendarEntry, SchoolCalendar
from twinpost.core.deciding.admin_note import admin_note
from twinpost.core.deciding.delivery import GiveUp
from twinpost.core.deciding.gate import Limits
from twinpost.core.deciding.words import Words
from twinpost.core.model.effect import Decision
from twinpost.core.model.rule import Rule
from twinpost.edges import clock, imap_door, smtp_session
from twinpost.edges.clock import Clock
from twinpost.edges.exchange_calendar import looked_up
from twinpost.edges.exchange_file import load_exchange
from twinpost.edges.file_words import load_expiry, load_nicknames
from twinpost.edges.imap import ImapMailbox
from twinpost.edges.junk_names import load_junk_names
from twinpost.edges.lock import only_one
from twinpost.edges.logs import log
from twinpost.edges.oauth.issuers import issuer
from twinpost.edges.oauth.tokens import Tokens
from twinpost.edges.phrases import load_phrases
from twinpost.edges.reader import MailReader
from twinpost.edges.rule_file import load_rules
from twinpost.edges.secrets import secret
from twinpost.edges.sections import Odd
from twinpost.edges.settings import (
    ImapSettings,
    Server,
    Settings,
    SmtpSettings,
    find_config,
    load_settings,
)
from twinpost.edges.shipped import folders, shipped
from twinpost.edges.smtp import SmtpPostman
from twinpost.edges.templates import Templates
from twinpost.edges.vault import FileVault, ScratchVault
from twinpost.edges.words import load_answers, load_orders, load_sayings, load_vocabulary, topmost
from twinpost.errors import ConfigError, TwinpostError
from twinpost.ledger import facts, filing, people
from twinpost.ledger.calendars import kept_calendars, put_dates
from twinpost.ledger.engine import open_engine, transaction
from twinpost.ledger.known import Office
from twinpost.ledger.lease import Lease
from twinpost.ledger.migrate import require_current
from twinpost.ledger.parcels import Parcel
from twinpost.ledger.playground import copy_of
from twinpost.ledger.signins import SignIns
from twinpost.ledger.tables import metadata
from twinpost.ledger.transaction import Desk


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that runs."""

    settings: Settings
    house: House
    desk: Desk
    collector: Collector
    junk: JunkWatch
    processing: Processing
    postman: SmtpPostman
    dispatch: Dispatch
    imap_sign_ins: SignIns
    clock: Clock
    housekeeping: Housekeeping


def load_words(own: Path | None = None) -> Words:
    """Every word file: those of the admin's own folder, else the shipped ones. Raises ConfigError."""
    rules = folders(own)
    answers = load_answers(*rules)
    sayings, absences = load_sayings(*rules, answers=answers)
    return Words(
        subjects=load_vocabulary(*rules),
        answers=answers,
        orders=load_orders(*rules),
        sayings=sayings,
        absences=absences,
        automatic=load_phrases(topmost(rules, "automatic.yaml")),
        junk=load_junk_names(topmost(rules, "junk.yaml")),
        nicknames=load_nicknames(*rules),
        expiry=load_expiry(*rules),
    )


def office_of(settings: Settings) -> Office:
    """What the configuration says of ourselves."""
    return Office(settings.address, settings.admin, settings.limits.receipt_quiet_minutes)


def build_house(settings: Settings, vault: FileVault) -> House:
    """The words, the templates and the doors. Raises ConfigError with every problem."""
    templates = Templates(
        shipped("templates"), settings.templates, address=settings.address, house=settings.name
    )
    if settings.templates and (problems := templates.problems()):  # the shipped ones have been looked at
        raise ConfigError(problems)
    return House(
        office=office_of(settings),
        name=settings.name,
        language=settings.language,
        vault=vault,
        reader=MailReader(vault),
        renderer=templates,
        words=load_words(settings.rules),
        rules=load_rules(*folders(settings.rules), texts=templates),
        limits=Limits(settings.limits.answers_per_hour, settings.limits.answers_per_day),
        trust=Trust(settings.trust.provider, settings.trust.authserv_id),
    )


def imap_entrance(settings: Settings, record: SignIns | None = None) -> imap_door.Door:
    """How the mailbox is entered; the password is read anew at each sign-in. Raises ConfigError."""
    imap = settings.imap
    return imap_door.Door(
        imap.host,
        imap.port,
        imap.user,
        lambda: secret(settings, "imap"),
        security=imap.security,
        tokens=_tokens(settings, "imap", record),
        provider=imap.sign_in,
    )


def smtp_entrance(
    settings: Settings, record: SignIns | None = None, may_send: Callable[[], bool] = lambda: True
) -> smtp_session.Door:
    """How mails are handed in. Raises ConfigError."""
    smtp = settings.smtp
    return smtp_session.Door(
        smtp.host,
        smtp.port,
        smtp.security,
        smtp.user,
        lambda: secret(settings, "smtp"),
        tokens=_tokens(settings, "smtp", record),
        provider=smtp.sign_in,
        may_send=may_send,
    )


def _tokens(settings: Settings, server: Server, record: SignIns | None) -> Tokens | None:
    """What opens a server instead of a password, if anything does. `record` counts what it refuses."""
    said = settings.imap if server == "imap" else settings.smtp
    if said.sign_in == "password":
        return None
    return Tokens(issuer(settings, server), record.refused_once if record else lambda: True)


def open_ledger(settings: Settings, name: str = "twinpost") -> sa.Engine:
    """The ledger, at this program's version. Raises LedgerError with the remedy."""
    engine = open_engine(settings.ledger.url, name=name)
    require_current(engine, shipped("migrations"))
    return engine


def lease_of(settings: Settings) -> Lease:
    """Our claim to the ledger, still to be taken. Raises LedgerError."""
    return Lease(settings.ledger.url)


def alone_here(settings: Settings) -> AbstractContextManager[None]:
    """No second daemon on this machine works with an SQLite file. Raises LedgerError when one does."""
    if settings.ledger.url.startswith("sqlite"):
        return only_one(settings.ledger.originals.parent)
    return nullcontext()  # the lease sees to it


def require_version(parts: Parts) -> None:
    """Raise LedgerError unless the ledger still has this program's version."""
    require_current(parts.desk.engine, shipped("migrations"))


def go_live_if_told(settings: Settings, connection: sa.Connection, now: datetime) -> None:
    """What `[start] live` asks for at the first start."""
    if settings.start.live and not is_live(connection):
        live.go_live(connection, now, settings.answered_since)


def build(settings: Settings, lease: Lease, by: Clock = clock) -> Parts:
    """All parts of the running office, which work while `lease` lasts and go `by` one clock.

    Raises ConfigError and LedgerError.
    """
    vault = FileVault(settings.ledger.originals)
    house = build_house(settings, vault)
    desk = Desk(open_ledger(settings, lease.session), lease.require)
    imap, smtp = settings.imap, settings.smtp
    imap_record = SignIns(desk, f"imap:{imap.host}:{imap.user}", by.now)
    mailbox = ImapMailbox(imap_entrance(settings, imap_record), imap.inbox, poll_seconds=imap.poll_seconds)
    smtp_record = SignIns(desk, f"smtp:{smtp.host}:{smtp.user}", by.now)
    postman = SmtpPostman(
        smtp_entrance(settings, smtp_record, lambda: lease.runs),
        smtp_record,
        connections=smtp.connections,
        per_minute=smtp.per_minute,
    )
    processing = Processing(house, desk, by.now, report=_report, trouble=_trouble, aside=_aside)
    dispatch = Dispatch(
        desk,
        postman,
        house.reader,
        sender=settings.address,
        worker=lambda: f"office {lease.number}",
        clock=by.now,
        on_give_up=_giving_up(house, processing),
        lanes=smtp.connections,
    )
    return Parts(
        settings=settings,
        house=house,
        desk=desk,
        collector=Collector(mailbox, desk, house, by.now),
        junk=JunkWatch(mailbox, desk, house, processing.directory, by.now, imap.junk),
        processing=processing,
        postman=postman,
        dispatch=dispatch,
        imap_sign_ins=imap_record,
        clock=by,
        housekeeping=Housekeeping(desk, vault, settings.privacy.keep_originals_days, by.now),
    )


def compare_exchanges(settings: Settings, connection: sa.Connection) -> dict[str, str]:
    """How the files in the folder of exchanges differ from the ledger: file name to one sentence.

    Nothing is applied: what an office does changes only when its admin says so.
    """
    found: dict[str, str] = {}
    for file in sorted(settings.exchanges.glob("*.y*ml")) if settings.exchanges else ():
        try:
            loaded = load_exchange(file, shared=settings.address, rules=settings.rules)
            (change,) = administer.changes(connection, [loaded.filed])
        except ConfigError as error:
            found[file.name] = f"problems ({len(error.problems)}): `twinpost exchange apply` shows them"
            continue
        if change.lines:
            found[file.name] = (
                f"differences from the ledger ({len(change.lines)}): `twinpost exchange apply` shows them"
            )
    return found


def refresh_calendars(connection: sa.Connection, today: date) -> None:
    """Look up anew the dates of feeds and .ics files that are known for less than a year and a half.

    What cannot be looked up now stays as it was, and is told in the log.
    """
    for calendar in kept_calendars(connection):
        entries = [_refreshed(entry, calendar, today) for entry in calendar.entries]
        if entries != list(calendar.entries):
            put_dates(connection, calendar, entries)
            log().info("calendar looked up anew", school_class=calendar.school_class)


def _refreshed(entry: CalendarEntry, calendar: SchoolCalendar, today: date) -> CalendarEntry:
    if not is_stale(entry, today):
        return entry
    try:
        return looked_up(entry, replace(calendar, entries=()), today)
    except (ConfigError, Odd):
        trouble = "`twinpost exchange apply` with its file shows why"
        whose = calendar.school_class
        log().warning("calendar not looked up", school_class=whose, entry=entry.kind.value, trouble=trouble)
        return entry


def _report(done: Processed) -> None:
    log().info(
        "processed",
        message=done.kept.id,
        kind=(done.decision.sorted or done.sorted).kind.value,
        mails=len(done.told),
    )


def _trouble(message: int, error: Exception) -> None:
    log().error("could not process", message=message, error=type(error).__name__, exc_info=False)


def _aside(message: int, reason: str) -> None:
    sort_of = ":".join(reason.split(":")[:2])  # what an error quotes may be a piece of the mail
    log().error("set aside", message=message, reason=sort_of)


def _giving_up(house: House, processing: Processing) -> OnGiveUp:
    """A mail that could not be delivered is told to the admin, in the transaction that gives it up."""

    def give_up(connection: sa.Connection, parcel: Parcel, end: GiveUp) -> None:
        if parcel.person_id is None:
            return  # a note to the admin himself: the log and `twinpost status` have to do
        note = admin_note(
            house.office.admin,
            f"gave-up/{parcel.id}",
            "gave-up",
            (f"mail {parcel.id} ({parcel.notice})", end.why),
        )
        directory = processing.directory(connection)
        office = Enactment(connection, house, directory, processing.clock())
        office.enact(Decision((note,)))
        office.enact(instead(connection, house, directory, parcel))

    return give_up


@contextmanager
def explain_with_files(files: Sequence[Path], address: str, *, in_order: bool) -> Iterator[Explainer]:
    """An explainer that knows these exchange files and nothing else. Raises ConfigError."""
    with _office_of_files(files, address, clock.now()) as (engine, house):
        yield Explainer(engine, house, in_order)


@contextmanager
def _office_of_files(files: Sequence[Path], address: str, now: datetime) -> Iterator[tuple[sa.Engine, House]]:
    """A live office of these exchange files, applied at `now`, for as long as the block lasts."""
    loaded = [load_exchange(file, shared=address, today=now.date()) for file in files]
    with TemporaryDirectory(prefix="twinpost-") as folder:
        engine = open_engine(f"sqlite:///{folder}/ledger.db")
        metadata.create_all(engine)
        with transaction(engine) as connection:
            facts.note(connection, LIVE_SINCE, now.isoformat())
            for one in loaded:
                filing.apply_exchange(connection, one.filed, now)
        settings = Settings(address, "", ImapSettings("127.0.0.1"), SmtpSettings("127.0.0.1"))
        yield engine, build_house(settings, FileVault(Path(folder) / "originals"))
        engine.dispose()


@contextmanager
def explain_with_ledger(config: Path | None, *, in_order: bool) -> Iterator[Explainer]:
    """An explainer that knows what the configured ledger knows, and writes nothing into it."""
    settings = load_settings(find_config(config))
    with TemporaryDirectory(prefix="twinpost-") as folder:
        engine = open_ledger(settings)
        vault = ScratchVault(Path(folder), FileVault(settings.ledger.originals))
        copy = copy_of(engine, Path(folder))
        yield Explainer(copy, build_house(settings, vault), in_order)
        copy.dispose()
        engine.dispose()


def rehearse_with_file(
    file: Path, address: str, now: datetime, rules: Sequence[Rule] | None = None
) -> Rehearsal:
    """What these rules lead to, else the shipped ones, in the exchange of this file, applied at `now`.

    Raises ConfigError.
    """
    rules = load_rules(*folders(None)) if rules is None else rules
    with _office_of_files([file], address, now) as (engine, house), transaction(engine) as connection:
        directory = people.load_directory(connection, house.language)
        return rehearse(connection, house, directory, directory.exchanges[0], rules, now)


def rehearse_with_ledger(
    settings: Settings, code: str, now: datetime, rules: Sequence[Rule] | None = None
) -> Rehearsal:
    """What is to come in an exchange of the ledger by these rules, else by those of the configuration.

    Raises ConfigError, and TwinpostError where there is no such exchange.
    """
    house = build_house(settings, FileVault(settings.ledger.originals))
    rules = house.rules if rules is None else rules
    engine = open_ledger(settings)
    with transaction(engine) as connection:
        directory = people.load_directory(connection, house.language)
        by_code = {exchange.code: exchange for exchange in directory.exchanges}
        if code not in by_code:
            known = ", ".join(by_code) or "none yet"
            raise TwinpostError(f"There is no exchange {code}. There are: {known}.")
        found = rehearse(connection, house, directory, by_code[code], rules, now)
    engine.dispose()
    return found
