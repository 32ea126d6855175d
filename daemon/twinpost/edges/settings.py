"""The configuration, twinpost.toml: where it lies and what it says."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from twinpost.edges import fields
from twinpost.edges.applications import GoogleSettings, MicrosoftSettings, read_google, read_microsoft
from twinpost.edges.marked import Marked, load_toml
from twinpost.edges.sections import Odd, Read, Section, Unfit, did_you_mean
from twinpost.errors import ConfigError, Problem

SYSTEM_CONFIG = Path("/etc/twinpost/twinpost.toml")
LOCAL_CONFIG = Path("twinpost.toml")
LEDGER = "sqlite:////var/lib/twinpost/twinpost.db"
ORIGINALS = Path("/var/lib/twinpost/originals")

T = TypeVar("T")
Security = Literal["tls", "starttls", "none"]
Server = Literal["imap", "smtp"]
Provider = Literal["microsoft", "google"]
SignIn = Literal["password", "microsoft", "google"]

_PORTS = {
    "imap": {"tls": 993, "starttls": 143, "none": 143},
    "smtp": {"tls": 465, "starttls": 587, "none": 25},
}


@dataclass(frozen=True, slots=True)
class Folders:
    """Where handled mail is moved; "" leaves that kind where it is."""

    done: str = ""
    machines: str = ""
    strangers: str = ""
    aside: str = ""


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """The incoming server."""

    host: str
    port: int = 993
    security: Security = "tls"
    user: str = ""
    sign_in: SignIn = "password"
    password_file: Path | None = None
    inbox: str = "INBOX"
    junk: str = "auto"  # auto, a folder's name, or "": not looked into
    folders: Folders | None = None  # None: nothing is moved
    poll_seconds: int = 60


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The outgoing server."""

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""  # "": no sign-in is tried
    sign_in: SignIn = "password"
    password_file: Path | None = None
    connections: int = 2
    per_minute: int = 0  # 0: no brake


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """The database, and the folder of the originals beside it."""

    url: str = LEDGER
    originals: Path = ORIGINALS


@dataclass(frozen=True, slots=True)
class StartSettings:
    """What goes live, and since when mail is answered."""

    answer_mail_since: date | None = None
    live: bool = False


@dataclass(frozen=True, slots=True)
class TrustSettings:
    """Whose verdict on senders is read, and how."""

    provider: str = "own"  # own | microsoft | google
    authserv_id: str = ""


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """The loop budget and the quiet of a receipt."""

    answers_per_hour: int = 5
    answers_per_day: int = 20
    receipt_quiet_minutes: float = 10.0


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """How long originals are kept after the end of their exchange."""

    keep_originals_days: int = 90
    purge_mailbox: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that twinpost.toml says; paths are absolute. `file` is the configuration file."""

    address: str
    admin: str
    imap: ImapSettings
    smtp: SmtpSettings
    name: str = "Letters between schools"
    language: str = "en"
    timezone: str = "UTC"
    exchanges: Path | None = None
    rules: Path | None = None
    templates: Path | None = None
    ledger: LedgerSettings = field(default_factory=LedgerSettings)
    start: StartSettings = field(default_factory=StartSettings)
    trust: TrustSettings = field(default_factory=TrustSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    microsoft: MicrosoftSettings | None = None
    google: GoogleSettings | None = None
    file: Path = LOCAL_CONFIG

    @property
    def answered_since(self) -> datetime | None:
        """The first moment of the day from which mail is answered, in the office's zone; None: go-live."""
        day = self.start.answer_mail_since
        if day is None:
            return None
        return datetime.combine(day, time.min, tzinfo=ZoneInfo(self.timezone)).astimezone(UTC)


# -- where it lies -------------------------------------------------------------------------------


def find_config(option: Path | None) -> Path:
    """The configuration file: the option, else $TWINPOST_CONFIG, else /etc, else here.

    A file that is named is taken at its word; raises ConfigError when none is named and none is there.
    """
    if option is not None:
        return option
    if named := os.environ.get("TWINPOST_CONFIG"):
        return Path(named)
    for place in (SYSTEM_CONFIG, LOCAL_CONFIG):
        if place.exists():
            return place
    raise ConfigError(
        [
            Problem(
                LOCAL_CONFIG.name,
                0,
                "no configuration was found: --config and $TWINPOST_CONFIG are not given, and there is no "
                f"{SYSTEM_CONFIG} and no {LOCAL_CONFIG.absolute()}. `twinpost init DIR` writes one",
            )
        ]
    )


