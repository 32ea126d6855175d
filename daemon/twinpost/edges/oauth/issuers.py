"""Who gives our tokens, as the configuration says it; and the login of a person, where one is needed.

The libraries of the providers are an extra and take half a second to import: that is done here, when needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import get_args

from twinpost.edges.applications import GoogleSettings, MicrosoftSettings
from twinpost.edges.oauth.logins import LoginFile
from twinpost.edges.oauth.tokens import Issuer
from twinpost.edges.secrets import application_secret
from twinpost.edges.settings import Provider, Server, Settings
from twinpost.errors import ConfigError, Problem


def providers(settings: Settings) -> list[Provider]:
    """The providers whose tokens are used, each once."""
    used = (settings.imap.sign_in, settings.smtp.sign_in)
    return [name for name in get_args(Provider) if name in used]


def is_delegated(settings: Settings, provider: Provider) -> bool:
    """Whether somebody signs in by `twinpost login`."""
    said = _said(settings, provider)
    return said is not None and said.flow == "delegated"


def login_of(settings: Settings, provider: Provider) -> tuple[str, LoginFile]:
    """Who signs in by `twinpost login`, and where that is kept: beside the originals, in the only folder that
    the service may write to.
    """
    said = _said(settings, provider)
    users = [one.user for one in (settings.imap, settings.smtp) if one.sign_in == provider]
    account = (said.account if said else "") or next(iter(users), "")
    return account.casefold(), LoginFile(settings.ledger.originals.parent, provider)


def issuer(settings: Settings, server: Server) -> Issuer:
    """Who gives the tokens with which a server is entered. Raises ConfigError when the extra is missing."""
    said = settings.imap if server == "imap" else settings.smtp
    assert said.sign_in != "password"
    with _extra(settings):
        return _microsoft(settings) if said.sign_in == "microsoft" else _google(settings, said.user)


def _microsoft(settings: Settings) -> Issuer:
    from twinpost.edges.oauth import microsoft

    said = settings.microsoft
    assert said is not None  # the configuration was checked
    if said.flow == "delegated":
        return microsoft.AsAccount(said, *login_of(settings, "microsoft"))
    return microsoft.AsApplication(said, lambda: application_secret(settings, "microsoft"))


def _google(settings: Settings, user: str) -> Issuer:
    from twinpost.edges.oauth import google

    def key() -> str:
        return application_secret(settings, "google")

    if is_delegated(settings, "google"):
        account, file = login_of(settings, "google")
        return google.AsAccount(account, key, file)
    return google.AsApplication(user, key)


def log_in(
    settings: Settings,
    provider: Provider,
    show: Callable[[str, str], None],
    paste: Callable[[], str] | None = None,
) -> None:
    """Have somebody sign in, and store it. `show` is given an address to open, and a code to type or "".

    With Google the browser ends at a page of this machine; where it runs on another one, `paste` asks for
    the address at which it ended. Raises SignInRefused, WireError and ConfigError.
    """
    account, file = login_of(settings, provider)
    with _extra(settings):
        if provider == "microsoft":
            from twinpost.edges.oauth import microsoft

            assert settings.microsoft is not None
            microsoft.AsAccount(settings.microsoft, account, file).log_in(show)
            return
        from twinpost.edges.oauth import google_login, loopback

    with loopback.ending() as end:

        def consent(address: str) -> str:
            show(address, "")
            return paste() if paste else end.wait()

        google_login.log_in(account, application_secret(settings, "google"), file, end.address, consent)


def _said(settings: Settings, provider: Provider) -> MicrosoftSettings | GoogleSettings | None:
    return settings.microsoft if provider == "microsoft" else settings.google


@contextmanager
def _extra(settings: Settings) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        text = (
            f"signing in with Microsoft or Google needs {error.name}, which is not installed: in the "
            "checkout, /opt/twinpost/bin/pip install '.[oauth]'"
        )
        raise ConfigError([Problem(str(settings.file), 0, text)]) from error
