"""What the configuration says of Microsoft 365 and Google: the application as which we ask for tokens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from twinpost.edges import fields
from twinpost.edges.sections import Section, Unfit

Flow = Literal["app", "delegated"]
"""Who lets us in: the organisation's admin, once for all; or the account's owner, by `twinpost login`."""

MICROSOFT = "https://login.microsoftonline.com"


@dataclass(frozen=True, slots=True)
class MicrosoftSettings:
    """The application registered with Microsoft Entra."""

    tenant: str
    client_id: str
    flow: Flow = "app"
    account: str = ""  # who signs in with flow "delegated"; "": the `user` of the server
    secret_file: Path | None = None
    authority: str = MICROSOFT  # another one for national clouds


@dataclass(frozen=True, slots=True)
class GoogleSettings:
    """The service account ("app"), or the desktop application ("delegated"); its key file says the rest."""

    flow: Flow = "app"
    account: str = ""  # as above
    key_file: Path | None = None


def read_microsoft(section: Section, folder: Path) -> MicrosoftSettings:
    """The section [microsoft]."""
    where = "is shown on the application's overview page in Microsoft Entra"
    settings = MicrosoftSettings(
        tenant=section.need("tenant", _one_word, "", f"the directory (tenant) ID, which {where}"),
        client_id=section.need("client_id", _one_word, "", f"the application (client) ID, which {where}"),
        flow=section.take("flow", _flow, "app"),
        account=section.take("account", fields.address, ""),
        secret_file=section.take("secret_file", fields.path_beside(folder), None),
        authority=section.take("authority", _authority, MICROSOFT),
    )
    section.finish(dict.fromkeys(("secret", "client_secret", "password"), _NO_SECRETS.format("secret")))
    return settings


def read_google(section: Section, folder: Path) -> GoogleSettings:
    """The section [google]."""
    settings = GoogleSettings(
        flow=section.take("flow", _flow, "app"),
        account=section.take("account", fields.address, ""),
        key_file=section.take("key_file", fields.path_beside(folder), None),
    )
    section.finish(dict.fromkeys(("key", "client_secret", "private_key"), _NO_SECRETS.format("key")))
    return settings


_NO_SECRETS = (
    "a secret does not belong in this file: put it into a file of its own and name that with `{0}_file`"
)


def _flow(value: object) -> Flow:
    return "app" if fields.one_of(("app", "delegated"))(value) == "app" else "delegated"


def _one_word(value: object) -> str:
    found = fields.text(value)
    if not all(char.isalnum() or char in ".-_" for char in found):
        raise Unfit("an ID, or the name of a domain")
    return found


def _authority(value: object) -> str:
    found = fields.link(value).rstrip("/")
    parts = urlsplit(found)
    if parts.scheme != "https" or not parts.hostname or parts.path or parts.query:
        raise Unfit("the address of a sign-in service such as https://login.microsoftonline.us")
    return found