def load_settings(path: Path) -> Settings:
    """The configuration in this file. Raises ConfigError with every problem at once."""
    marked = load_toml(path)
    problems: list[Problem] = []
    settings = _settings(Section.top(marked, problems), path.absolute())
    if problems:
        raise ConfigError(sorted(problems, key=lambda problem: (problem.line, problem.column)))
    return settings


def read_settings(data: dict[str, Any], file: Path) -> Settings:
    """The configuration that plain data means, as if it stood in `file`. Raises ConfigError."""
    problems: list[Problem] = []
    settings = _settings(Section.top(Marked(str(file), data), problems), file.absolute())
    if problems:
        raise ConfigError(problems)
    return settings


# -- what it says --------------------------------------------------------------------------------

_NO_SECRETS = (
    "a password does not belong in this file: put it into a file of its own and name that with "
    '`password_file = "…"`, or give it to systemd as the credential {section}-password'
)
_HERE_TOO = {
    "email": "unknown key `email` (did you mean `address`?)",
    "password": "a password does not belong in this file: put it into the file imap-password beside it",
}


def _settings(top: Section, file: Path) -> Settings:
    folder = file.parent
    beside = fields.path_beside(folder, must_be="folder")
    address = top.need("address", fields.address, "", "the shared mailbox, such as letters@school.example")
    settings = Settings(
        address=address,
        name=top.take("name", fields.name, "Letters between schools"),
        admin=top.need("admin", _another(address), "", "the address of who hears of trouble"),
        language=top.take("language", fields.language, "en"),
        timezone=top.take("timezone", fields.zone, "UTC"),
        exchanges=top.take("exchanges", beside, None),
        rules=top.take("rules", beside, None),
        templates=top.take("templates", beside, None),
        imap=_imap(top.section("imap"), folder, address),
        smtp=_smtp(top.section("smtp"), folder),
        ledger=_ledger(top.section("ledger"), folder),
        start=_start(top.section("start")),
        trust=_trust(top.section("trust")),
        limits=_limits(top.section("limits")),
        privacy=_privacy(top.section("privacy")),
        microsoft=_if_there(top, "microsoft", read_microsoft, folder),
        google=_if_there(top, "google", read_google, folder),
        file=file,
    )
    _check_sign_ins(top, settings)
    top.finish(_HERE_TOO)
    return settings


def _if_there(top: Section, key: Provider, read: Callable[[Section, Path], T], folder: Path) -> T | None:
    if top.has(key):
        return read(top.section(key), folder)
    top.known.append(key)
    return None


def _check_sign_ins(top: Section, settings: Settings) -> None:
    """A provider that is named needs its own section, and a user to sign in."""
    servers: dict[Server, ImapSettings | SmtpSettings] = {"imap": settings.imap, "smtp": settings.smtp}
    for server, said in servers.items():
        if said.sign_in == "password":
            continue
        if getattr(settings, said.sign_in) is None:
            keys = " with `tenant` and `client_id`" if said.sign_in == "microsoft" else ""
            text = f'`{server}.sign_in` = "{said.sign_in}" needs a section [{said.sign_in}]{keys}'
            top.note(text, server, "sign_in")
        if not said.user:
            top.note(f"`{server}.user` is missing: the account that signs in", server, "sign_in")


def _imap(section: Section, folder: Path, address: str) -> ImapSettings:
    host = section.need("host", fields.host, "", "the incoming server, such as imap.school.example")
    security: Security = section.take("security", _security(host), "tls")
    settings = ImapSettings(
        host=host,
        security=security,
        port=section.take("port", fields.whole(1, 65535), _PORTS["imap"][security]),
        user=section.take("user", fields.text, address),
        sign_in=section.take("sign_in", _sign_in, "password"),
        password_file=section.take("password_file", fields.path_beside(folder), None),
        inbox=section.take("inbox", fields.text, "INBOX"),
        junk=section.take("junk", _junk, "auto"),
        folders=_folders(section),
        poll_seconds=section.take("poll_seconds", fields.whole(5, 3600), 60),
    )
    if settings.junk.casefold() == settings.inbox.casefold():
        section.note("`imap.junk` is the inbox itself: name the folder for junk, or leave it out", "junk")
    section.finish(_secrets("imap"))
    return settings


def _smtp(section: Section, folder: Path) -> SmtpSettings:
    host = section.need("host", fields.host, "", "the outgoing server, such as smtp.school.example")
    security: Security = section.take("security", _security(host), "starttls")
    settings = SmtpSettings(
        host=host,
        security=security,
        port=section.take("port", fields.whole(1, 65535), _PORTS["smtp"][security]),
        user=section.take("user", fields.text, ""),
        sign_in=section.take("sign_in", _sign_in, "password"),
        password_file=section.take("password_file", fields.path_beside(folder), None),
        connections=section.take("connections", fields.whole(1, 20), 2),
        per_minute=section.take("per_minute", fields.whole(0, 10_000), 0),
    )
    section.finish(_secrets("smtp"))
    return settings


