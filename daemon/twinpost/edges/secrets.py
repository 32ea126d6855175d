"""The secrets that never stand in the configuration: passwords, and the keys of applications.

Each is looked for in $CREDENTIALS_DIRECTORY, in the file that the configuration names, in the file of its
name beside the configuration, and in the environment, in this order.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

from twinpost.edges.marked import read_text
from twinpost.edges.settings import Provider, Server, Settings
from twinpost.errors import ConfigError, Problem

Name = Literal["imap-password", "smtp-password", "microsoft-secret", "google-key"]

PASSWORDS: dict[Server, Name] = {"imap": "imap-password", "smtp": "smtp-password"}
APPLICATIONS: dict[Provider, Name] = {"microsoft": "microsoft-secret", "google": "google-key"}


def secret(settings: Settings, server: Server) -> str:
    """The password of a server, without its line end.

    The outgoing server shares the incoming one's where the user is the same and it has none of its own.
    Raises ConfigError naming every place.
    """
    found = _found(settings, PASSWORDS[server])
    if found is None and server == "smtp" and settings.smtp.user == settings.imap.user:
        found = _found(settings, "imap-password")
    return found if found is not None else _missed(settings, PASSWORDS[server], "password", server)


def application_secret(settings: Settings, provider: Provider) -> str:
    """What our application proves itself with to a provider: a secret, or the text of a key file.

    Raises ConfigError naming every place.
    """
    name = APPLICATIONS[provider]
    what = name.removeprefix(f"{provider}-")
    return _found(settings, name) or _missed(settings, name, what, provider)


def remember_secrets(settings: Settings) -> None:
    """Read the secrets while it can be done: the caller is about to become another user."""
    for name in (*PASSWORDS.values(), *APPLICATIONS.values()):
        for place in _places(settings, name):
            with suppress(ConfigError):  # whoever needs a secret hears of it when he asks for it
                _read_by_root[place] = _text(place)


_read_by_root: dict[Path, str | None] = {}
"""What root read before it became another user, who may not read it."""


def _missed(settings: Settings, name: Name, what: str, section: str) -> str:
    *others, last = [str(place) for place in _places(settings, name)] + [f"${_variable(name)}"]
    text = f"there is no {what} for [{section}]: looked in {', '.join(others)} and {last}"
    raise ConfigError([Problem(str(settings.file), 0, text)])


def _variable(name: Name) -> str:
    return f"TWINPOST_{name.upper().replace('-', '_')}"


def _places(settings: Settings, name: Name) -> Iterator[Path]:
    if credential := _credential(name):
        yield credential
    if named := _named(settings, name):
        yield named
    yield settings.file.parent / name


def _named(settings: Settings, name: Name) -> Path | None:
    match name:
        case "imap-password":
            return settings.imap.password_file
        case "smtp-password":
            return settings.smtp.password_file
        case "microsoft-secret":
            return settings.microsoft.secret_file if settings.microsoft else None
        case "google-key":
            return settings.google.key_file if settings.google else None


def _credential(name: Name) -> Path | None:
    """Where systemd puts a secret that the unit names."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return Path(folder) / name if folder else None


def _found(settings: Settings, name: Name) -> str | None:
    for place in _places(settings, name):
        text = _text(place)
        if text:
            return text
        # A blank credential is the unit's word for "there is no such file".
        if text is not None and place != _credential(name):
            what = name.split("-")[1]
            raise ConfigError([Problem(str(place), 0, f"is empty: the {what} belongs in its first line")])
    return os.environ.get(_variable(name)) or None


def _text(place: Path) -> str | None:
    """What a file holds, without its line end; None where there is no such file. Raises ConfigError."""
    if place in _read_by_root and not os.access(place, os.R_OK):
        return _read_by_root[place]
    try:
        return read_text(place).rstrip("\r\n") if place.is_file() else None
    except PermissionError:  # its folder may not be looked into
        return read_text(place)