def _folders(section: Section) -> Folders | None:
    if section.data.get("folders", False) is False:
        section.known.append("folders")
        return None
    named = section.section("folders")
    folders = Folders(
        done=named.take("done", fields.text, ""),
        machines=named.take("machines", fields.text, ""),
        strangers=named.take("strangers", fields.text, ""),
        aside=named.take("aside", fields.text, ""),
    )
    named.finish()
    return folders


def _ledger(section: Section, folder: Path) -> LedgerSettings:
    url = section.take("url", _ledger_url(folder), LEDGER)
    database = url.removeprefix("sqlite:///")
    beside = Path(database).parent / "originals" if url != database else ORIGINALS
    originals = section.take("originals", fields.path_beside(folder), beside)
    section.finish({"password": "a password does not belong in this file: use ~/.pgpass or peer sign-in"})
    return LedgerSettings(url, originals)


def _start(section: Section) -> StartSettings:
    start = StartSettings(
        answer_mail_since=section.take("answer_mail_since", fields.day, None),
        live=section.take("live", fields.flag, instead=False),
    )
    section.finish()
    return start


def _trust(section: Section) -> TrustSettings:
    trust = TrustSettings(
        provider=section.take("provider", fields.one_of(("own", "microsoft", "google")), "own"),
        authserv_id=section.take("authserv_id", fields.text, ""),
    )
    section.finish()
    return trust


def _limits(section: Section) -> LimitSettings:
    limits = LimitSettings(
        answers_per_hour=section.take("answers_per_hour", fields.whole(1, 1000), 5),
        answers_per_day=section.take("answers_per_day", fields.whole(1, 10_000), 20),
        receipt_quiet_minutes=section.take("receipt_quiet_minutes", fields.amount(0, 60), 10.0),
    )
    section.finish()
    return limits


def _privacy(section: Section) -> PrivacySettings:
    privacy = PrivacySettings(
        keep_originals_days=section.take("keep_originals_days", fields.whole(0, 36_500), 90),
        purge_mailbox=section.take("purge_mailbox", fields.flag, instead=False),
    )
    section.finish()
    return privacy


def _secrets(section: str) -> dict[str, str]:
    words = ("password", "passwd", "pass", "secret", "app_password", "token")
    return dict.fromkeys(words, _NO_SECRETS.format(section=section))


def _another(shared: str) -> Read[str]:
    def read(value: Any) -> str:
        found = fields.address(value)
        if found == shared:
            raise Odd("this is the shared mailbox itself: who hears of trouble needs another one")
        return found

    return read


def is_loopback(host: str) -> bool:
    """Whether what is sent to this host never leaves the machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _security(host: str) -> Read[Security]:
    choice = fields.one_of(("tls", "starttls", "none"))

    def read(value: Any) -> Security:
        match choice(value):
            case "none" if host and not is_loopback(host):
                raise Odd(f'"none" would send the password in the clear to {host}: use tls or starttls')
            case "none":
                return "none"
            case "starttls":
                return "starttls"
        return "tls"

    return read


def _sign_in(value: Any) -> SignIn:
    match fields.one_of(("password", "microsoft", "google"))(value):
        case "microsoft":
            return "microsoft"
        case "google":
            return "google"
    return "password"


def _junk(value: Any) -> str:
    if value is False:
        return ""
    if not isinstance(value, str):
        raise Unfit('"auto", the name of a folder, or false')
    return fields.text(value)


def _ledger_url(folder: Path) -> Read[str]:
    def read(value: Any) -> str:
        expected = "sqlite:////path/to/twinpost.db or postgresql+psycopg://user@host/name"
        if not isinstance(value, str) or "://" not in value:
            raise Unfit(expected)
        scheme, rest = value.split("://", 1)
        if scheme == "sqlite":
            if not rest.startswith("/") or not rest.strip("/"):
                raise Unfit(expected)
            return f"sqlite:///{folder / rest[1:]}"
        if scheme != "postgresql+psycopg":
            raise Unfit(expected, did_you_mean(scheme, ("sqlite", "postgresql+psycopg")))
        if urlsplit(value).password:
            raise Odd("a password does not belong in this file: use ~/.pgpass or peer sign-in")
        return value

    return read
